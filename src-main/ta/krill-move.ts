/** The channels of moving and settings: krillta's data directory in and out (T-047), its times (T-011..T-018). */
import { AppError } from '../lib/app-error.ts';
import { tooLarge } from '../lib/atomic-file.ts';
import { wipe } from '../lib/bytes.ts';
import type { Domain } from '../lib/domain.ts';
import type { RoutedKey } from '../signers/router.ts';
import { approvedBy, requireApproval } from './review/approvers.ts';
import { exportedDevices } from './signer/exported-devices.ts';
import { type ExportedKey, krillStoreFiles, readBack } from './signer/export-store.ts';
import { CONF, writeKrillFolder } from './signer/krill-folder.ts';
import { readKrillStore } from './signer/krill-store.ts';
import { keepKrilltaSettings } from './signer/krillta-settings.ts';
import { readKrilltaConf } from './signer/krillta-conf.ts';
import { timingProblems } from './signer/setup.ts';
import { keepMove, readMoves } from './signer/moves.ts';
import { trustAnchorText } from './signer/trust-anchor.ts';
import { importStore } from './signer/import-store.ts';
import { whyNotKrillta } from './signer/why-not-krillta.ts';
import type { HeldSigner } from './signer/held-signer.ts';
import type { TaDeps } from './ta.ts';

const CONF_BYTES = 1_048_576;

export interface MoveDeps extends TaDeps {
  signer(): Promise<HeldSigner>;
  refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
}

export function krillMove(
  deps: MoveDeps,
): Pick<Domain<'ta'>, 'importStore' | 'exportStore' | 'readConf' | 'setTiming'> {
  const { session, jobs, random, software, router, changed, tickets, clock } = deps;
  return {
    async readConf({ blob }) {
      const { name, bytes } = deps.blobs.take(blob);
      if (bytes.length > CONF_BYTES) throw tooLarge(name, bytes.length, CONF_BYTES);
      const { timing, notes, settings } = readKrilltaConf(bytes.toString('utf8'));
      await keepKrilltaSettings(session(), settings);
      changed('audit', []);
      return { timing, notes };
    },
    async setTiming({ timing }) {
      const held = await deps.signer();
      const next = { ...held.anchor.timing, ...timing };
      const [problem] = timingProblems(next);
      if (problem !== undefined)
        throw new AppError('INVALID_INPUT', `${problem.message} ${problem.fix}`, {
          fields: [{ path: problem.path, message: problem.message }],
        });
      await session().store.run('ta.replace', {
        half: 'signer',
        version: held.version,
        state: trustAnchorText({ ...held.anchor, timing: next }),
        audit: {
          action: 'ta.setTiming',
          outcome: 'done',
          summary: `Times from now on: certificates ${next.issuedCertificateValidityWeeks} weeks, due ${next.issuedCertificateReissueWeeksBefore} weeks before, manifest ${next.mftNextUpdateWeeks} weeks, messages ${next.signedMessageValidityDays} days`,
          subjects: [],
        },
      });
      changed('ta', []);
      return {};
    },
    importStore({ folder }) {
      const path = tickets.path(folder, 'open');
      const title = 'Import of a krillta data directory';
      return {
        job: jobs.start({
          kind: 'ta.importStore',
          title,
          async run(job) {
            const ids = await importStore(
              { random, software, router, session, now: () => clock.now() },
              path,
              job,
            );
            tickets.end(folder);
            changed('ta', []);
            changed('keys', []);
            return ids;
          },
          refused: deps.refusedEntry('ta.importStore', title),
        }),
      };
    },
    async exportStore({ folder, confirm, names }) {
      const held = await deps.signer();
      const { anchor, keys } = held;
      const why = whyNotKrillta(held);
      if (why !== null) throw new AppError('NOT_ALLOWED_NOW', `${why} Nothing was written.`);
      if (confirm.replaceAll(/[\s:]/g, '').toUpperCase() !== anchor.objects.keyId.slice(-8))
        throw new AppError(
          'INVALID_INPUT',
          "The digits do not match: type the last 8 of the TA key's identifier.",
          {
            fields: [{ path: 'confirm', message: 'Type the last 8 digits' }],
          },
        );
      const approvers = await requireApproval(session, names, 'writing for krillta');
      const { store } = session();
      const exchanges = await Promise.all(held.past.map(({ id }) => store.run('ta.exchangeFiles', { id })));
      const path = tickets.path(folder, 'krill');
      const devices = await exportedDevices(session(), keys, path, anchor.timing);
      /** The key opened for a file, or its place. */
      const withKey = <T>(key: RoutedKey, use: (given: ExportedKey) => T | Promise<T>): Promise<T> => {
        const device = devices.of(key.signer);
        return device === null
          ? software.withPrivateKey(key, (pkcs8) => use({ pkcs8 }))
          : Promise.resolve(use({ device, handle: key.handle }));
      };
      const files = await withKey(keys.identity, (identity) =>
        withKey(keys.ta, (ta) =>
          krillStoreFiles(anchor, exchanges, { identity, ta }, held.createdAt.toISOString()),
        ),
      );
      const again = readKrillStore(readBack(files));
      const found = new Set([...again.keys.keys(), ...again.places.keys()]);
      wipe(...again.keys.values());
      if (
        again.anchor.objects.number !== anchor.objects.number ||
        !found.has(anchor.objects.keyId) ||
        !found.has(anchor.identity.keyId)
      )
        throw new AppError(
          'INTERNAL',
          'What would be written does not read back as this signer; nothing was written.',
        );
      if (devices.conf !== '') files.set(CONF, devices.conf);
      const said = (text: string) =>
        store.run('audit.add', {
          audit: {
            action: 'ta.exportStore',
            outcome: 'done',
            summary: `${text} ${path}`.slice(0, 300),
            subjects: [{ type: 'ta-key', id: anchor.objects.keyId, sha256: null }],
          },
        });
      // SECURITY: on record before the first octet of a key is on the disk, whatever happens then.
      await said(`Begins to write the trust anchor signer ${devices.words}${approvedBy(approvers)} to`);
      const before = (await readMoves(session())).written;
      const clear = [...files.keys()].some((name) => name.startsWith('keys/'));
      await keepMove(session(), 'written', { at: clock.now().toISOString(), folder: path, clear });
      try {
        await writeKrillFolder(path, files);
      } catch (error) {
        // Nothing of it lies there. After any other failure a part may.
        if (error instanceof AppError && error.code === 'FILE_EXISTS')
          await keepMove(session(), 'written', before);
        throw error;
      }
      await said(
        `Wrote the trust anchor signer ${devices.words} as a krillta data directory${approvedBy(approvers)} to`,
      );
      tickets.end(folder);
      changed('audit', []);
      changed('ta', []);
      return { path };
    },
  };
}
