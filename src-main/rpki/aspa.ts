/** The content of an ASPA (draft-ietf-sidrops-aspa-profile since its revision 23, version 1), read only. */
import {
  bigInteger,
  exactly,
  expectTag,
  listElements,
  optional,
  readWhole,
  smallInteger,
  TAG,
  type Tlv,
} from '../x509/der-reader.ts';
import type { Faults } from './fault.ts';

export const ASPA_OID = '1.2.840.113549.1.9.16.1.49';
const CLAUSE = 'sidrops-aspa-profile 3';

export interface Aspa {
  customer: bigint;
  providers: bigint[];
}

function asNumber(tlv: Tlv, faults: Faults): bigint {
  const value = bigInteger(expectTag(tlv, TAG.integer, 'an AS number'), 'an AS number');
  faults.check(value >= 0n && value <= 0xffff_ffffn, 'an AS number is out of range', CLAUSE);
  return value;
}

/** Throws X509Error when `content` is no ASPA. */
export function readAspa(content: Uint8Array, faults: Faults): Aspa {
  const [version, customer, list] = exactly(
    readWhole(content, TAG.sequence, 'the ASPA'),
    'the ASPA',
    optional(0xa0),
    TAG.integer,
    TAG.sequence,
  );
  const number = version === undefined ? null : readWhole(version.content, TAG.integer, 'the version');
  faults.check(
    number !== null && smallInteger(number, 'the version') === 1,
    'the version is not 1, written out',
    CLAUSE,
  );
  const aspa = {
    customer: asNumber(customer, faults),
    providers: listElements(list).map((one) => asNumber(one, faults)),
  };
  const { providers } = aspa;
  faults.check(aspa.customer > 0n, 'the customer is AS0', CLAUSE);
  faults.check(providers.length > 0, 'there is no provider', CLAUSE);
  faults.check(
    providers.every((provider, at) => at === 0 || provider > (providers[at - 1] ?? 0n)),
    'the providers are not in rising order, each once',
    CLAUSE,
  );
  faults.check(!providers.includes(aspa.customer), 'the customer is its own provider', CLAUSE);
  faults.check(
    !providers.includes(0n) || providers.length === 1,
    'AS0 stands beside other providers',
    CLAUSE,
  );
  return aspa;
}
