/**
 * A CA of this workspace put below its trust anchor as one job: made when it is not there, added at the proxy, connected, and
 * its first question asked (T-030). What is done stays done when a later step is refused; doing it again goes on there.
 */
import type { JobContext } from '../../lib/jobs.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import { addChild, handleTaken } from '../proxy/change-children.ts';
import { resourceTextsOf } from '../proxy/child-info.ts';
import type { RunningProxy } from '../proxy/running-proxy.ts';
import { connectChild } from './connect-child.ts';
import { createChild, requireFreeHandle } from './create-child.ts';
import { type ChildDeps, heldChild, heldChildren } from './held-child.ts';
import type { LocalChildren } from './local-children.ts';

export interface AddHereDeps extends ChildDeps {
  proxy: Pick<RunningProxy, 'required' | 'change'>;
  locals: LocalChildren;
  /** Where children of the proxy send their messages. */
  serviceUri(child: string): Promise<string>;
}

const isHere = async (deps: AddHereDeps, handle: string): Promise<boolean> =>
  (await heldChildren(deps)).some(({ child }) => child.handle === handle);

/** Throws AppError INVALID_INPUT before anything is made. */
export async function requireAddable(deps: AddHereDeps, handle: string): Promise<void> {
  const { state } = await deps.proxy.required();
  if (state.children.has(handle))
    throw handleTaken(`There is a child called ${handle} already. Choose another handle.`);
  if (!(await isHere(deps, handle))) await requireFreeHandle(deps, handle);
}

/** Answers what came of its first question, in one sentence. */
export async function addHere(
  deps: AddHereDeps,
  order: { handle: string; resources: ResourceSet; signer: string | null },
  job: JobContext,
): Promise<string> {
  const { handle, resources, signer } = order;
  if (!(await isHere(deps, handle))) {
    job.report(0.1, 'Making its identity and first key');
    await createChild(deps, { handle, signer }, job);
  } else job.commit();
  job.report(0.6, 'Adding it at the proxy');
  const { identity } = (await heldChild(deps, handle)).child;
  const said = Object.values(resourceTextsOf(resources)).filter((text) => text !== '');
  await deps.proxy.change(
    ({ state }) => addChild(state, { handle, identity, resources }),
    () => ({
      action: 'ta.localAdd',
      summary: `${handle} was added with ${said.join(', ')}`.slice(0, 300),
      subjects: [{ type: 'child', id: handle, sha256: null }],
    }),
  );
  job.report(0.8, 'Connecting it');
  const here = { state: (await deps.proxy.required()).state, serviceUri: await deps.serviceUri(handle) };
  const connected = await deps.locals.inTurn(handle, (held) => connectChild(deps, held, here));
  if ((await heldChild(deps, handle)).child.repository === null) return connected;
  const [told] = await deps.locals.ask(handle);
  return told?.says ?? connected;
}
