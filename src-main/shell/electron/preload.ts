/** The bridge's half in the page: invoke and subscribe, nothing else. It decides nothing; dispatch does. */
import { contextBridge, ipcRenderer } from 'electron';
import type { AppEvent, Bridge } from '#shared/bridge.ts';
import type { Reply } from '#shared/errors.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';

const bridge: Bridge = {
  async invoke(channel, payload) {
    try {
      return (await ipcRenderer.invoke(CALL_CHANNEL, channel, payload)) as Reply<unknown>;
    } catch {
      // Main has no handler any more: it ended.
      const message =
        'Baleen stopped after an error. What was shown as done is stored; close this window and start it again.';
      return { ok: false, error: { code: 'MAIN_GONE', message, ref: '' } };
    }
  },
  subscribe(listener) {
    // 20: the page gets the event, never Electron's own object with its sender.
    const pass = (_event: unknown, event: AppEvent): void => listener(event);
    ipcRenderer.on(EVENT_CHANNEL, pass);
    return () => ipcRenderer.removeListener(EVENT_CHANNEL, pass);
  },
};

contextBridge.exposeInMainWorld('bridge', bridge);
