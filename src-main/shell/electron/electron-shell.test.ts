import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { APP_ORIGIN } from '#shared/bridge.ts';
import { createBlobs } from '../../ipc/blobs.ts';
import { testClock, testRandom } from '../../testing/test-ports.ts';
import { BYTES_SIZES, bytesThere } from '../../testing/bytes-suite.ts';
import { EVENT_CHANNEL } from './channels.ts';
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
    fake.app.emit('second-instance');
    expect(fake.window.restore).toHaveBeenCalledOnce();
    expect(fake.window.focus).toHaveBeenCalledOnce();
  });
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
    expect(fake.session.setSpellCheckerEnabled).toHaveBeenCalledExactlyOnceWith(false);
  });
});
