/** What the extensions say, as data: one reader per extension Baleen acts on. How they look is extension-text.ts. */
import type { SanView } from '#shared/contract/certificate-view.ts';
import { toHex } from '../lib/bytes.ts';
import {
  ANY,
  bigInteger,
  bitString,
  booleanValue,
  children,
  exactly,
  expectTag,
  listElements,
  oidText,
  optional,
  readWhole,
  smallInteger,
  TAG,
  type Tlv,
} from './der-reader.ts';
import { generalName } from './general-name.ts';
import { KEY_USAGES, named, POLICIES, PURPOSES } from './oids.ts';
import { X509Error } from './x509-error.ts';

/** One extension as it stands: `valueDer` is the content of its OCTET STRING. */
export interface Extension {
  oid: string;
  critical: boolean;
  valueDer: Uint8Array;
}

/** Extensions ::= SEQUENCE OF Extension (RFC 5280 4.1). */
export function readExtensions(list: Tlv): Extension[] {
  return children(expectTag(list, TAG.sequence, 'the extensions')).map((tlv) => {
    const [type, flag, value] = exactly(
      expectTag(tlv, TAG.sequence, 'an extension'),
      'an extension',
      TAG.oid,
      optional(TAG.boolean),
      TAG.octetString,
    );
    return {
      oid: oidText(type),
      critical: flag !== undefined && booleanValue(flag, 'the critical flag'),
      valueDer: value.content,
    };
  });
}

export interface BasicConstraints {
  isCa: boolean;
  pathLength: number | null;
}

export function readBasicConstraints(der: Uint8Array): BasicConstraints {
  const parts = children(readWhole(der, TAG.sequence, 'basic constraints'));
  const first = parts[0];
  const isCa = first?.tag === TAG.boolean && booleanValue(first, 'cA');
  const length = parts.find((part) => part.tag === TAG.integer);
  return { isCa, pathLength: length === undefined ? null : smallInteger(length, 'the path length') };
}

export function readKeyUsage(der: Uint8Array): string[] {
  const { bytes } = bitString(readWhole(der, TAG.bitString, 'key usage'), 'key usage');
  return KEY_USAGES.filter((_name, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

export function readExtendedKeyUsage(der: Uint8Array): string[] {
  return children(readWhole(der, TAG.sequence, 'extended key usage')).map((tlv) =>
    named(PURPOSES, oidText(tlv)),
  );
}

export function readGeneralNames(der: Uint8Array): SanView[] {
  return listElements(readWhole(der, TAG.sequence, 'the names')).map(generalName);
}

export function readSubjectKeyId(der: Uint8Array): string {
  return toHex(readWhole(der, TAG.octetString, 'the subject key identifier').content);
}

/** keyIdentifier [0], or null when only issuer and serial are given. */
export function readAuthorityKeyId(der: Uint8Array): string | null {
  const found = children(readWhole(der, TAG.sequence, 'the authority key identifier')).find(
    (part) => part.tag === 0x80,
  );
  return found === undefined ? null : toHex(found.content);
}

export function readPolicies(der: Uint8Array): string[] {
  return children(readWhole(der, TAG.sequence, 'the policies')).map((tlv) => {
    const type = children(tlv)[0];
    if (type === undefined) throw new X509Error('a policy is incomplete');
    const dotted = oidText(type);
    return POLICIES[dotted] === undefined ? dotted : `${dotted} (${POLICIES[dotted]})`;
  });
}

/** The URIs of all full names (RFC 5280 4.2.1.13). */
export function readDistributionPoints(der: Uint8Array): string[] {
  return children(readWhole(der, TAG.sequence, 'the CRL distribution points')).flatMap((point) =>
    children(point)
      .filter((part) => part.tag === 0xa0)
      .flatMap(children)
      .filter((part) => part.tag === 0xa0)
      .flatMap(children)
      .map(generalName)
      .map((name) => name.value),
  );
}

/** Method OID and location of each access description, of AIA or SIA; `uri` is null for a name of another type. */
export function readAccess(der: Uint8Array): { method: string; location: string; uri: string | null }[] {
  return children(readWhole(der, TAG.sequence, 'the access descriptions')).map((tlv) => {
    const [method, location] = exactly(
      expectTag(tlv, TAG.sequence, 'an access description'),
      'an access description',
      TAG.oid,
      ANY,
    );
    const { type, value } = generalName(location);
    return { method: oidText(method), location: value, uri: type === 'uri' ? value : null };
  });
}

export interface NameConstraints {
  permitted: SanView[];
  excluded: SanView[];
}

export function readNameConstraints(der: Uint8Array): NameConstraints {
  const parts = children(readWhole(der, TAG.sequence, 'the name constraints'));
  const subtrees = (tag: number): SanView[] =>
    parts
      .filter((part) => part.tag === tag)
      .flatMap(children)
      .map((subtree) => {
        const base = children(subtree)[0];
        if (base === undefined) throw new X509Error('a name constraint is empty');
        return generalName(base);
      });
  return { permitted: subtrees(0xa0), excluded: subtrees(0xa1) };
}

export function readCrlNumber(der: Uint8Array): bigint {
  return bigInteger(readWhole(der, TAG.integer, 'the CRL number'), 'the CRL number');
}
