/**
 * What relying parties find by RRDP (RFC 8182) of a trust anchor's own manifest, beside the one made last: whether the
 * last exchange has been published. The XML is read by the functions that are given.
 */
import { sha256Hex } from '../../lib/bytes.ts';
import { Faults } from '../../rpki/fault.ts';
import { judgeObject } from '../../rpki/judge.ts';
import { readManifest } from '../../rpki/manifest.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { readSignedObject } from '../../rpki/signed-object.ts';
import { fetchPublic, type Finding, isFinding, type PublicFiles } from './public-file.ts';

const MOST_NOTIFICATION_BYTES = 4 * 1_048_576;
const MOST_SNAPSHOT_BYTES = 64 * 1_048_576;

interface RrdpSession {
  sessionId: string;
  serial: bigint;
}

/** Both throw RpkiError. */
export interface RrdpReaders {
  /** `hash`: SHA-256 in upper-case hex. */
  readNotification(xml: Uint8Array): RrdpSession & { snapshot: { uri: string; hash: string } };
  readSnapshot(xml: Uint8Array): RrdpSession & { objects: readonly { uri: string; der: Uint8Array }[] };
}

export interface RrdpCheck extends RrdpReaders {
  notifyUri: string;
  /** rpkiManifest of the trust anchor's certificate. */
  manifestUri: string;
  /** Of the manifest made last. */
  manifestNumber: bigint;
  certificateDer: Uint8Array;
  at: Date;
}

/** The number against ours. */
function compared(published: bigint, ours: bigint): Omit<Finding, 'uri'> {
  const numbers = `Published is manifest ${published}, made last was ${ours}`;
  if (published === ours) return { ok: true, text: `Published is manifest ${published}, the one made last.` };
  return published < ours
    ? { ok: false, text: `${numbers}: have the last response processed and published.` }
    : {
        ok: false,
        text: `${numbers}: this workspace is behind, so restore its newest backup before you sign anything.`,
      };
}

function judgeManifest(der: Uint8Array, check: RrdpCheck): Finding[] {
  const uri = check.manifestUri;
  const { faults } = judgeObject(der, { issuerDer: check.certificateDer, anchor: false, at: check.at });
  const number = new Faults().read(
    '',
    () => readManifest(readSignedObject(der, new Faults()).content, new Faults()).number,
  );
  return [
    faults.length === 0
      ? { uri, ok: true, text: 'The published manifest holds under the trust anchor and is in its time.' }
      : {
          uri,
          ok: false,
          text: `The published manifest has faults: ${faults.map(({ text, clause }) => `${text} (${clause})`).join('; ')}.`,
        },
    ...(number === null ? [] : [{ uri, ...compared(number, check.manifestNumber) }]),
  ];
}

/** What `reader` answers, or the finding that it is not what it should be. */
function parsed<T>(uri: string, what: string, reader: () => T): { value: T } | { finding: Finding } {
  try {
    return { value: reader() };
  } catch (error) {
    if (!(error instanceof RpkiError)) throw error;
    return { finding: { uri, ok: false, text: `It is no ${what} of RRDP: ${error.message}` } };
  }
}

/** Notification, snapshot, manifest, each only when the one before was good. Throws AppError when our side may not ask. */
export async function checkRrdp(files: PublicFiles, check: RrdpCheck): Promise<Finding[]> {
  const { notifyUri, manifestUri } = check;
  const notice = await fetchPublic(files, notifyUri, MOST_NOTIFICATION_BYTES);
  if (isFinding(notice)) return [notice];
  const notification = parsed(notifyUri, 'notification', () => check.readNotification(notice));
  if ('finding' in notification) return [notification.finding];
  const { snapshot, sessionId, serial } = notification.value;
  const read = { uri: notifyUri, ok: true, text: `It announces serial ${serial}.` };

  const xml = await fetchPublic(files, snapshot.uri, MOST_SNAPSHOT_BYTES);
  if (isFinding(xml)) return [read, xml];
  const uri = snapshot.uri;
  if (sha256Hex(xml) !== snapshot.hash)
    return [read, { uri, ok: false, text: 'The snapshot is not the one that is announced: publish anew.' }];
  const content = parsed(uri, 'snapshot', () => check.readSnapshot(xml));
  if ('finding' in content) return [read, content.finding];
  const { value } = content;
  if (value.sessionId !== sessionId || value.serial !== serial)
    return [
      read,
      { uri, ok: false, text: 'The snapshot is of another session or serial than announced: publish anew.' },
    ];
  const manifest = value.objects.find((object) => object.uri === manifestUri);
  if (manifest === undefined)
    return [
      read,
      {
        uri,
        ok: false,
        text: `The snapshot does not hold ${manifestUri}: have a response processed and published.`,
      },
    ];
  return [read, ...judgeManifest(manifest.der, check)];
}
