/**
 * PKCS#12 (RFC 7292) as OpenSSL 3 makes it: one key, its certificate, its chain; PBES2 with AES-256-CBC and
 * PBKDF2-HMAC-SHA-256, MAC with HMAC-SHA-256. Only DER with definite lengths, because importers differ on the rest.
 */
import { createHash, createHmac } from 'node:crypto';
import { encrypted, type Secret } from './pbes2-writer.ts';
import { pkcs12Key } from './pkcs12-kdf.ts';
import {
  contextConstructed,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  tlv,
} from './der-writer.ts';

export interface Pkcs12Content {
  /** PKCS#8 DER. SECURITY: the caller wipes it. */
  keyDer: Uint8Array;
  certificateDer: Uint8Array;
  /** Issuers, nearest first. */
  chainDer: readonly Uint8Array[];
  friendlyName: string;
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  sha256: '2.16.840.1.101.3.4.2.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
} as const;

const BMP_STRING = 0x1e;

function bmpString(text: string): Uint8Array {
  return tlv(BMP_STRING, Buffer.from(text, 'utf16le').swap16());
}

function attributes(name: string, localKeyId: Uint8Array | null): Uint8Array {
  return setOf(
    sequence(oid(OID.friendlyName), setOf(bmpString(name))),
    ...(localKeyId === null ? [] : [sequence(oid(OID.localKeyId), setOf(octetString(localKeyId)))]),
  );
}

function certificateBag(der: Uint8Array, own: Uint8Array | null): Uint8Array {
  return sequence(
    oid(OID.certBag),
    contextConstructed(0, sequence(oid(OID.x509Certificate), contextConstructed(0, octetString(der)))),
    ...(own === null ? [] : [own]),
  );
}

/** ContentInfo around bytes that are not encrypted as a whole. */
function plainContent(content: Uint8Array): Uint8Array {
  return sequence(oid(OID.data), contextConstructed(0, octetString(content)));
}

async function encryptedContent(plain: Uint8Array, secret: Secret): Promise<Uint8Array> {
  const { algorithm, body } = await encrypted(plain, secret);
  return sequence(
    oid(OID.encryptedData),
    contextConstructed(0, sequence(integer(0), sequence(oid(OID.data), algorithm, tlv(0x80, body)))),
  );
}

/** PFX DER. `random` draws salts and IVs. Takes some tenths of a second by design. */
export async function pkcs12Der(content: Pkcs12Content, secret: Secret): Promise<Uint8Array> {
  const localKeyId = createHash('sha1').update(content.certificateDer).digest();
  const own = attributes(content.friendlyName, localKeyId);
  const shrouded = await encrypted(content.keyDer, secret);
  const keyBag = sequence(
    oid(OID.shroudedKeyBag),
    contextConstructed(0, sequence(shrouded.algorithm, octetString(shrouded.body))),
    own,
  );
  const certificates = sequence(
    certificateBag(content.certificateDer, own),
    ...content.chainDer.map((der) => certificateBag(der, null)),
  );
  const safe = sequence(await encryptedContent(certificates, secret), plainContent(sequence(keyBag)));
  const salt = secret.random(16);
  const macKey = await pkcs12Key({
    hash: 'sha256',
    purpose: 'mac',
    passphrase: secret.passphrase,
    salt,
    iterations: ITERATIONS_MAC,
    length: 32,
  });
  const mac = createHmac('sha256', macKey).update(safe).digest();
  macKey.fill(0);
  return new Uint8Array(
    sequence(
      integer(3),
      plainContent(safe),
      sequence(
        sequence(sequence(oid(OID.sha256), nullValue()), octetString(mac)),
        octetString(salt),
        integer(ITERATIONS_MAC),
      ),
    ),
  );
}

/** The MAC's own derivation runs in JavaScript, one hash at a time; the keys above carry the weight. */
const ITERATIONS_MAC = 100_000;
