/**
 * Opens a PKCS#12 file (RFC 7292): checks its MAC, decrypts its bags, gives certificates, CRLs and keys in the order a
 * person expects. Old ciphers are read, never written; what is not known is named in a note.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Finding } from '#shared/contract/channel.ts';
import { wipe } from '../lib/bytes.ts';
import { berToDer } from './ber.ts';
import { parseCertificate } from './certificate.ts';
import {
  children,
  expectTag,
  listElements,
  oidText,
  readTlv,
  smallInteger,
  stringValue,
  TAG,
  type Tlv,
} from './der-reader.ts';
import { costOf, costOfMac, derivationBudget, type DerivationBudget } from './derivation-budget.ts';
import {
  algorithm,
  decryptWithPassword,
  HASHES,
  type Password,
  pbmac1,
  rounds,
  wrongPassword,
} from './password-encryption.ts';
import { pkcs12Key } from './pkcs12-kdf.ts';
import { readPrivateKey } from './private-key.ts';
import { PrivateKeyError, X509Error } from './x509-error.ts';

/** What was in the file. SECURITY: `keys` are PKCS#8 in clear; the caller wipes them. */
export interface Pkcs12Opened {
  /** A certificate of one of the keys first, then the others as they stand. */
  certificates: { der: Uint8Array; friendlyName: string | null }[];
  crls: Uint8Array[];
  keys: { pkcs8Der: Buffer; friendlyName: string | null }[];
  notes: Finding[];
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  envelopedData: '1.2.840.113549.1.7.3',
  pbmac1: '1.2.840.113549.1.5.14',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  crlBag: '1.2.840.113549.1.12.10.1.4',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  x509Crl: '1.2.840.113549.1.9.23.1',
  friendlyName: '1.2.840.113549.1.9.20',
} as const;

const MOST_BAGS = 1000;
const MOST_LEVELS = 8;

function note(code: string, severity: Finding['severity'], text: string, clause: string): Finding {
  return { code, severity, text, where: 'file', clause };
}

/** ContentInfo: its type and the element inside its [0]. */
function contentInfo(tlv: Tlv): { oid: string; content: Tlv } {
  const [type, wrapped] = children(expectTag(tlv, TAG.sequence, 'a ContentInfo'));
  const [content] = wrapped?.tag === 0xa0 ? children(wrapped) : [];
  if (content === undefined) throw new X509Error('a ContentInfo is empty');
  return { oid: oidText(expectTag(type, TAG.oid, 'a ContentInfo')), content };
}

async function macMatches(
  mac: Tlv,
  data: Uint8Array,
  password: Password,
  budget: DerivationBudget,
): Promise<boolean> {
  const [digestInfo, salt, count] = children(mac);
  const [scheme, digest] = children(expectTag(digestInfo, TAG.sequence, 'the MAC'));
  const value = expectTag(digest, TAG.octetString, 'the MAC').content;
  const { oid, parameters } = algorithm(scheme);
  const same = (made: Buffer): boolean => made.length === value.length && timingSafeEqual(made, value);
  if (oid === OID.pbmac1) {
    budget.take(costOfMac(parameters));
    return same(await pbmac1(parameters, password, data));
  }
  const hash = HASHES[oid];
  if (hash === undefined)
    throw new X509Error(`The MAC of the file uses a hash Baleen does not know (${oid}).`);
  // RFC 7292 4: the count is 1 when it is left out.
  const iterations = count === undefined ? 1 : rounds(count);
  budget.take(iterations);
  const key = await pkcs12Key({
    hash,
    purpose: 'mac',
    passphrase: password,
    salt: expectTag(salt, TAG.octetString, 'the salt').content,
    iterations,
    length: { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 }[hash],
  });
  const made = createHmac(hash, key).update(data).digest();
  key.fill(0);
  return same(made);
}

