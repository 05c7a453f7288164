/** What krillta's history has beside its exchanges, as entries of the audit: each with the time at which krillta did it. */
import { type AuditEntry, summaryOf } from '../../audit/audit-record.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { momentText } from '../../lib/moment-text.ts';
import type { StoredEvent } from './krill-store.ts';
import { changedText } from './reissue.ts';

/** Actions under which they are on record. */
export const STORE_REISSUE = 'ta.storeReissue';
export const STORE_REFUSAL = 'ta.storeRefusal';
/** The subject that says when it was; the entry itself is of the import. */
export const DONE_AT = 'done-at';

const REFUSED: Readonly<Record<string, string>> = {
  TrustAnchorSignerRequest: 'a request',
  TrustAnchorSignerReissueRequest: 'a reissue',
};

export function storeEntry(event: StoredEvent): AuditEntry {
  const doneAt = { type: DONE_AT, id: new Date(event.at).toISOString(), sha256: null };
  if (event.kind === 'refused') {
    const { request, command, why } = event;
    const what = request === null ? (REFUSED[command] ?? command) : `request ${request.nonce}`;
    return {
      action: STORE_REFUSAL,
      outcome: 'refused',
      summary: summaryOf(`krillta refused ${what || 'a command'}: ${why}`),
      subjects: [
        ...(request === null
          ? []
          : [{ type: 'request', id: request.nonce.slice(0, 100), sha256: sha256Hex(request.bytes) }]),
        doneAt,
      ],
    };
  }
  const { before, after } = event;
  const { keyId, number } = after.objects;
  const { certificate, tal } = after;
  const notify = certificate.rpkiNotify ?? null;
  return {
    action: STORE_REISSUE,
    outcome: 'done',
    summary: summaryOf(
      `krillta reissued the TA certificate ${keyId} until ${momentText(certificate.notAfter)}: ${changedText(before, { ...tal, notify })}`,
    ),
    subjects: [
      { type: 'ta-certificate', id: keyId, sha256: sha256Hex(certificate.der) },
      { type: 'ta-certificate-before', id: keyId, sha256: sha256Hex(before.certificate.der) },
      { type: 'serial', id: String(certificate.serial), sha256: null },
      { type: 'manifest', id: String(number), sha256: null },
      ...[...tal.https, tal.rsync].map((uri) => ({ type: 'tal-uri', id: uri, sha256: null })),
      ...(notify === null ? [] : [{ type: 'rrdp', id: notify, sha256: null }]),
      doneAt,
    ],
  };
}
