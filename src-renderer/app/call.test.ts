import { beforeEach, describe, expect, test } from 'vitest';
import { CallError, asCallError, call, onRefusal } from './call.ts';
import { Refusal, installBridge } from './fake-bridge.ts';
import { useView } from './state.ts';

beforeEach(() => useView.setState({ mainGone: false, toasts: [] }));

describe('call', () => {
  test('resolves with the answer and passes the payload as it is', async () => {
    const bridge = installBridge({ 'workspace.suggestFolder': () => ({ path: '/x', taken: false }) });
    expect(await call('workspace.suggestFolder', { name: 'A' })).toEqual({ path: '/x', taken: false });
    expect(bridge.calls).toEqual([{ channel: 'workspace.suggestFolder', payload: { name: 'A' } }]);
  });

  test('throws a CallError with code, reference and the sentence of a field', async () => {
    const reply = {
      code: 'INVALID_INPUT' as const,
      message: 'The name does not fit.',
      ref: 'r7',
      details: { fields: [{ path: 'name', message: 'No slashes' }] },
    };
    installBridge({
      'workspace.suggestFolder': () => {
        throw new Refusal(reply);
      },
    });
    const error = await call('workspace.suggestFolder', { name: '/' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message: 'The name does not fit.', reply });
    expect((error as CallError).fieldError('name')).toBe('No slashes');
    expect((error as CallError).fieldError('kind')).toBeNull();
  });

  test('MAIN_GONE raises the banner; every refusal is heard', async () => {
    installBridge({
      'app.info': () => {
        throw new Refusal({ code: 'MAIN_GONE', message: 'gone', ref: '' });
      },
    });
    const heard: string[] = [];
    const stop = onRefusal((code) => heard.push(code));
    await expect(call('app.info', {})).rejects.toThrow('gone');
    stop();
    await expect(call('app.info', {})).rejects.toThrow('gone');
    expect(useView.getState().mainGone).toBe(true);
    expect(heard).toEqual(['MAIN_GONE']);
  });

  test('a bug of the page becomes INTERNAL with its text under details', () => {
    const error = asCallError('app.info', new TypeError('x is undefined'));
    expect(error.code).toBe('INTERNAL');
    expect(error.message).not.toContain('undefined');
    expect(error.details.library).toBe('x is undefined');
  });
});
