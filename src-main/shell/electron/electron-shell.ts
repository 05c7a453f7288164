/**
 * The Electron shell: carries the application in one BrowserWindow. It holds no application logic; `electron` is handed
 * in, so that the tests run it against a module that only records.
 */
import { APP_ORIGIN, type AppEvent } from '#shared/bridge.ts';
import type * as Electron from 'electron';
import type { IpcMainInvokeEvent } from 'electron';
import { errorText } from '../../lib/app-error.ts';
import type { Caller } from '../../ipc/dispatch.ts';
import type { Ports } from '../../ports.ts';
import { createAssets } from '../node/assets.ts';
import { makeConfigFolder, standardFolders } from '../node/folders.ts';
import { openLogFile } from '../node/log-file.ts';
import { nodeNet } from '../node/net/net.ts';
import { realClock, realRandom } from '../node/real-time.ts';
import type { App, Installed } from '../node/shell-app.ts';
import type { ShellArguments } from '../node/shell-arguments.ts';
import { nodeVolumes } from '../node/volumes/volumes.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';
import { electronClipboard, electronDialogs } from './desktop-ports.ts';
import { electronSignerHosts } from './signer-hosts.ts';
import { ownArguments } from './start-switches.ts';
import { closeContents, closeSession, QUIET_SWITCHES, windowOptions } from './window-policy.ts';

export type ElectronModule = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'clipboard'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'powerMonitor'
  | 'protocol'
  | 'utilityProcess'
>;

export interface ElectronShellOptions extends Installed {
  args: Pick<ShellArguments, 'workspace'>;
  /** The bundled preload, absolute. */
  preload: string;
  ports?: Partial<Ports>;
}

export interface ElectronShell {
  /** Ends application and window; settles when both are gone. */
  close(): Promise<void>;
  /** After a bug in main: the application ends, the window stays and says so until it is closed. */
  fail(error: unknown): void;
}

/** Before `app` is ready: sandbox for every renderer, no conversations of Chromium's own, one Baleen at a time. */
export function prepareElectron({ app }: ElectronModule): boolean {
  app.enableSandbox();
  for (const [name, value] of QUIET_SWITCHES) app.commandLine.appendSwitch(name, value);
  app.on('web-contents-created', (_event, contents) => closeContents(contents));
  return app.requestSingleInstanceLock();
}

/** Who calls, as Electron says it; a frame that is gone is nobody. */
function callerOf(event: IpcMainInvokeEvent, window: Electron.BrowserWindow): Caller {
  const frame = event.senderFrame;
  return {
    origin: frame?.origin ?? 'null',
    mainFrame: frame !== null && frame === window.webContents.mainFrame,
  };
}

const STILL_NEEDED = {
  type: 'warning' as const,
  title: 'Close Baleen?',
  message: 'The trust anchor serves its children.',
  detail: 'Once Baleen is closed, children and relying parties find nobody at its address.',
  buttons: ['Keep it open', 'Close Baleen'],
  defaultId: 0,
  cancelId: 0,
};

function alreadyRuns(workspace: string): Electron.MessageBoxOptions {
  return {
    type: 'info',
    title: 'Baleen is running already',
    message: `Baleen was started again with the workspace in ${workspace}.`,
    detail: 'One Baleen runs at a time. Close the workspace that is open here, then open this folder.',
    buttons: ['OK'],
  };
}

/** The folder behind `--workspace` in somebody else's arguments, or null; what else stands there is no matter. */
function workspaceIn(argv: readonly string[]): string | null {
  const at = argv.findIndex((arg) => arg === '--workspace' || arg.startsWith('--workspace='));
  const value = argv[at]?.includes('=') === true ? argv[at].slice('--workspace='.length) : argv[at + 1];
  return at < 0 || value === undefined || value === '' ? null : value;
}

