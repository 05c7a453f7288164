import { expect, test } from 'vitest';
import { Faults } from '../../rpki/fault.ts';
import { testKey, testProxy } from '../../testing/test-proxy.ts';
import { openExchange } from '../open-exchange.ts';
import { verdictOf } from './response-verdict.ts';

const NOW = new Date('2027-03-01T12:00:00Z');

test('what another identity signed is called that, and nothing of it is ticked', async () => {
  const stranger = await testProxy(NOW);
  const faults = new Faults();
  // Both kinds are wrapped alike; what is inside is not looked at here.
  const opened = openExchange(await stranger.request([], NOW), 'request', testKey().spkiDer, NOW, faults);
  const { title, checks, severity } = verdictOf(
    faults.found,
    [],
    opened,
    { open: 'n-1', answered: 'n-1' },
    null,
    null,
  );
  expect(severity).toBe('bad');
  expect(title).toMatch(/^Do not publish: another signer than the associated one made this response/);
  expect(checks[0]).toEqual({
    ok: false,
    text: 'signed by another identity than the associated signer',
  });
});
