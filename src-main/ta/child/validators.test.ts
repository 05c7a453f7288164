import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { missingPeers } from '../../testing/peers.ts';
import { type TestChildren, testChildren } from '../../testing/test-child.ts';
import { fort, type Repository, rpkiClient, routinator } from '../../testing/validators.ts';
import { talText } from '../signer/signer-view.ts';
import { publication } from './child-objects.ts';
import { activateKey, startRoll } from './roll-key.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-child-validators-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const missing = missingPeers('rpki-client', 'fort', 'routinator');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

/** The trust anchor and its children as they are to be published, in a folder. */
async function published(here: TestChildren, name: string): Promise<Repository> {
  const { anchor, base } = here.parent;
  const folder = join(scratch, name);
  const { objects } = anchor;
  const files = [
    ...[objects.crl, objects.manifest].map(({ name: file, der }) => ({ uri: `${base}${file}`, der })),
    ...[...objects.issued.values()],
    ...publication((await here.held('online')).child),
    ...publication((await here.held('second')).child),
  ];
  for (const { uri, der } of files) {
    const path = join(folder, uri.slice(base.length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, der);
  }
  return {
    published: folder,
    host: new URL(base).host,
    tal: talText(anchor),
    taCertificate: anchor.certificate.der,
  };
}

test.skipIf(missing.length > 0)(
  `rpki-client, FORT and Routinator find two children clean, in every state of a key roll${why}`,
  { timeout: 180_000 },
  async () => {
    const here = await testChildren(undefined, new Date());
    const clean = async (name: string): Promise<void> => {
      const repository = await published(here, name);
      for (const validate of [rpkiClient, fort, routinator])
        expect(validate(repository).complaints, `${validate.name} at ${name}`).toEqual([]);
    };
    const exchange = async (): Promise<void> => {
      for (const handle of ['online', 'second']) await here.ask(handle);
      await here.parent.exchange();
      for (const handle of ['online', 'second']) await here.ask(handle);
    };
    for (const handle of ['online', 'second']) await here.ready(handle);
    await exchange();
    await clean('certified');
    await startRoll(here.deps, await here.held('online'));
    await exchange();
    await clean('rolling');
    await activateKey(here.deps, await here.held('online'));
    await clean('activated');
    await exchange();
    await clean('rolled');
    expect(here.parent.anchor.objects.revocations).toHaveLength(1);
    await here.remove();
  },
);
