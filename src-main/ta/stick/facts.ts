/**
 * What a file on a stick is and says of itself, from its octets alone. It is a stranger's word: who signed it is what the
 * message claims, and nothing here lets anything be signed or published. Whether it is wanted is judge-file.ts's.
 */
import { sha256Hex } from '../../lib/bytes.ts';
import { isTextOf, JsonError, readJson } from '../../lib/json-reader.ts';
import { asObject, asText, differingPath } from '../../lib/json-shape.ts';
import { readChildInfo } from '../../rpki/child-info.ts';
import { recogniseFile, type TaFileKind } from '../../rpki/exchange-file.ts';
import { Faults } from '../../rpki/fault.ts';
import { cutOff, unreadableAt, shortPlace } from '../../rpki/file-damage.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import {
  readChildRequest,
  readParentResponse,
  readPublisherRequest,
  readRepositoryResponse,
} from '../../rpki/setup-json.ts';
import { readSignedObject } from '../../rpki/signed-object.ts';
import { readTal } from '../../rpki/tal.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { readAuthorityKeyId } from '../../x509/extension-reader.ts';
import { EXTENSION } from '../../x509/oids.ts';
import { keyId } from '../../x509/public-key.ts';
import { X509Error } from '../../x509/x509-error.ts';
import { readIdentity } from '../documents.ts';
import { openDocument } from '../open-exchange.ts';
import { readAssociated } from '../proxy/proxy-text.ts';
import { madeAt } from '../signer/publish.ts';
import { contactSha256, readRepositoryContact } from '../repository-contact.ts';

interface Signed {
  nonce: string;
  signedBy: string;
  /** As its signer's clock said; null: the message does not say. */
  signedAt: Date | null;
  goodUntil: Date;
}
interface Named {
  handle: string;
  keyId: string;
  /** Of the identity certificate, as `identitySha256` of the others. */
  identitySha256: string;
}

/** Key identifiers are upper-case hex. */
export type FileFacts =
  | { kind: 'unknown' }
  /** `fault` goes on after the file's name: "ends in …". `looksLike`: what it would be. */
  | { kind: 'broken'; looksLike: TaFileKind; fault: string }
  | ({ kind: 'request' } & Signed)
  | ({ kind: 'response' } & Signed)
  | { kind: 'proxy-id'; keyId: string; identitySha256: string }
  /** `contentSha256`: of what it says, however it is written (repository-contact.ts). */
  | { kind: 'proxy-repo'; base: string; notify: string | null; contentSha256: string }
  | {
      kind: 'signer-info';
      keyId: string;
      identitySha256: string;
      taKey: string;
      certificateSha256: string;
      from: Date;
      number: bigint;
    }
  | ({ kind: 'child-info' } & Named)
  | ({ kind: 'child-request' } & Named)
  | ({ kind: 'publisher-request' } & Named)
  | ({ kind: 'parent-response'; serviceUri: string } & Named)
  | { kind: 'repository-response'; handle: string; base: string; notify: string | null; serviceUri: string }
  | { kind: 'tal'; taKey: string; uris: string[] }
  | { kind: 'ta-certificate'; taKey: string; from: Date };

export type FactsOf<K extends FileFacts['kind']> = Extract<FileFacts, { kind: K }>;

const identityOf = (der: Uint8Array): Omit<Named, 'handle'> => ({
  keyId: keyId(parseCertificate(der).spkiDer),
  identitySha256: sha256Hex(der),
});

/** A request or response: its nonce, who claims to have signed it, and whether clear and signed text are one. */
function messageFacts(kind: 'request' | 'response', bytes: Uint8Array): FileFacts {
  const { message, clear, clearText } = openDocument(bytes, kind);
  const nonce = asText(
    asObject(clear, kind, { required: ['nonce'], open: true }).get('nonce'),
    `${kind}.nonce`,
  );
  const object = readSignedObject(message, new Faults());
  const end = parseCertificate(object.certificateDer);
  const broken = (fault: string): FileFacts => ({ kind: 'broken', looksLike: kind, fault });
  if (!object.holds(end.spkiDer))
    return broken('was altered on its way: the signature in signed.message does not hold');
  const place = isTextOf(object.content, clearText)
    ? null
    : differingPath(readJson(object.content), clear, kind);
  if (place !== null)
    return broken(`was edited on its way: ${place} is not what was signed (signed.message)`);
  const aki = end.extensions.find(({ oid }) => oid === EXTENSION.authorityKeyIdentifier);
  return {
    kind,
    nonce,
    signedBy: aki === undefined ? '' : (readAuthorityKeyId(aki.valueDer) ?? ''),
    signedAt: object.signingTime,
    goodUntil: end.notAfter,
  };
}

