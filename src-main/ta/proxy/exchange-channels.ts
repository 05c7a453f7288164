/** The channels of a proxy's children and exchanges: who may have what, the request to the signer, the response before it is published. */
import { stopped } from '../../lib/sentence.ts';
import { summaryOf } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Domain } from '../../lib/domain.ts';
import type { JobContext } from '../../lib/jobs.ts';
import { REFUSED_RESPONSE } from '../record-events.ts';
import { requireFile } from '../require-file.ts';
import { addChild, changeResources, removeChild } from './change-children.ts';
import {
  type ChildFile,
  childFileFaults,
  readChildFile,
  resourceTextsOf,
  typedResources,
} from './child-info.ts';
import { createHeldFiles } from './held-files.ts';
import { cancelRequest, makeRequest, refreshRequest } from './make-request.ts';
import type { ProxyDeps } from './proxy-channels.ts';
import type { ProxyState } from './proxy-state.ts';
import { requireClock } from './proxy-clock.ts';
import { reviewResponse } from './review-response.ts';
import { keepUnowned, revokeUnowned } from './unowned.ts';
import { unseenNumber } from './unseen.ts';
import { storeResponse } from './take-job.ts';

type Names =
  | 'openChildInfo'
  | 'childInfo'
  | 'childAdd'
  | 'childResources'
  | 'childRemove'
  | 'unownedRevoke'
  | 'unownedKeep'
  | 'makeRequest'
  | 'refreshRequest'
  | 'cancelRequest'
  | 'openResponse'
  | 'responseReview'
  | 'takeResponse';

const requestEntry = (action: string, said: string) => (state: ProxyState) => ({
  action,
  summary: `${said} ${state.open?.nonce ?? ''}`.trim(),
  subjects:
    state.open === null
      ? []
      : [{ type: 'request', id: state.open.nonce, sha256: sha256Hex(state.open.file) }],
});

