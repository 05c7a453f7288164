/** Whether the trust anchor of the open workspace serves: for the status bar, and before the application or the workspace is closed. */
import type { Answer } from '#shared/contract/index.ts';
import { call, CallError } from './call.ts';
import type { Session } from './session.ts';
import { useView } from './state.ts';
import { useQuery } from './use-query.ts';

export type Serving = Answer<'ta.serving'>;

/** null: no workspace is open, or main has not answered yet. */
export function useServing(state: Session['state']): Serving | null {
  return useQuery('ta.serving', {}, ['ta', 'workspace'], { skip: state === 'none' }).data;
}

export async function isServing(): Promise<boolean> {
  try {
    return (await call('ta.serving', {})).running;
  } catch (thrown) {
    // Without a workspace, or without main, nobody is served.
    if (thrown instanceof CallError) return false;
    throw thrown;
  }
}

/** Ends the application; while it serves, the operator is asked first. */
export async function quit(): Promise<void> {
  if (await isServing()) useView.setState({ leaving: 'application' });
  else await call('app.quit', {});
}
