/** A PIN that was refused is told from the unlock on, before anything is contacted again. */
import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../testing/fake-device.ts';
import { endSigners, started } from '../testing/test-signers.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

afterEach(endSigners);

test('the Overview asks for another PIN from the unlock on, until the device took one', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', '5678');
  const about = async () => {
    const { attention, signers } = await t.app.call('overview.get', {});
    return {
      attention: attention.filter(({ subject }) => subject === 'One'),
      signer: signers.find(({ name }) => name === 'One'),
    };
  };
  await t.app.result(await t.newKey(id));
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await about()).toMatchObject({ attention: [], signer: { state: 'note' } });
  // Changed by the token's own tools.
  token.pin = '9999';
  t.app.clock.advance(1000);
  await t.job(await t.app.call('signers.login', { id }));
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await about()).toMatchObject({
    attention: [
      {
        severity: 'careful',
        text: 'refused its PIN',
        detail: 'It is not sent again by itself: type another PIN before something is to be signed.',
        action: { route: `/signers/${id}` },
      },
    ],
    signer: { state: 'careful', text: expect.stringMatching(/^It refused its PIN\. /) },
  });
  expect(token.pins).toEqual(['5678', '5678']);
  t.app.clock.advance(1000);
  const again = await t.app.call('signers.login', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '9999', keep: 'vault' });
  await t.job(again);
  expect((await about()).attention).toEqual([]);
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await about()).toMatchObject({ attention: [], signer: { state: 'note' } });
});
