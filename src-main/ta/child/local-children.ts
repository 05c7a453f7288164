/**
 * Every local child of the open workspace, one action after the other: for the operator's channels, and for the proxy, which asks
 * them before a request and after a response (T-007, T-033) and publishes what they have.
 */
import { AppError } from '../../lib/app-error.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { readIdCertificate } from '../../rpki/id-certificate.ts';
import type { LocalCas } from '../proxy/local-cas.ts';
import type { ProxyRepository } from '../proxy/proxy-state.ts';
import type { Publication } from '../publish/publication.ts';
import type { Attention } from '../signer/signer-view.ts';
import { createMessageSigning } from '../signer/signing.ts';
import { askParent } from './ask-parent.ts';
import { childAttention } from './child-view.ts';
import { publication } from './child-objects.ts';
import { goOnChild } from './go-on-child.ts';
import { type ChildDeps, type HeldChild, heldChild, heldChildren } from './held-child.ts';
import { noteTrouble } from './note-trouble.ts';
import type { LocalChild } from './local-child.ts';
import type { Parent } from './parent.ts';
import type { Said } from './parent-word.ts';
import { refreshChild } from './refresh-child.ts';
import { nextStep } from './roll-key.ts';
import { wantsOf } from './wishes.ts';

export interface Told extends Said {
  handle: string;
}

export interface LocalChildren {
  /** Runs `task` on the child as it is, while nothing else changes one. */
  inTurn<T>(handle: string, task: (held: HeldChild) => Promise<T>): Promise<T>;
  /** Asks for one or, by null, for all. A child that cannot be asked says so; the others go on. */
  ask(handle: string | null): Promise<Told[]>;
  /** CRLs and manifests that are due. Answers whether any was made. */
  refresh(): Promise<boolean>;
  /** What a clock that was ahead made is made anew, after the date was compared. Answers whether anything was made. */
  goOn(): Promise<boolean>;
  /** What is due at them, for the overview. */
  attention(): Promise<Attention[]>;
  cas: LocalCas;
}

export interface LocalChildrenDeps extends ChildDeps {
  parent: Parent;
  /** Where the trust anchor publishes; null while it has no repository. */
  repository(): Promise<ProxyRepository | null>;
  /** It was a child of the trust anchor and is no more. */
  removed(child: LocalChild): Promise<boolean>;
}

/** No failures: the set-up is not that far, the parent does not know the child, the workspace was locked meanwhile. */
const ORDINARY: ReadonlySet<string> = new Set(['NOT_ALLOWED_NOW', 'NOT_FOUND', 'LOCKED']);

/** Where a child's objects go: with the trust anchor's when one party answered for both, to its own server otherwise. */
function targetOf(own: Uint8Array, anchors: ProxyRepository | null): Publication['target'] {
  // One identity is one server: what was pinned for the trust anchor holds for the child as well.
  return anchors !== null && equalBytes(own, anchors.serverIdentityDer)
    ? anchors.target
    : { kind: 'server', pin: null };
}

function publicationOf(
  deps: ChildDeps,
  { child, identity }: HeldChild,
  anchors: ProxyRepository | null,
  removed: boolean,
): Publication[] {
  const { repository } = child;
  if (repository === null) return [];
  return [
    {
      publisher: repository.handle,
      contact: {
        base: repository.base,
        notify: repository.notify,
        serverSpki: readIdCertificate(repository.identityDer).spkiDer,
        serviceUri: repository.serviceUri,
      },
      target: targetOf(repository.identityDer, anchors),
      signing: createMessageSigning(deps, identity),
      // Nothing of a removed one is valid; an empty set has its server withdraw what it published.
      files: removed ? [] : publication(child),
    },
  ];
}

