import { afterEach, describe, expect, test, vi } from 'vitest';
import { APP_ORIGIN } from '#shared/bridge.ts';
import { EVENT_CHANNEL } from './channels.ts';
import { prevented, startFake } from './fake-start.ts';

let fake: Awaited<ReturnType<typeof startFake>>;
afterEach(() => fake.remove());

describe('the shell', () => {
  test('bytes of 0 B, 1 MiB and 25 MiB come by the one-time address, through dispatch', async () => {
    fake = await startFake();
    for (const size of [0, 1_048_576, 25 * 1_048_576]) {
      const response = await fake.fetchFrom(`${APP_ORIGIN}/blob/${size}`);
      expect((await response.arrayBuffer()).byteLength).toBe(size);
      expect(response.headers.get('content-disposition')).toBe('attachment');
    }
    expect(fake.asked.map(({ channel }) => channel)).toEqual(['blob.get', 'blob.get', 'blob.get']);
  });
  test('closing the window closes the application first, once', async () => {
    fake = await startFake();
    expect(prevented(fake.window, 'close')).toBe(true);
    await vi.waitFor(() => expect(fake.app.quit).toHaveBeenCalledOnce());
    expect(fake.closed).toHaveBeenCalledOnce();
    expect(fake.window.destroy).toHaveBeenCalledOnce();
    expect(prevented(fake.window, 'close')).toBe(false);
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
