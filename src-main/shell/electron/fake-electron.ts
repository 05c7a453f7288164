/** An `electron` module that starts nothing and records every call, for the tests of the shell. Not shipped. */
import type * as Electron from 'electron';
import { EventEmitter } from 'node:events';
import { vi } from 'vitest';
import type { ElectronModule } from './electron-shell.ts';

type Handler = (...args: unknown[]) => unknown;

/** One fake machine: its one window, its session, and what was asked of them. */
export function fakeElectron() {
  const handlers = new Map<string, Handler>();
  const protocols = new Map<string, (request: Request) => Promise<Response>>();
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    setSpellCheckerEnabled: vi.fn(),
    webRequest: { onBeforeRequest: vi.fn() },
    protocol: {
      handle: vi.fn(
        (scheme: string, handle: (request: Request) => Promise<Response>) =>
          void protocols.set(scheme, handle),
      ),
    },
  });
  const mainFrame = { origin: 'https://baleen.invalid' };
  const webContents = Object.assign(new EventEmitter(), {
    session,
    mainFrame,
    send: vi.fn(),
    setWindowOpenHandler: vi.fn(),
    setWebRTCIPHandlingPolicy: vi.fn(),
  });
  const windows: (EventEmitter & { options: Electron.BrowserWindowConstructorOptions })[] = [];
  const window = Object.assign(new EventEmitter(), {
    webContents,
    isDestroyed: vi.fn(() => false),
    destroy: vi.fn(),
    isMinimized: vi.fn(() => true),
    restore: vi.fn(),
    focus: vi.fn(),
    show: vi.fn(),
    loadURL: vi.fn(async () => undefined),
  });
  const app = Object.assign(new EventEmitter(), {
    enableSandbox: vi.fn(),
    commandLine: { appendSwitch: vi.fn() },
    requestSingleInstanceLock: vi.fn(() => true),
    quit: vi.fn(),
  });
  const electron = {
    app,
    BrowserWindow: vi.fn(function (options: Electron.BrowserWindowConstructorOptions) {
      windows.push(Object.assign(new EventEmitter(), { options }));
      return window;
    }),
    clipboard: { writeText: vi.fn(), readText: vi.fn(() => ''), clear: vi.fn() },
    dialog: { showOpenDialog: vi.fn(), showSaveDialog: vi.fn(), showMessageBox: vi.fn() },
    ipcMain: {
      handle: vi.fn((channel: string, handler: Handler) => void handlers.set(channel, handler)),
      removeHandler: vi.fn((channel: string) => void handlers.delete(channel)),
    },
    Menu: { setApplicationMenu: vi.fn() },
    powerMonitor: new EventEmitter(),
    protocol: {},
    utilityProcess: { fork: vi.fn() },
  };
  return {
    // The fake has what the shell uses and nothing more.
    module: electron as unknown as ElectronModule,
    electron,
    app,
    window,
    windows,
    webContents,
    session,
    mainFrame,
    handlers,
    protocols,
  };
}
