/** Writes a file where the operator chose, reads it back and records it: a stick that loses octets is found here. */
import type { Topic } from '#shared/bridge.ts';
import { MOST_SUMMARY } from '../audit/audit-record.ts';
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { TicketPaths } from '../lib/domain.ts';
import { exportFile } from '../lib/export-file.ts';
import { readBack } from '../lib/read-back.ts';
import type { Clock } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';

export interface OutgoingFile {
  /** The audit's action: the channel. */
  action: string;
  /** What it is: "signer-info". */
  what: string;
  /** Whose it is, for the record. */
  id: string;
  content: Uint8Array;
  target: string;
  overwrite: boolean;
}

/** Throws AppError FILE_EXISTS, TICKET_EXPIRED, INTERNAL when it does not read back the same. */
export async function writeOut(
  deps: {
    clock: Clock;
    tickets: TicketPaths;
    session(): Session;
    changed(topic: Topic, ids: string[]): void;
  },
  file: OutgoingFile,
): Promise<{ path: string; sha256: string }> {
  const { path } = await exportFile({
    path: deps.tickets.path(file.target, 'export'),
    content: file.content,
    mode: 0o644,
    overwrite: file.overwrite,
    now: deps.clock.now(),
  });
  const sha256 = sha256Hex(file.content);
  if (sha256Hex((await readBack(path)).bytes) !== sha256)
    throw new AppError(
      'INTERNAL',
      `What was written to ${path} does not read back the same: the medium may be damaged. Use another one.`,
    );
  await deps.session().store.run('audit.add', {
    audit: {
      action: file.action,
      outcome: 'done',
      summary: `Wrote ${file.what} to ${path}`.slice(0, MOST_SUMMARY),
      subjects: [{ type: file.what, id: file.id, sha256 }],
    },
  });
  deps.tickets.end(file.target);
  deps.changed('audit', []);
  return { path, sha256 };
}