/** Throws JsonError, RpkiError, X509Error. */
function read(kind: TaFileKind, bytes: Uint8Array): FileFacts {
  switch (kind) {
    case 'unknown':
      return { kind };
    case 'request':
    case 'response':
      return messageFacts(kind, bytes);
    case 'proxy-id':
      return { kind, ...identityOf(readIdentity(readJson(bytes), '').certificateDer) };
    case 'proxy-repo': {
      const contact = readRepositoryContact(readJson(bytes));
      return { kind, base: contact.base, notify: contact.notify, contentSha256: contactSha256(contact) };
    }
    case 'signer-info': {
      const { identity, objects, certificate } = readAssociated(readJson(bytes), '');
      return {
        kind,
        keyId: identity.keyId,
        identitySha256: sha256Hex(identity.certificateDer),
        taKey: objects.keyId,
        certificateSha256: sha256Hex(certificate.der),
        from: madeAt(certificate),
        number: objects.number,
      };
    }
    case 'child-info': {
      const { handle, identityDer } = readChildInfo(bytes);
      return { kind, handle, ...identityOf(identityDer) };
    }
    case 'child-request': {
      const { childHandle, identityDer } = readChildRequest(bytes);
      return { kind, handle: childHandle, ...identityOf(identityDer) };
    }
    case 'parent-response': {
      const { childHandle, identityDer, serviceUri } = readParentResponse(bytes);
      return { kind, handle: childHandle, ...identityOf(identityDer), serviceUri };
    }
    case 'publisher-request': {
      const { publisherHandle, identityDer } = readPublisherRequest(bytes);
      return { kind, handle: publisherHandle, ...identityOf(identityDer) };
    }
    case 'repository-response': {
      const { publisherHandle, siaBase, rrdpNotificationUri, serviceUri } = readRepositoryResponse(bytes);
      return { kind, handle: publisherHandle, base: siaBase, notify: rrdpNotificationUri, serviceUri };
    }
    case 'tal': {
      const { spkiDer, uris } = readTal(bytes);
      return { kind, taKey: keyId(spkiDer), uris };
    }
    case 'ta-certificate': {
      const { spkiDer, notBefore } = parseCertificate(bytes);
      return { kind, taKey: keyId(spkiDer), from: madeAt({ notBefore: notBefore.toISOString() }) };
    }
  }
}

/** "request.nonce: a text is missing here". */
function refusal(error: JsonError | RpkiError | X509Error): string {
  const place =
    error instanceof JsonError && error.path !== '' ? `${shortPlace(error.path.replace(/^\./, ''))}: ` : '';
  return `${place}${error.message.replace(/\.$/, '')}`;
}

/** `claimed`: what its name says it is. Never throws for what it is given. */
export function factsOf(bytes: Uint8Array, claimed: TaFileKind | null): FileFacts {
  const kind = recogniseFile(bytes);
  if (kind === 'unknown') {
    const fault = cutOff(bytes);
    if (fault !== null) return { kind: 'broken', looksLike: claimed ?? 'unknown', fault };
    return claimed === null
      ? { kind }
      : {
          kind: 'broken',
          looksLike: claimed,
          fault: `is not what its name says: ${unreadableAt(bytes) ?? 'it holds something else'}`,
        };
  }
  try {
    return read(kind, bytes);
  } catch (error) {
    if (!(error instanceof JsonError || error instanceof RpkiError || error instanceof X509Error))
      throw error;
    return { kind: 'broken', looksLike: kind, fault: `cannot be used: ${refusal(error)}` };
  }
}
