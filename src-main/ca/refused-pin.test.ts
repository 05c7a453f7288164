/** A PIN that was refused while a certificate is signed: whoever presses Sign again is asked again. */
import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../testing/fake-device.ts';
import { endSigners, started } from '../testing/test-signers.ts';
import { draftOf, wizard } from '../testing/test-wizard.ts';

afterEach(endSigners);

test('the next signature asks for the PIN, and the right one signs; a cancelled question is no obstacle either', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const signer = await t.add('One', '/a.so', null);
  const by = wizard(t.app);
  const draft = await by.saved(
    draftOf('root', 'Root', { key: { from: 'new', algorithm: 'p-256', label: '', signer } }),
  );
  const { digest } = await t.app.call('ca.review', draft);
  const sign = () => t.app.call('ca.sign', { ...draft, digest });
  const answer = async (pin: string) =>
    t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin, keep: 'no' });

  const first = await sign();
  await answer('0000');
  expect(await t.job(first)).toMatchObject({
    state: 'failed',
    error: { code: 'SIGNER_UNAVAILABLE', message: 'It was pin-refused. Look at it.' },
  });
  expect((await t.app.call('ca.review', draft)).problems).toEqual([]);
  const second = await sign();
  await t.app.call('signers.cancelPrompt', { prompt: (await t.prompt()).id });
  expect(await t.job(second)).toMatchObject({ state: 'failed', error: { code: 'CANCELLED' } });
  const third = await sign();
  await answer('5678');
  expect(await t.job(third)).toMatchObject({ state: 'done' });
  expect(token.pins).toEqual(['0000', '5678']);
});
