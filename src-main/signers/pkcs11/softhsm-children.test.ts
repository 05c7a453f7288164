import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SignerHosts } from '../../ports.ts';
import { describeSoftHsm, hasSoftHsm, softhsm, type SoftHsm, testTools } from '../../testing/softhsm.ts';
import { signatureHolds } from '../signature-scheme.ts';

const DATA = Buffer.from('what is to be signed');
const never = new AbortController().signal;
let hsm: SoftHsm;
beforeAll(() => {
  if (!hasSoftHsm) return;
  hsm = softhsm();
  hsm.addToken('one');
});
afterAll(() => hsm?.remove());

describeSoftHsm('the children with the library', () => {
  test('looking again after a key was deleted elsewhere leaves no child behind that is still logged in', async () => {
    hsm.addToken('leak');
    const live = new Set<number>();
    let started = 0;
    const hosts: SignerHosts = {
      start(options) {
        const host = testTools.hosts.start(options);
        started += 1;
        const mine = started;
        live.add(mine);
        host.onExit(() => live.delete(mine));
        return host;
      },
    };
    const device = hsm.device('leak', {}, { hosts });
    await device.open(never);
    const key = await device.create({ algorithm: 'p-256', label: '' });
    await device.publicKey(key.handle);
    const other = hsm.device('leak');
    await other.open(never);
    await other.destroy(key.handle, null);
    await device.open(never);
    expect(started).toBe(2);
    await device.close();
    for (let turn = 0; turn < 200 && live.size > 0; turn += 1)
      await new Promise((done) => setTimeout(done, 20));
    expect([...live]).toEqual([]);
  });

  test('who cancels a key that is being made cancels nothing of others, and the next call works', async () => {
    const device = hsm.device('one');
    await device.open(never);
    const key = await device.create({ algorithm: 'p-256', label: '' });
    const abort = new AbortController();
    const trouble = (error: { trouble: string }): string => error.trouble;
    const made = (): string => 'made';
    const making = device.create({ algorithm: 'rsa-4096', label: '' }, abort.signal).then(made, trouble);
    const beside = device.create({ algorithm: 'p-256', label: '' }).then(made, trouble);
    setTimeout(() => abort.abort(), 30);
    expect(await making).toBe('cancelled');
    // It waited behind it: repeatable, not cancelled.
    expect(await beside).toBe('unreachable');
    expect(signatureHolds('p-256', key.spkiDer, DATA, await device.sign(key.handle, 'p-256', DATA))).toBe(
      true,
    );
  });
});