/** Starts application and window after `app` is ready. */
export async function startElectronShell(
  electron: ElectronModule,
  options: ElectronShellOptions,
): Promise<ElectronShell> {
  const { app, BrowserWindow, ipcMain, Menu, powerMonitor } = electron;
  const folders = { ...standardFolders(), ...options.ports?.paths };
  makeConfigFolder(folders);
  const log = openLogFile(folders.config);
  const note = (what: string) => (error: unknown) =>
    log.write(
      JSON.stringify({ level: 50, time: new Date().toISOString(), msg: what, error: errorText(error) }),
    );
  // The default menu offers developer tools and reloading into other pages.
  Menu.setApplicationMenu(null);
  const window = new BrowserWindow(windowOptions(options.preload));
  const { session } = window.webContents;
  closeSession(session);

  let running: App | null = null;
  let closing: Promise<void> | null = null;
  async function endApp(): Promise<void> {
    // From here on the preload answers MAIN_GONE.
    ipcMain.removeHandler(CALL_CHANNEL);
    const ending = running;
    running = null;
    await ending?.close().catch(note('the application did not close cleanly'));
  }
  async function end(): Promise<void> {
    await endApp();
    if (!window.isDestroyed()) window.destroy();
    log.close();
    app.quit();
  }
  const close = (): Promise<void> => (closing ??= end());

  const ports: Ports = {
    clock: realClock,
    random: realRandom,
    net: nodeNet,
    signerHosts: electronSignerHosts(electron.utilityProcess, options.signerHost),
    dialogs: electronDialogs(electron.dialog, window),
    volumes: nodeVolumes(note),
    clipboard: electronClipboard(electron.clipboard),
    version: options.version,
    workers: options.workers,
    notices: [],
    ...options.ports,
    emit(event: AppEvent) {
      if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, event);
    },
    onSuspend(listener) {
      powerMonitor.on('suspend', listener);
      powerMonitor.on('lock-screen', listener);
    },
    quit: () => void setImmediate(() => void close()),
    logLine: log.write,
    paths: { ...folders, workspace: options.args.workspace },
  };

  async function closeAsked(): Promise<void> {
    if (running?.isNeeded()) {
      const { response } = await electron.dialog.showMessageBox(window, STILL_NEEDED);
      if (response !== STILL_NEEDED.buttons.length - 1) return;
    }
    await close();
  }
  /** One Baleen at a time: the folder that a second start was given is named to the operator, who opens it here. */
  async function secondStart(argv: readonly string[]): Promise<void> {
    const workspace = workspaceIn(ownArguments(argv, app.isPackaged));
    if (workspace !== null) await electron.dialog.showMessageBox(window, alreadyRuns(workspace));
  }
  // Closing the window waits for the application: what was acknowledged is stored by then.
  window.on('close', (event) => {
    if (closing !== null) return;
    event.preventDefault();
    void closeAsked();
  });
  app.on('window-all-closed', () => void close());
  app.on('second-instance', (_event, argv) => {
    if (window.isMinimized()) window.restore();
    window.focus();
    void secondStart(argv);
  });
  window.webContents.on('render-process-gone', (_event, details) => {
    note('the window crashed')(details.reason);
    void close();
  });

  running = await options.createApp(ports);
  const { dispatch } = running;
  const assets = createAssets({ folder: options.rendererFolder, dispatch });
  // 18: the files come from a private https origin, never from file://.
  session.protocol.handle('https', async (request) => {
    const { status, headers, body } = await assets({
      method: request.method,
      url: request.url,
      // Only our window lives in this session; its sub-frames are refused by policy and by will-frame-navigate.
      caller: { origin: APP_ORIGIN, mainFrame: true },
    });
    return new Response(new Uint8Array(body), { status, headers });
  });
  // 17: every call says from which frame it comes; dispatch refuses all but ours.
  ipcMain.handle(CALL_CHANNEL, (event, channel: unknown, payload: unknown) =>
    dispatch(String(channel), payload, callerOf(event, window)),
  );
  window.once('ready-to-show', () => window.show());
  await window.loadURL(`${APP_ORIGIN}/`);
  return {
    close,
    fail(error) {
      note('main failed')(error instanceof Error ? (error.stack ?? error.message) : error);
      void endApp();
      // Whatever the page asks next, it learns that nobody answers.
      ports.emit({ type: 'changed', topic: 'workspace', ids: [] });
    },
  };
}
