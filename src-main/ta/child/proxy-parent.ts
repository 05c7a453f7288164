/** The proxy of this workspace as the parent of its local children: called in the same process, without messages. */
import type { RunningProxy } from '../proxy/running-proxy.ts';
import { DEFAULT_TIMING } from '../signer/trust-anchor.ts';
import type { Parent } from './parent.ts';

export function proxyParent(proxy: () => Pick<RunningProxy, 'ask' | 'held'>): Parent {
  return {
    ask: (handle, query) => proxy().ask(handle, query, null),
    identity: async () => (await proxy().held())?.state.identity.certificateDer ?? null,
    timing: async () => (await proxy().held())?.state.timing ?? DEFAULT_TIMING,
  };
}
