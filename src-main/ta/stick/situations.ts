/** What the halves are now, with what should travel, read anew only when something of it changed. */
import type { ServiceSettings } from '#shared/contract/ta-service.ts';
import type { StickOffer, StickOrder } from '#shared/contract/ta-stick.ts';
import type { Drafts } from '../../drafts/drafts.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Session } from '../../store/store-contract.ts';
import { heldChildren } from '../child/held-child.ts';
import type { HeldProxy } from '../proxy/held-proxy.ts';
import { childServiceUri, readSettings } from '../proxy/service-settings.ts';
import { readRejected } from '../review/rejected.ts';
import type { HeldSigner } from '../signer/held-signer.ts';
import { dueFiles } from './offers.ts';
import { begunSetup, repositoryTaken, setupHashes } from './setup-draft.ts';
import { childSituation, proxySituation, signerSituation, type Situation } from './situation.ts';

export interface SituationDeps {
  drafts: Drafts;
  session(): Session;
  signer(): Promise<HeldSigner | null>;
  proxy(): Promise<HeldProxy | null>;
  /** The bytes of a file that is handed out, and whose it is. */
  file(order: StickOrder): Promise<{ content: Uint8Array; id: string }>;
}

interface Present {
  situation: Situation;
  offers: StickOffer[];
}

/** Where a child sends its messages, by the settings of the listener; null: to an address that nobody finds. */
function addressBy(settings: ServiceSettings): (child: string) => string | null {
  return (child) => {
    try {
      return childServiceUri(settings, child);
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  };
}

export function createSituations(deps: SituationDeps): { now(): Promise<Present>; clear(): void } {
  const { drafts, session } = deps;
  /** A large anchor is not read anew every few seconds. */
  let prepared: (Present & { key: string }) | null = null;

  /** null: it cannot be made now, so it is not offered. */
  async function hashOf(order: StickOrder): Promise<string | null> {
    try {
      return sha256Hex((await deps.file(order)).content);
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  return {
    clear() {
      prepared = null;
    },
    async now() {
      const { store, workspace } = session();
      const [signerAt, proxyAt] = [
        await store.run('ta.version', { half: 'signer' }),
        await store.run('ta.version', { half: 'proxy' }),
      ];
      const children = (await heldChildren(deps)).map(({ child }) => childSituation(child));
      const draft = signerAt === null ? await begunSetup(drafts) : null;
      const rejected = signerAt === null ? [] : await readRejected(session);
      // An answer to a child has its address in it.
      const settings = await readSettings(session());
      const key = JSON.stringify([
        rejected,
        signerAt,
        proxyAt,
        children,
        draft?.id,
        draft?.revision,
        settings,
      ]);
      if (prepared?.key === key) return prepared;
      const [signer, proxy] = [
        signerAt === null ? null : await deps.signer(),
        proxyAt === null ? null : await deps.proxy(),
      ];
      const situation: Situation = {
        signer: signer === null ? null : signerSituation(signer, rejected, await repositoryTaken(session)),
        proxy: proxy === null ? null : proxySituation(proxy.state, proxy.past, addressBy(settings)),
        children,
        setup: signer === null ? setupHashes(draft) : null,
        settingUp: workspace.kind === 'offline' || draft !== null,
      };
      const offers: StickOffer[] = [];
      for (const due of dueFiles(situation)) {
        const sha256 = due.sha256 ?? (await hashOf(due.order));
        if (sha256 !== null) offers.push({ ...due, sha256 });
      }
      prepared = { key, situation, offers };
      return prepared;
    },
  };
}
