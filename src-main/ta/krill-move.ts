/** The channels of moving: from krillta's data directory into this workspace, and back (T-047). */
import { AppError } from '../lib/app-error.ts';
import { wipe } from '../lib/bytes.ts';
import type { Domain } from '../lib/domain.ts';
import { krillStoreFiles, readBack } from './signer/export-store.ts';
import { writeKrillFolder } from './signer/krill-folder.ts';
import { readKrillStore } from './signer/krill-store.ts';
import { importStore } from './signer/import-store.ts';
import type { HeldSigner } from './signer/held-signer.ts';
import type { TaDeps } from './ta.ts';

export interface MoveDeps extends TaDeps {
  signer(): Promise<HeldSigner>;
  refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
}

export function krillMove(deps: MoveDeps): Pick<Domain<'ta'>, 'importStore' | 'exportStore'> {
  const { session, jobs, random, software, changed, tickets } = deps;
  return {
    importStore({ folder }) {
      const path = tickets.path(folder);
      const title = 'Import of a krillta data directory';
      return {
        job: jobs.start({
          kind: 'ta.importStore',
          title,
          async run(job) {
            const ids = await importStore({ random, software, session }, path, job);
            tickets.end(folder);
            changed('ta', []);
            changed('keys', []);
            return ids;
          },
          refused: deps.refusedEntry('ta.importStore', title),
        }),
      };
    },
    async exportStore({ folder, confirm }) {
      const held = await deps.signer();
      const { anchor, keys } = held;
      if (confirm.replaceAll(/[\s:]/g, '').toUpperCase() !== anchor.objects.keyId.slice(-8))
        throw new AppError(
          'INVALID_INPUT',
          "The digits do not match: type the last 8 of the TA key's identifier.",
          {
            fields: [{ path: 'confirm', message: 'Type the last 8 digits' }],
          },
        );
      if (keys.ta.signer !== 'software' || keys.identity.signer !== 'software')
        throw new AppError('POLICY_REFUSED', `The keys lie in ${keys.ta.signer} and cannot leave it.`);
      const { store } = session();
      const exchanges = await Promise.all(held.past.map(({ id }) => store.run('ta.exchangeFiles', { id })));
      const path = tickets.path(folder);
      const files = await software.withPrivateKey(keys.identity, (identity) =>
        software.withPrivateKey(keys.ta, (ta) =>
          krillStoreFiles(anchor, exchanges, { identity, ta }, held.createdAt.toISOString()),
        ),
      );
      const again = readKrillStore(readBack(files));
      wipe(...again.keys.values());
      if (again.anchor.objects.number !== anchor.objects.number)
        throw new AppError(
          'INTERNAL',
          'What would be written does not read back as this signer; nothing was written.',
        );
      await writeKrillFolder(path, files);
      await store.run('audit.add', {
        audit: {
          action: 'ta.exportStore',
          outcome: 'done',
          summary:
            `Wrote the trust anchor signer with its keys UNENCRYPTED as a krillta data directory to ${path}`.slice(
              0,
              300,
            ),
          subjects: [{ type: 'ta-key', id: anchor.objects.keyId, sha256: null }],
        },
      });
      tickets.end(folder);
      changed('audit', []);
      return { path };
    },
  };
}
