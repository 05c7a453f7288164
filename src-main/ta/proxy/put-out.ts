/**
 * Whether the TA certificate and the TAL, as they are now, are where relying parties fetch them: seen there, or said so by the
 * operator. Another certificate or other URIs have to be put out anew.
 */
import * as z from 'zod';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Session } from '../../store/store-contract.ts';
import type { AssociatedSigner } from './proxy-state.ts';

const NAME = 'ta.putOut';

const stored = z.strictObject({ certificate: z.string(), uris: z.array(z.string()) });

type Public = Pick<AssociatedSigner, 'certificate' | 'tal'>;

const markOf = ({ certificate, tal }: Public): string =>
  JSON.stringify({ certificate: sha256Hex(certificate.der), uris: [...tal.https, tal.rsync] });

/** `signer` null: there is nothing to put out yet. */
export async function isPutOut(session: Session, signer: Public | null): Promise<boolean> {
  if (signer === null) return false;
  const text = await session.store.run('settings.get', { name: NAME });
  if (text === null) return false;
  const read = stored.safeParse(JSON.parse(text));
  return read.success && JSON.stringify(read.data) === markOf(signer);
}

/** Remembers it for the present certificate and URIs, once. `seen`: Baleen found it there; otherwise the operator says so. */
export async function notePutOut(session: Session, signer: Public, seen: boolean): Promise<void> {
  if (await isPutOut(session, signer)) return;
  await session.store.run('settings.set', {
    name: NAME,
    value: markOf(signer),
    audit: {
      action: 'ta.putOut',
      outcome: 'done',
      summary: seen
        ? 'ta.cer was found at every https URI of the TAL'
        : 'The operator says that ta.cer and the TAL are where relying parties fetch them',
      subjects: [{ type: 'ta-certificate', id: signer.tal.rsync, sha256: sha256Hex(signer.certificate.der) }],
    },
  });
}