/** `openChildInfo`, `openResponse`: the same as the channels, for a file that came another way. */
export function exchangeChannels(deps: ProxyDeps): {
  channels: Pick<Domain<'ta'>, Names>;
  openChildInfo(name: string, bytes: Uint8Array): Promise<string>;
  openResponse(name: string, bytes: Uint8Array): Promise<string>;
  clear(): void;
} {
  const { jobs, clock, changed, proxy, locals, publisher, refusedEntry } = deps;
  const now = (): Date => clock.now();
  const infos = createHeldFiles<ChildFile>(deps, 'info');
  /** By review: it is on record that it does not hold. */
  const refused = new Set<string>();
  const responses = createHeldFiles<{ name: string; bytes: Uint8Array }>(deps, 'response');

  const job = (
    action: 'ta.makeRequest' | 'ta.refreshRequest' | 'ta.takeResponse',
    title: string,
    run: (context: JobContext) => Promise<string[]>,
  ) => ({ job: jobs.start({ kind: action, title, run, refused: refusedEntry(action, title) }) });

  const childEntry = (action: string, handle: string, said: string) => () => ({
    action,
    summary: `${handle} ${said}`.slice(0, 300),
    subjects: [{ type: 'child', id: handle, sha256: null }],
  });
  const keyEntry = (action: string, keyId: string, what: string) => () => ({
    action,
    summary: `Key ${keyId} ${what}`,
    subjects: [{ type: 'child-key', id: keyId, sha256: null }],
  });
  const said = (state: ProxyState, handle: string): string => {
    const child = state.children.get(handle);
    return child === undefined
      ? ''
      : Object.values(resourceTextsOf(child.resources))
          .filter((text) => text !== '')
          .join(', ');
  };

  async function openChildInfo(name: string, bytes: Uint8Array): Promise<string> {
    await proxy.required();
    return infos.put(readChildFile(name, bytes));
  }

  async function openResponse(name: string, bytes: Uint8Array): Promise<string> {
    await proxy.required();
    requireFile(name, bytes, 'response');
    return responses.put({ name, bytes });
  }

  /** A response that cannot be published is on record once for each time it was opened. */
  async function noteRefused(
    id: string,
    { name, bytes }: { name: string; bytes: Uint8Array },
    why: string,
  ): Promise<void> {
    if (refused.has(id)) return;
    refused.add(id);
    await deps.session().store.run('audit.add', {
      audit: {
        action: REFUSED_RESPONSE,
        outcome: 'refused',
        summary: summaryOf(`${name}: ${why}`),
        subjects: [{ type: 'response', id: name.slice(0, 200), sha256: sha256Hex(bytes) }],
      },
    });
    changed('ta', []);
  }

  /** From now on it is known that the signer signed a withdrawn request, once for each number. */
  async function noteUnseen(state: ProxyState, bytes: Uint8Array): Promise<void> {
    const number = unseenNumber(state, bytes, now());
    if (number === null) return;
    await proxy.change(
      (held) => ({ ...held.state, unseen: number }),
      () => ({
        action: 'ta.openResponse',
        summary: `The signer signed a withdrawn request all the same, as number ${number}`,
        subjects: [{ type: 'response', id: String(number), sha256: sha256Hex(bytes) }],
      }),
    );
  }

  return {
    openChildInfo,
    openResponse,
    clear() {
      refused.clear();
      infos.clear();
      responses.clear();
    },
    channels: {
      async openChildInfo({ blob }) {
        await proxy.required();
        const { name, bytes } = deps.blobs.take(blob);
        return { info: await openChildInfo(name, bytes) };
      },
      childInfo({ id }) {
        const file = infos.get(id);
        const { keyId, certificateDer } = file.identity;
        return {
          name: file.name,
          handle: file.handle,
          identity: { keyId, sha256: sha256Hex(certificateDer) },
          faults: childFileFaults(file, now()),
        };
      },
      async childAdd({ from, handle, resources }) {
        const file = from.kind === 'file' ? infos.get(from.id) : null;
        const identity =
          file?.identity ?? (await locals.identities()).get(from.kind === 'local' ? from.handle : '');
        if (identity === undefined)
          throw new AppError('NOT_FOUND', 'There is no CA of this name in the workspace.');
        const [fault] = file === null ? [] : childFileFaults(file, now());
        if (fault !== undefined) throw new AppError('INVALID_INPUT', stopped(fault));
        const set = typedResources(resources);
        await proxy.change(
          ({ state }) => addChild(state, { handle, identity, resources: set }),
          (state) => childEntry('ta.childAdd', handle, `was added with ${said(state, handle)}`)(),
        );
        if (from.kind === 'file') infos.forget(from.id);
        return {};
      },
      async childResources({ handle, resources }) {
        const set = typedResources(resources);
        await proxy.change(
          ({ state }) => changeResources(state, handle, set),
          (state) => childEntry('ta.childResources', handle, `may have ${said(state, handle)} from now on`)(),
        );
        return {};
      },
      async childRemove({ handle, confirm }) {
        if (confirm.trim() !== handle)
          throw new AppError('INVALID_INPUT', 'Type the handle of the child to remove it.', {
            fields: [{ path: 'confirm', message: `Type ${handle}` }],
          });
        await proxy.change(
          ({ state }) => removeChild(state, handle),
          childEntry('ta.childRemove', handle, 'is removed: its keys are revoked with the next exchange'),
        );
        return {};
      },
      async unownedRevoke({ keyId, confirm }) {
        const digits = keyId.slice(-8);
        if (confirm.trim().toUpperCase() !== digits)
          throw new AppError('INVALID_INPUT', 'Type the last eight digits of the key to revoke it.', {
            fields: [{ path: 'confirm', message: `Type ${digits}` }],
          });
        await proxy.change(
          ({ state }) => revokeUnowned(state, keyId),
          keyEntry('ta.unownedRevoke', keyId, 'is revoked with the next exchange: no child here has it'),
        );
        return {};
      },
      async unownedKeep({ keyId }) {
        await proxy.change(
          ({ state }) => keepUnowned(state, keyId),
          keyEntry('ta.unownedKeep', keyId, 'keeps its certificate after all'),
        );
        return {};
      },
      async makeRequest({ ask, today }) {
        // Refused before the job, so that the form can say it at its field.
        requireClock(await proxy.held(), today, now());
        return job('ta.makeRequest', 'Make a request', async (context) => {
          if (ask) {
            context.report(0.1, 'Asking the CAs of this workspace');
            await locals.askAll();
          }
          context.commit();
          context.report(0.6, 'Signing');
          await proxy.change(
            ({ state, signing }) => makeRequest(state, signing, now()),
            requestEntry('ta.makeRequest', 'Made request'),
          );
          return ['proxy'];
        });
      },
      async refreshRequest({ today }) {
        requireClock(await proxy.held(), today, now());
        return job('ta.refreshRequest', 'Sign the request anew', async (context) => {
          context.commit();
          await proxy.change(
            ({ state, signing }) => refreshRequest(state, signing, now()),
            requestEntry('ta.refreshRequest', 'Signed anew: request'),
          );
          return ['proxy'];
        });
      },
      async cancelRequest({ reason }) {
        await proxy.change(
          ({ state }) => cancelRequest(state, now()),
          (_, before) => ({
            action: 'ta.cancelRequest',
            summary: `Withdrew request ${before.open?.nonce ?? ''}: ${reason}`.slice(0, 300),
            subjects: [{ type: 'request', id: before.open?.nonce ?? '', sha256: null }],
          }),
        );
        return {};
      },
      async openResponse({ blob }) {
        await proxy.required();
        const { name, bytes } = deps.blobs.take(blob);
        return { review: await openResponse(name, bytes) };
      },
      async responseReview({ id }) {
        const file = responses.get(id);
        const held = await proxy.required();
        await noteUnseen(held.state, file.bytes);
        try {
          const { view, wrong } = await reviewResponse(held, file, now());
          const why = view.faults.map(({ text, clause }) => `${text} (${clause})`);
          if (wrong) await noteRefused(id, file, [view.verdict.title, ...why].join('; '));
          return view;
        } catch (error) {
          // That nothing is open, or that it was taken, is no fault of it.
          if (error instanceof AppError && error.code !== 'NOT_ALLOWED_NOW')
            await noteRefused(id, file, error.message);
          throw error;
        }
      },
      takeResponse({ id }) {
        const file = responses.get(id);
        return job('ta.takeResponse', 'Take the response', async (context) => {
          const exchange = await storeResponse(deps, file, context).catch((error: unknown) => {
            // On record with this attempt; looked at again, it is the same refusal.
            if (error instanceof AppError && error.details?.file !== undefined) refused.add(id);
            throw error;
          });
          responses.forget(id);
          changed('ta', [exchange]);
          context.report(0.6, 'Handing the answers to the CAs of this workspace');
          await locals.askAll();
          context.report(0.8, 'Publishing');
          await publisher.publishOrNote();
          return [exchange];
        });
      },
    },
  };
}
