import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeBridge, installBridge } from './fake-bridge.ts';
import { inspectFile } from './inspect-file.ts';
import { useView } from './state.ts';

const RESPONSE = '{"signed":{"message":"MA=="},"response":{"nonce":"n"}}';
let judged: { state: string; says: string };
let halves: { signer: boolean; proxy: boolean };
let missing: string | null;
let bridge: FakeBridge;

beforeEach(() => {
  halves = { signer: true, proxy: false };
  judged = { state: 'unexpected', says: 'It is a response, and nobody here waits for one.' };
  missing = null;
  bridge = installBridge({
    'ta.signer': () => ({ signer: halves.signer ? { missingUpTo: missing } : null }),
    'ta.openTakeBack': () => ({ back: 'b-3' }),
    'ta.proxy': () => ({ proxy: halves.proxy ? {} : null }),
    'blob.put': () => ({ blob: 'b-1' }),
    'ta.judgeFile': () => judged,
    'ta.openRequest': () => ({ review: 'r-1' }),
    'ta.openResponse': () => ({ review: 'r-2' }),
    'inspect.blob': () => ({ id: 'i-1' }),
  });
});
afterEach(() => useView.setState({ strayFile: null, refusedFile: null }));

const drop = (name: string, text: string): Promise<void> =>
  inspectFile(new File([text], name), { unlocked: true });

test('a file of the other half is said to belong there, and no half is asked to be made', async () => {
  await drop('response.json', RESPONSE);
  expect(useView.getState().strayFile).toEqual({ name: 'response.json', kind: 'response', here: null });
  judged = { state: 'own', says: 'Response 2 of today: carry it back to the proxy.' };
  await drop('response.json', RESPONSE);
  expect(useView.getState().strayFile).toMatchObject({ here: judged });
  expect(bridge.callsOf('ta.openResponse')).toEqual([]);
  halves = { signer: false, proxy: true };
  await drop('answer.json', RESPONSE);
  expect(useView.getState().strayFile).toBeNull();
  expect(location.hash).toBe('#/trust-anchor/response/r-2');
});

test('garbage under the name of a file that is opened here is opened there, which says what is wrong with it', async () => {
  await drop('request.json', 'garbage');
  expect(bridge.callsOf('ta.openRequest')).toEqual([{ blob: 'b-1' }]);
  await drop('response.json', 'garbage');
  await drop('other.json', 'garbage');
  expect(bridge.callsOf('inspect.blob')).toHaveLength(2);
});

test('a response goes to a signer that was restored from before it, which takes it back', async () => {
  missing = '3';
  await drop('response.json', RESPONSE);
  expect(bridge.callsOf('ta.openTakeBack')).toEqual([{ blob: 'b-1' }]);
  expect(location.hash).toBe('#/trust-anchor?back=b-3');
});