/** The octets of EncryptedContentInfo's [0] IMPLICIT OCTET STRING, whole or in pieces. */
function implicitOctets(tlv: Tlv | undefined): Uint8Array {
  if (tlv?.tag === 0x80) return tlv.content;
  if (tlv?.tag === 0xa0) return Buffer.concat(children(tlv).map(({ content }) => content));
  throw new X509Error('an encrypted part of the file is empty');
}

function friendlyName(attributes: Tlv | undefined): string | null {
  for (const attribute of attributes?.tag === TAG.set ? children(attributes) : []) {
    const [type, values] = children(attribute);
    const [value] = values === undefined ? [] : children(values);
    if (type !== undefined && value !== undefined && oidText(type) === OID.friendlyName)
      return stringValue(value);
  }
  return null;
}

function costOfBag(bag: Tlv): number {
  const [type, wrapped] = children(bag);
  if (type?.tag !== TAG.oid || oidText(type) !== OID.shroudedKeyBag || wrapped?.tag !== 0xa0) return 0;
  const [value] = children(wrapped);
  return value === undefined ? 0 : costOf(children(value)[0]);
}

class Bags {
  readonly found: Pkcs12Opened = { certificates: [], crls: [], keys: [], notes: [] };
  private readonly password: Password;
  private readonly budget: DerivationBudget;
  private count = 0;

  constructor(password: Password, budget: DerivationBudget) {
    this.password = password;
    this.budget = budget;
  }

  async readAll(contents: Uint8Array, level = 0): Promise<void> {
    if (level > MOST_LEVELS) throw new X509Error('its structure is nested too deeply');
    const list = expectTag(readTlv(berToDer(contents)), TAG.sequence, 'the list of bags');
    const bags = listElements(list);
    this.count += bags.length;
    if (this.count > MOST_BAGS) throw new X509Error(`The file holds more than ${MOST_BAGS} objects.`);
    // All of them are asked for before the first is opened.
    for (const bag of bags) this.budget.take(costOfBag(bag));
    for (const bag of bags) await this.read(bag, level);
  }

  private async read(bag: Tlv, level: number): Promise<void> {
    const [type, wrapped, attributes] = children(expectTag(bag, TAG.sequence, 'a bag'));
    const oid = oidText(expectTag(type, TAG.oid, 'a bag'));
    const [value] = wrapped?.tag === 0xa0 ? children(wrapped) : [];
    if (value === undefined) throw new X509Error('a bag is empty');
    const name = friendlyName(attributes);
    switch (oid) {
      case OID.keyBag:
        this.found.keys.push({ pkcs8Der: Buffer.from(value.raw), friendlyName: name });
        return;
      case OID.shroudedKeyBag: {
        const [scheme, body] = children(value);
        const octets = expectTag(body, TAG.octetString, 'an encrypted key').content;
        this.found.keys.push({
          pkcs8Der: await decryptWithPassword(scheme, octets, this.password),
          friendlyName: name,
        });
        return;
      }
      case OID.certBag:
      case OID.crlBag: {
        const [inner, holder] = children(value);
        const [octets] = holder === undefined ? [] : children(holder);
        const kind = inner === undefined ? '' : oidText(inner);
        const der = expectTag(octets, TAG.octetString, 'a certificate or CRL').content;
        if (kind === OID.x509Certificate) this.found.certificates.push({ der, friendlyName: name });
        else if (kind === OID.x509Crl) this.found.crls.push(der);
        else this.skipped(kind);
        return;
      }
      case OID.safeContentsBag:
        return this.readAll(value.raw, level + 1);
      default:
        this.skipped(oid);
    }
  }

  private skipped(oid: string): void {
    this.found.notes.push(
      note('PKCS12_SKIPPED', 'careful', `An object of type ${oid} in it was not read.`, 'RFC 7292 4.2'),
    );
  }
}

