import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { APP_ORIGIN } from '#shared/bridge.ts';
import { createBlobs } from '../../ipc/blobs.ts';
import { testClock, testRandom } from '../../testing/test-ports.ts';
import { BYTES_SIZES, bytesThere } from '../../testing/bytes-suite.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';
import { watchFailures } from './failures.ts';
import { prevented, startFake } from './fake-start.ts';

let fake: Awaited<ReturnType<typeof startFake>>;
afterEach(() => fake.remove());

const memory = () => createBlobs({ clock: testClock(), random: testRandom });

describe('the shell', () => {
  test.each(BYTES_SIZES)('%i bytes go up in chunks and come down once', async (size) => {
    fake = await startFake(memory());
    const { sent, came, again } = await bytesThere(
      {
        put: async (part) => ((await fake.invoke('blob.put', part)) as { blob: string }).blob,
        async fetchHash(path) {
          const response = await fake.fetchFrom(`${APP_ORIGIN}${path}`);
          const bytes = new Uint8Array(await response.arrayBuffer());
          const sha256 = createHash('sha256').update(bytes).digest('hex');
          return { status: response.status, sha256, length: bytes.length };
        },
      },
      size,
    );
    expect(came).toEqual(sent);
    expect(again).toBe(404);
  });
  test('bytes come down as a file, never as a page', async () => {
    fake = await startFake(memory());
    const { blob } = (await fake.invoke('blob.put', {
      ...{ blob: null, name: 'a', use: 'transfer', total: 1, offset: 0 },
      chunk: new Uint8Array(1),
    })) as { blob: string };
    const response = await fake.fetchFrom(`${APP_ORIGIN}/blob/${blob}`);
    expect(response.headers.get('content-disposition')).toBe('attachment');
  });
  test('closing the window closes the application first, once', async () => {
    fake = await startFake();
    expect(prevented(fake.window, 'close')).toBe(true);
    await vi.waitFor(() => expect(fake.app.quit).toHaveBeenCalledOnce());
    expect(fake.closed).toHaveBeenCalledOnce();
    expect(fake.window.destroy).toHaveBeenCalledOnce();
    expect(prevented(fake.window, 'close')).toBe(false);
  });
  test('closing the window asks first while others need it', async () => {
    fake = await startFake();
    fake.need(true);
    fake.electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 0, checkboxChecked: false });
    expect(prevented(fake.window, 'close')).toBe(true);
    await vi.waitFor(() => expect(fake.electron.dialog.showMessageBox).toHaveBeenCalledOnce());
    expect(fake.closed).not.toHaveBeenCalled();
    fake.electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 1, checkboxChecked: false });
    expect(prevented(fake.window, 'close')).toBe(true);
    await vi.waitFor(() => expect(fake.closed).toHaveBeenCalledOnce());
  });
  test('a second start shows the first', async () => {
    fake = await startFake();
    fake.app.emit('second-instance', {}, ['electron', '/app']);
    expect(fake.window.restore).toHaveBeenCalledOnce();
    expect(fake.window.focus).toHaveBeenCalledOnce();
    expect(fake.electron.dialog.showMessageBox).not.toHaveBeenCalled();
  });
  test.each([[['--workspace', '/srv/other']], [['--workspace=/srv/other']]])(
    'a second start with %j names the folder',
    async (args) => {
      fake = await startFake();
      fake.app.emit('second-instance', {}, ['electron', '--allow-file-access', '/app', ...args]);
      expect(fake.electron.dialog.showMessageBox).toHaveBeenCalledExactlyOnceWith(
        fake.window,
        expect.objectContaining({ message: expect.stringContaining('/srv/other') as string }),
      );
    },
  );
  test.each(['uncaughtException', 'unhandledRejection'] as const)(
    'after %s the application ends, nobody answers, and the window learns it',
    async (event) => {
      fake = await startFake();
      const said: string[] = [];
      const main = new EventEmitter();
      const exitCode = process.exitCode;
      watchFailures(main, fake.shell, (text) => void said.push(text));
      main.emit(event, new Error('a bug of main'));
      process.exitCode = exitCode;
      expect(said.join('')).toContain('a bug of main');
      await vi.waitFor(() => expect(fake.closed).toHaveBeenCalledOnce());
      expect(fake.handlers.get(CALL_CHANNEL)).toBeUndefined();
      expect(fake.webContents.send).toHaveBeenCalledWith(EVENT_CHANNEL, expect.anything());
      expect(fake.window.destroy).not.toHaveBeenCalled();
      // Closed by the operator afterwards, it does not end twice.
      fake.window.emit('close', { preventDefault: vi.fn() });
      await vi.waitFor(() => expect(fake.app.quit).toHaveBeenCalledOnce());
      expect(fake.closed).toHaveBeenCalledOnce();
    },
  );
  test('suspend and a locked screen reach the application, events the window', async () => {
    fake = await startFake();
    fake.electron.powerMonitor.emit('suspend');
    fake.electron.powerMonitor.emit('lock-screen');
    expect(fake.suspend).toHaveBeenCalledTimes(2);
    fake.emit({ type: 'changed', topic: 'keys', ids: [] });
    expect(fake.webContents.send).toHaveBeenCalledExactlyOnceWith(EVENT_CHANNEL, {
      type: 'changed',
      topic: 'keys',
      ids: [],
    });
  });
  test('a crashed window ends the application; downloads are prevented', async () => {
    fake = await startFake();
    expect(prevented(fake.session, 'will-download')).toBe(true);
    fake.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    await vi.waitFor(() => expect(fake.closed).toHaveBeenCalledOnce());
  });
  test("Chromium's own conversations are switched off", async () => {
    fake = await startFake();
    const names = fake.app.commandLine.appendSwitch.mock.calls.map(([name]) => name as string);
    for (const name of [
      'disable-background-networking',
      'disable-component-update',
      'disable-sync',
      'dns-prefetch-disable',
      'disable-breakpad',
    ])
      expect(names).toContain(name);
  });
  test('no way to a network: no proxy, no names, no QUIC, no WebRTC, in every contents', async () => {
    fake = await startFake();
    const switches = fake.app.commandLine.appendSwitch.mock.calls as unknown[][];
    for (const given of [
      ['no-proxy-server', undefined],
      ['host-resolver-rules', 'MAP * ~NOTFOUND'],
      ['disable-quic', undefined],
      ['webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
    ])
      expect(switches).toContainEqual(given);
    fake.app.emit('web-contents-created', {}, fake.webContents);
    expect(fake.webContents.setWebRTCIPHandlingPolicy).toHaveBeenCalledExactlyOnceWith(
      'disable_non_proxied_udp',
    );
  });
  test('no developer tools, no spelling service', async () => {
    fake = await startFake();
    expect(fake.preferences.devTools).toBe(false);
    expect(fake.session.setSpellCheckerEnabled).toHaveBeenCalledExactlyOnceWith(false);
  });
});
