import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { APP_ORIGIN } from '#shared/bridge.ts';
import { CONTENT_SECURITY_POLICY } from '#shared/csp.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { CALL_CHANNEL } from './channels.ts';
import { firstArgument, prevented, startFake } from './fake-start.ts';

let fake: Awaited<ReturnType<typeof startFake>>;
afterEach(() => fake?.remove());

describe("Electron's security checklist", () => {
  test('1: only our own origin is loaded, every other request is cancelled', async () => {
    fake = await startFake();
    expect(fake.window.loadURL).toHaveBeenCalledExactlyOnceWith(`${APP_ORIGIN}/`);
    const decide = firstArgument(fake.session.webRequest.onBeforeRequest) as (
      details: { url: string },
      answer: (a: object) => void,
    ) => void;
    for (const [url, cancel] of [
      [`${APP_ORIGIN}/index.html`, false],
      ['https://example.net/', true],
      ['http://baleen.invalid/', true],
      [`${APP_ORIGIN}.example.net/`, true],
      ['wss://example.net/', true],
      ['file:///etc/passwd', true],
    ] as const) {
      const answer = vi.fn();
      decide({ url }, answer);
      expect(answer).toHaveBeenCalledExactlyOnceWith({ cancel });
    }
    expect((await fake.fetchFrom('https://example.net/')).status).toBe(403);
  });
  test('2: no Node integration, in workers and sub-frames neither', async () => {
    fake = await startFake();
    expect(fake.preferences).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  });
  test('3: context isolation', async () => {
    fake = await startFake();
    expect(fake.preferences.contextIsolation).toBe(true);
  });
  test('4: process sandboxing, for every renderer', async () => {
    fake = await startFake();
    expect(fake.app.enableSandbox).toHaveBeenCalledOnce();
    expect(fake.preferences.sandbox).toBe(true);
  });
  test('5: permission requests are refused', async () => {
    fake = await startFake();
    const answer = vi.fn();
    firstArgument<(c: null, p: string, a: typeof answer) => void>(fake.session.setPermissionRequestHandler)(
      null,
      'media',
      answer,
    );
    expect(answer).toHaveBeenCalledExactlyOnceWith(false);
    expect(firstArgument<() => boolean>(fake.session.setPermissionCheckHandler)()).toBe(false);
    expect(firstArgument<() => boolean>(fake.session.setDevicePermissionHandler)()).toBe(false);
  });
  test('6: web security stays on', async () => {
    fake = await startFake();
    expect(fake.preferences.webSecurity).toBe(true);
  });
  test('7: the Content-Security-Policy goes with every answer, refusals included', async () => {
    fake = await startFake();
    for (const url of [`${APP_ORIGIN}/`, `${APP_ORIGIN}/nothing`])
      expect((await fake.fetchFrom(url)).headers.get('content-security-policy')).toBe(
        CONTENT_SECURITY_POLICY,
      );
  });
  test('8: no insecure content', async () => {
    fake = await startFake();
    expect(fake.preferences.allowRunningInsecureContent).toBe(false);
  });
  test('9: no experimental features', async () => {
    fake = await startFake();
    expect(fake.preferences.experimentalFeatures).toBe(false);
  });
  test('10: no Blink features are switched on', async () => {
    fake = await startFake();
    expect(fake.preferences).not.toHaveProperty('enableBlinkFeatures');
    const names = fake.app.commandLine.appendSwitch.mock.calls.map(([name]) => String(name));
    expect(names.filter((name) => name.startsWith('enable-'))).toEqual([]);
  });
  test('11: no webview, and none with popups', async () => {
    fake = await startFake();
    expect(fake.preferences.webviewTag).toBe(false);
  });
  test('12: a webview that is attached anyway is prevented', async () => {
    fake = await startFake();
    fake.app.emit('web-contents-created', {}, fake.webContents);
    expect(prevented(fake.webContents, 'will-attach-webview')).toBe(true);
  });
  test('13: navigation is refused in every contents, redirects and frames too', async () => {
    fake = await startFake();
    fake.app.emit('web-contents-created', {}, fake.webContents);
    for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate'])
      expect(prevented(fake.webContents, name)).toBe(true);
  });
  test('14: new windows are refused', async () => {
    fake = await startFake();
    fake.app.emit('web-contents-created', {}, fake.webContents);
    expect(firstArgument<() => object>(fake.webContents.setWindowOpenHandler)()).toEqual({
      action: 'deny',
    });
    expect(fake.electron.BrowserWindow).toHaveBeenCalledOnce();
  });
  test('15: nothing is ever opened in another program', () => {
    const sources = execFileSync(
      'grep',
      ['-rlE', 'openExternal|openPath', join(import.meta.dirname, '..', '..')],
      { encoding: 'utf8' },
    )
      .trim()
      .split('\n');
    expect(sources.filter((path) => !path.endsWith('.test.ts'))).toEqual([]);
  });
  test('16: Electron is pinned to one exact version', () => {
    expect(packageJson.devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
  });
  test('17: each call carries its frame and origin as Electron says them', async () => {
    fake = await startFake();
    const call = fake.handlers.get(CALL_CHANNEL);
    await call?.({ senderFrame: fake.mainFrame }, 'app.info', {});
    await call?.({ senderFrame: { origin: APP_ORIGIN } }, 'app.info', {});
    await call?.({ senderFrame: { origin: 'https://example.net' } }, 'app.info', {});
    await call?.({ senderFrame: null }, 'app.info', {});
    expect(fake.asked.map(({ caller }) => caller)).toEqual([
      { origin: APP_ORIGIN, mainFrame: true },
      { origin: APP_ORIGIN, mainFrame: false },
      { origin: 'https://example.net', mainFrame: false },
      { origin: 'null', mainFrame: false },
    ]);
  });
  test('18: no file:// anywhere: the files come by the private origin', async () => {
    fake = await startFake();
    expect([...fake.protocols.keys()]).toEqual(['https']);
    expect((await fake.fetchFrom(`${APP_ORIGIN}/`)).status).toBe(200);
    expect((await fake.fetchFrom(`${APP_ORIGIN}/..%2fetc/passwd`)).status).toBe(404);
    expect((await fake.fetchFrom(`${APP_ORIGIN}/`, { method: 'POST' })).status).toBe(405);
  });
  test('19: the fuses of a release are set', () => {
    const overlay = readFileSync(
      join(import.meta.dirname, '..', '..', '..', 'electron-builder.release.yml'),
      'utf8',
    );
    for (const line of [
      'runAsNode: false',
      'enableNodeOptionsEnvironmentVariable: false',
      'enableNodeCliInspectArguments: false',
      'enableEmbeddedAsarIntegrityValidation: true',
      'onlyLoadAppFromAsar: true',
      'grantFileProtocolExtraPrivileges: false',
    ])
      expect(overlay).toContain(line);
  });
  test('20: the page gets invoke and subscribe, and no object of Electron', async () => {
    const exposed: Record<string, Record<string, (...args: never[]) => unknown>> = {};
    const listeners: ((event: unknown, value: unknown) => void)[] = [];
    vi.doMock('electron', () => ({
      contextBridge: { exposeInMainWorld: (name: string, value: never) => void (exposed[name] = value) },
      ipcRenderer: {
        invoke: async (...args: unknown[]) =>
          args[1] === 'gone' ? Promise.reject(new Error('no handler')) : { ok: true, value: args },
        on: (_channel: string, listener: (event: unknown, value: unknown) => void) =>
          void listeners.push(listener),
        removeListener: vi.fn(),
      },
    }));
    await import('./preload.ts');
    expect(Object.keys(exposed)).toEqual(['bridge']);
    const { invoke, subscribe, ...more } = exposed['bridge'] as never as {
      invoke(c: string, p: unknown): Promise<unknown>;
      subscribe(l: (...a: unknown[]) => void): () => void;
    };
    expect(more).toEqual({});
    expect(await invoke('app.info', {})).toEqual({ ok: true, value: [CALL_CHANNEL, 'app.info', {}] });
    expect(await invoke('gone', {})).toMatchObject({ ok: false, error: { code: 'MAIN_GONE' } });
    const heard = vi.fn();
    subscribe(heard);
    listeners[0]?.({ sender: 'electron' }, { type: 'changed' });
    expect(heard).toHaveBeenCalledExactlyOnceWith({ type: 'changed' });
  });
});