/** Puts the certificates of the keys in front, and says what belongs to nothing. */
function ordered(found: Pkcs12Opened): Pkcs12Opened {
  const publicKeys = found.keys.map(({ pkcs8Der }) =>
    readPrivateKey({ format: 'PKCS#8', encrypted: false, source: { der: pkcs8Der } }, null).spkiDer.toString(
      'hex',
    ),
  );
  const isOwn = ({ der }: { der: Uint8Array }): boolean =>
    publicKeys.includes(Buffer.from(parseCertificate(der).spkiDer).toString('hex'));
  const own = found.certificates.filter(isOwn);
  const names = [...found.keys, ...found.certificates].flatMap(({ friendlyName: name }) =>
    name === null || name === '' ? [] : [`“${name}”`],
  );
  const notes = [...found.notes];
  if (names.length > 0)
    notes.push(
      note(
        'FRIENDLY_NAME',
        'note',
        `Friendly name in the file: ${[...new Set(names)].join(', ')}.`,
        'RFC 2985 5.5.1',
      ),
    );
  if (found.keys.length > 0 && found.certificates.length > 0 && own.length === 0)
    notes.push(
      note(
        'KEY_WITHOUT_CERTIFICATE',
        'bad',
        'None of the certificates in it belongs to the private key.',
        'RFC 7292 4.2',
      ),
    );
  return { ...found, certificates: [...own, ...found.certificates.filter((one) => !isOwn(one))], notes };
}

async function openWith(
  bytes: Uint8Array,
  password: Password,
  budget: DerivationBudget,
): Promise<Pkcs12Opened> {
  const [version, authSafe, mac] = children(expectTag(readTlv(berToDer(bytes)), TAG.sequence, 'the file'));
  if (version === undefined || smallInteger(version, 'the version') !== 3 || authSafe === undefined)
    throw new X509Error('This PKCS#12 file has a version Baleen does not know; version 3 is read.');
  const { oid, content } = contentInfo(authSafe);
  if (oid !== OID.data)
    throw new X509Error(
      'This PKCS#12 file is signed instead of carrying a MAC; Baleen does not read that form.',
    );
  const data = expectTag(content, TAG.octetString, 'the content').content;
  if (mac !== undefined && !(await macMatches(mac, data, password, budget))) throw wrongPassword();
  const bags = new Bags(password, budget);
  if (mac === undefined)
    bags.found.notes.push(
      note(
        'PKCS12_NO_MAC',
        'careful',
        'The file has no MAC: nothing shows whether it was altered.',
        'RFC 7292 4',
      ),
    );
  try {
    for (const part of children(readTlv(berToDer(data)))) {
      const inner = contentInfo(part);
      if (inner.oid === OID.data)
        await bags.readAll(expectTag(inner.content, TAG.octetString, 'a part of the file').content);
      else if (inner.oid === OID.encryptedData) {
        const info = children(expectTag(children(inner.content)[1], TAG.sequence, 'an encrypted part'));
        budget.take(costOf(info[1]));
        await bags.readAll(await decryptWithPassword(info[1], implicitOctets(info[2]), password));
      } else
        throw new X509Error(
          'A part of this PKCS#12 file is encrypted for a public key; Baleen does not read that form.',
        );
    }
    return ordered(bags.found);
  } catch (error) {
    // SECURITY: what was opened before the fault reaches no caller who would wipe it.
    wipe(...bags.found.keys.map(({ pkcs8Der }) => pkcs8Der));
    throw error;
  }
}

/**
 * The content of a PKCS#12 file (DER or BER). Throws X509Error, and PrivateKeyError `wrongPassphrase` when the MAC or
 * the decryption fails. An empty passphrase also opens files made without any (RFC 7292 B.1).
 */
export async function readPkcs12(
  bytes: Uint8Array,
  passphrase: string,
  budget = derivationBudget(),
): Promise<Pkcs12Opened> {
  try {
    return await openWith(bytes, passphrase, budget);
  } catch (error) {
    if (passphrase !== '' || !(error instanceof PrivateKeyError)) throw error;
    return openWith(bytes, null, budget);
  }
}
