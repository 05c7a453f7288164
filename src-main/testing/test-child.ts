/** Local children in a real workspace below a parent with real keys, called as the channels call them. Not shipped. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobContext } from '../lib/jobs.ts';
import { routerOf } from './test-router.ts';
import { createSoftwareSigner } from '../signers/software/software-signer.ts';
import { askParent } from '../ta/child/ask-parent.ts';
import { configureParent, configureRepository } from '../ta/child/configure-child.ts';
import { createChild } from '../ta/child/create-child.ts';
import { type ChildDeps, type HeldChild, heldChild } from '../ta/child/held-child.ts';
import type { Said } from '../ta/child/parent-word.ts';
import { notOut, nowOut, type OutThere } from '../ta/publish/out-there.ts';
import type { Publication } from '../ta/publish/publication.ts';
import { testParent, type TestParent } from './test-parent.ts';
import { testRandom } from './test-ports.ts';
import { PASSPHRASE, testVault } from './test-workspace.ts';

export const NO_JOB: JobContext = {
  signal: new AbortController().signal,
  report: () => undefined,
  commit: () => undefined,
  commitToLock: () => undefined,
};

export interface TestChildren {
  made: ReturnType<typeof testVault>;
  deps: ChildDeps;
  parent: TestParent;
  held(handle: string): Promise<HeldChild>;
  /** Made, added at the parent, both answers taken. */
  ready(handle: string): Promise<HeldChild>;
  /** Ready, and with its first certificate. */
  certified(handle: string): Promise<void>;
  ask(handle: string): Promise<Said>;
  /** The next state after time has passed; nothing locks itself meanwhile. */
  later(days: number): void;
  remove(): Promise<void>;
}

/** What the parent answers to a child request. */
export const parentAnswer = (parent: TestParent, handle: string) => ({
  handle: 'ta',
  childHandle: handle,
  serviceUri: 'https://rpki.example.net/rfc6492/ta',
  identityDer: parent.identityDer,
});

export const repositoryAnswer = (parent: TestParent, handle: string) => ({
  handle,
  serviceUri: `https://rpki.example.net/rfc8181/${handle}/`,
  identityDer: parent.identityDer,
  base: `${parent.base}${handle}/`,
  notify: parent.notify,
});

async function childrenIn(made: ReturnType<typeof testVault>): Promise<TestChildren> {
  const session = made.vault.session;
  const software = createSoftwareSigner({ sealer: session });
  const router = routerOf({ software });
  const now = (): Date => made.clock.now();
  const deps: ChildDeps = { random: testRandom, router, session, now };
  const parent = await testParent(now);
  const held = (handle: string): Promise<HeldChild> => heldChild(deps, handle);
  const ask = async (handle: string): Promise<Said> => askParent({ ...deps, parent }, await held(handle));
  const here: TestChildren = {
    made,
    deps,
    parent,
    held,
    ask,
    async certified(handle) {
      await here.ready(handle);
      await ask(handle);
      await parent.exchange();
      await ask(handle);
    },
    async ready(handle) {
      await createChild(deps, { handle }, NO_JOB);
      parent.add(handle);
      await configureParent(deps, await held(handle), parentAnswer(parent, handle), parent.identityDer);
      return configureRepository(deps, await held(handle), repositoryAnswer(parent, handle));
    },
    later(days) {
      made.clock.set(new Date(now().getTime() + days * 86_400_000).toISOString());
    },
    remove: () => made.remove(),
  };
  return here;
}

/** In a new workspace, in `folder` or a temporary one; `at`: another time than that of tests, for validators of others. */
export async function testChildren(folder?: string, at?: Date): Promise<TestChildren> {
  const made = testVault(folder === undefined ? {} : { folder });
  if (at !== undefined) made.clock.set(at.toISOString());
  await made.create();
  return childrenIn(made);
}

/** The workspace that `testChildren(folder)` made. */
export async function openChildren(folder: string): Promise<TestChildren> {
  const made = testVault({ folder });
  const [name = ''] = readdirSync(join(folder, 'workspaces'));
  await made.vault.open(join(folder, 'workspaces', name));
  await made.domain.unlock({ passphrase: PASSPHRASE });
  return childrenIn(made);
}

/** A publisher that takes everything and tells `done` when it was something else than before. */
export function whenNew(publications: () => Promise<Publication[]>, done: () => void): () => Promise<void> {
  let out: OutThere = new Map();
  return async () => {
    const all = await publications();
    if (notOut(out, all).length === 0) return;
    out = nowOut(out, all, new Set());
    done();
  };
}
