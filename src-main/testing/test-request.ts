/** Certification requests no ordinary tool makes: any extensions, in any number, rightly signed. Not shipped. */
import { generateKeyPairSync, sign } from 'node:crypto';
import {
  bitStringOf,
  boolean,
  contextConstructed,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
} from '../x509/der-writer.ts';
import { nameDer } from '../x509/distinguished-name.ts';

export interface AskedExtension {
  oid: string;
  critical?: boolean;
  valueDer: Uint8Array;
}

/** A PKCS#10 request of a new P-256 key; each inner list becomes an extensionRequest attribute of its own. */
export function testRequest(commonName: string, asked: AskedExtension[][]): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const attributes = asked.map((extensions) =>
    sequence(
      oid('1.2.840.113549.1.9.14'),
      setOf(
        sequence(
          ...extensions.map((extension) =>
            sequence(
              oid(extension.oid),
              ...(extension.critical === true ? [boolean(true)] : []),
              octetString(extension.valueDer),
            ),
          ),
        ),
      ),
    ),
  );
  const info = sequence(
    integer(0),
    nameDer([{ type: 'CN', value: commonName }]),
    publicKey.export({ format: 'der', type: 'spki' }),
    contextConstructed(0, ...attributes),
  );
  return Buffer.from(
    sequence(info, sequence(oid('1.2.840.10045.4.3.2')), bitStringOf(sign('sha256', info, privateKey))),
  );
}
