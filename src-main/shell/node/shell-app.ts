/**
 * What a shell knows of the application it carries: how to make it, how to ask it, how to end it.
 * The application itself is built in app.ts; nothing here has behaviour.
 */
import type { Dispatch } from '../../ipc/dispatch.ts';
import type { Ports } from '../../ports.ts';

export interface App {
  dispatch: Dispatch;
  /** Others would miss it if it ended now: the operator is asked before. */
  isNeeded(): boolean;
  /** Locks the workspace and ends what runs. Called once; everything acknowledged is stored by then. */
  close(): Promise<void>;
}

export type CreateApp = (ports: Ports) => App | Promise<App>;

/** What the entry file of a shell knows and the shell itself must not guess. */
export interface Installed {
  createApp: CreateApp;
  /** Folder of the built renderer: index.html and what it loads. */
  rendererFolder: string;
  workers: Ports['workers'];
  /** Entry file of the child that loads PKCS#11 libraries. */
  signerHost: URL;
  version: string;
}