export function createLocalChildren(deps: LocalChildrenDeps): LocalChildren {
  let last: Promise<unknown> = Promise.resolve();

  function queued<T>(task: () => Promise<T>): Promise<T> {
    const next = last.then(task);
    // The next one waits for the end of this one, not for its success.
    last = next.catch(() => undefined);
    return next;
  }

  const inTurn = <T>(handle: string, task: (held: HeldChild) => Promise<T>): Promise<T> =>
    queued(async () => task(await heldChild(deps, handle)));

  /** Runs `task` on the child; a failure is kept with it, in the same turn, and thrown. */
  const noted = <T>(what: 'ask' | 'refresh', handle: string, task: (held: HeldChild) => Promise<T>) =>
    inTurn(handle, async (held) => {
      try {
        return await task(held);
      } catch (error) {
        if (error instanceof AppError && !ORDINARY.has(error.code))
          await noteTrouble(deps, handle, what, error);
        throw error;
      }
    });

  /** Those that are still below the trust anchor, or not yet. */
  async function present(): Promise<HeldChild[]> {
    const all = await heldChildren(deps);
    const removed = await Promise.all(all.map(({ child }) => deps.removed(child)));
    return all.filter((_, at) => removed[at] !== true);
  }

  async function askOne(handle: string): Promise<Told> {
    if (await deps.removed((await heldChild(deps, handle)).child))
      return {
        handle,
        severity: 'careful',
        says: `${handle} was removed from the trust anchor. Add it there again before it asks for anything.`,
      };
    try {
      return { handle, ...(await noted('ask', handle, (held) => askParent(deps, held))) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { handle, severity: ORDINARY.has(error.code) ? 'careful' : 'bad', says: error.message };
    }
  }

  async function remakeOne(handle: string, remake: typeof refreshChild): Promise<boolean> {
    try {
      return await noted('refresh', handle, (held) => remake(deps, held));
    } catch (error) {
      // Kept with the child; the others go on.
      if (error instanceof AppError && !ORDINARY.has(error.code)) return false;
      throw error;
    }
  }

  async function remakeAll(remake: typeof refreshChild): Promise<boolean> {
    let made = false;
    for (const { child } of await present()) if (await remakeOne(child.handle, remake)) made = true;
    return made;
  }

  async function ask(handle: string | null): Promise<Told[]> {
    const handles = handle === null ? (await present()).map(({ child }) => child.handle) : [handle];
    const told: Told[] = [];
    for (const one of handles) told.push(await askOne(one));
    return told;
  }

  return {
    inTurn,
    ask,
    refresh: () => remakeAll(refreshChild),
    async goOn() {
      let made = false;
      for (const { child } of await present())
        try {
          if (await remakeOne(child.handle, goOnChild)) made = true;
        } catch (error) {
          // The signer went on already: what one child cannot do stands with it, and the others go on.
          if (!(error instanceof AppError) || error.code === 'LOCKED') throw error;
          if (error.code !== 'NOT_FOUND') await noteTrouble(deps, child.handle, 'refresh', error);
        }
      return made;
    },
    async attention() {
      return (await present()).flatMap((held) => childAttention(held, deps.now()));
    },
    cas: {
      async identities() {
        return new Map((await heldChildren(deps)).map(({ child }) => [child.handle, child.identity]));
      },
      async askAll() {
        return (await ask(null)).map(({ handle, says }) => `${handle}: ${says}`);
      },
      async wants(offer, now) {
        const timing = await deps.parent.timing();
        const all = (await present()).map(({ child }) => child);
        return {
          wishes: all.flatMap((child) => {
            const offered = child.parent === null ? null : offer(child.parent.childHandle);
            return offered === null ? [] : wantsOf(child, offered, timing, now);
          }),
          activate: all
            .filter((child) => child.entitled !== null && nextStep(child) === 'activate')
            .map(({ handle }) => handle),
        };
      },
      async publications() {
        const anchors = await deps.repository();
        const all = await heldChildren(deps);
        const removed = await Promise.all(all.map(({ child }) => deps.removed(child)));
        return all.flatMap((held, at) => publicationOf(deps, held, anchors, removed[at] === true));
      },
    },
  };
}
