import { describe, expect, test } from 'vitest';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { at, AT, OPEN, proxy, says, signer } from './fake-guide.ts';
import { holderOf, setUpBehind } from './guide-steps.ts';

describe('set-up', () => {
  test('begins with the proxy where one may be, with the signer in an offline station', () => {
    expect(says(at({}))).toEqual(['proxy', 'Make the proxy']);
    const fresh = at({ offline: true });
    expect(says(fresh)).toEqual(['signer', "Go to the signer's set-up"]);
    // What happens on the proxy's machine is not known to be done.
    expect(fresh.steps.filter(({ state }) => state === 'done')).toEqual([]);
  });

  test('on two machines: repository, both files out one after the other, the file of the signer back, child', () => {
    expect(says(at({ proxy: proxy({ step: 'repository' }) }))).toEqual([
      'repository',
      'Choose the repository…',
    ]);
    const towards = { proxy: proxy({ step: 'signer' }) };
    expect(says(at(towards))).toEqual(['carry', 'Hand out proxy-id.json…']);
    expect(says(at(towards, ['proxy-id']))).toEqual(['carry', 'Hand out proxy-repo.json…']);
    expect(says(at(towards, ['proxy-id', 'proxy-repo']))).toEqual(['signer', 'Open signer-info.json…']);
    expect(at(towards).others.map(({ label }) => label)).toContain('Open signer-info.json…');
    expect(says(at({ proxy: proxy({ step: 'child' }) }))).toEqual(['child', 'Add the first child…']);
  });

  test('the set-up of the signer is offered beside the proxy only where both are meant to be', () => {
    const towards = { proxy: proxy({ step: 'signer' }) };
    const offered = (input: object, handedOut: string[] = []): boolean =>
      at({ ...towards, ...input }, handedOut).others.some(({ action }) => action.kind === 'signer');
    for (const files of [[], ['proxy-id', 'proxy-repo']]) {
      expect(offered({}, files)).toBe(false);
      expect(offered({ signerHere: true }, files)).toBe(true);
    }
  });

  test('on one machine the file of the signer is handed out and opened here', () => {
    const both = { proxy: proxy({ step: 'signer' }), signer: signer('1') };
    expect(says(at(both))).toEqual(['info', 'Hand out signer-info.json…']);
    expect(says(at(both, ['signer-info']))).toEqual(['associate', 'Open signer-info.json…']);
  });

  test('what is not published yet is not called published', () => {
    const failed = at({ proxy: proxy({ step: 'child', unpublished: true }) });
    expect(says(failed)).toEqual(['associate', 'Publish now']);
    expect(failed.says).toMatch(/not published yet/);
    expect(failed.others.map(({ label }) => label)).toEqual(['Add the first child…']);
  });

  test('every step before the present one is done, every later one is not', () => {
    const { steps } = at({ proxy: proxy({ step: 'child' }) });
    expect(steps.map(({ state }) => state)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'done',
      'done',
      'done',
      'here',
    ]);
  });

  test('ta.cer that is to be put out again leaves the rest of the set-up done, the child too', () => {
    const { steps } = at({ proxy: proxy({ step: 'running', putOut: false }) });
    expect(steps.filter(({ state }) => state !== 'done').map(({ id }) => id)).toEqual(['put-out']);
  });

  test('ta.cer and the TAL are put out before the child is added, and asked for again while nothing else is to be done', () => {
    const first = at({ proxy: proxy({ step: 'child', putOut: false }) });
    expect(says(first)).toEqual(['put-out', 'Put out ta.cer and the TAL…']);
    expect(first.others.map(({ label }) => label)).toEqual(['Add the first child…']);
    // What is not published is published first.
    expect(says(at({ proxy: proxy({ step: 'child', putOut: false, unpublished: true }) }))).toEqual([
      'associate',
      'Publish now',
    ]);
    const idle = at({ proxy: proxy({ step: 'running', putOut: false }) });
    expect(says(idle)).toEqual(['put-out', 'Put out ta.cer and the TAL…']);
    expect(idle.others.map(({ label }) => label)).toEqual(['Make the request…']);
    const busy = proxy({ step: 'running', putOut: false, ball: { who: 'proxy', text: 'One wish waits.' } });
    expect(says(at({ proxy: busy }))).toEqual(['make', 'Make the request…']);
    const open = setUpBehind(false).filter(({ state }) => state !== 'done');
    expect(open.map(({ id }) => id)).toEqual(['put-out']);
    expect(setUpBehind(true).every(({ state }) => state === 'done')).toBe(true);
  });
});

test('what the signer signed and nobody took comes before the next request', () => {
  const wanted = at({
    proxy: proxy({ step: 'running', infoWanted: 'Take its signer-info.json over first.' }),
  });
  expect(says(wanted)).toEqual(['make', 'Open signer-info.json…']);
  expect(wanted.says).toBe('Take its signer-info.json over first.');
  expect(wanted.others.map(({ label }) => label)).toEqual(['Make the request…']);
});

describe('an exchange', () => {
  const courier = { who: 'courier', text: 'Carry it.' } as const;
  const open = proxy({ step: 'running', open: OPEN, ball: courier });

  test('on two machines: make, carry, wait, open the response', () => {
    const idle = at({ proxy: proxy({ step: 'running' }) });
    expect(says(idle)).toEqual(['make', 'Make the request…']);
    expect(idle.idle).toBe(true);
    expect(at({ proxy: proxy({ step: 'exchange' }) }).idle).toBe(false);
    expect(says(at({ proxy: open }))).toEqual(['out', 'Hand out request.json…']);
    expect(says(at({ proxy: open }, ['request AB']))).toEqual(['sign', 'Open response.json…']);
  });

  test('between the two exchanges of a key roll the activation comes next', () => {
    const rolling = proxy({
      step: 'running',
      ball: { who: 'proxy', text: 'Activate it.' },
      wants: { wishes: [], activate: ['online'] },
    });
    expect(at({ proxy: rolling })).toMatchObject({
      says: 'Activate it.',
      next: { label: 'Go to the new key of online', action: { kind: 'local-child', handle: 'online' } },
      others: [{ label: 'Make the request…' }],
      idle: false,
    });
  });

  test('a request that the signer here rejected is withdrawn, and not waited for', () => {
    const rejected = { ...OPEN, rejected: { at: AT, reason: 'Nobody announced it.' } };
    const both = { proxy: proxy({ ...open, open: rejected }), signer: signer('1') };
    const guide = at(both, ['request AB']);
    expect(says(guide)).toEqual(['sign', 'Withdraw the request…']);
    expect(guide.says).toMatch(
      /^The signer rejected this request on 2026-12-11 \d\d:\d\d Z: Nobody announced it\. Withdraw/,
    );
  });

  test('a file that was handed out for another request does not count', () => {
    expect(says(at({ proxy: open }, ['request CD']))).toEqual(['out', 'Hand out request.json…']);
  });

  test('on one machine: the signer reviews, its response is handed out and opened', () => {
    const both = { proxy: open, signer: signer('1') };
    expect(says(at(both, ['request AB']))).toEqual(['sign', 'Open request.json…']);
    const answered = { ...both, answered: { id: 'x-1', number: '2' } };
    expect(says(at(answered))).toEqual(['back', 'Hand out response.json…']);
    expect(says(at(answered, ['response x-1']))).toEqual(['review', 'Open response.json…']);
    // The clock says the same.
    expect(holderOf(at(both, ['request AB']))).toBe('signer');
    expect(holderOf(at(answered))).toBe('courier');
    expect(holderOf(at(answered, ['response x-1']))).toBe('proxy');
    expect(holderOf(at({ proxy: proxy({ step: 'repository' }) }))).toBeNull();
  });

  test('an ended request is signed anew; what is not published is published', () => {
    const ended = proxy({ step: 'running', open: OPEN, ball: { who: 'proxy', text: 'It ended.' } });
    expect(says(at({ proxy: ended }))).toEqual(['make', 'Sign the request anew…']);
    expect(says(at({ proxy: proxy({ step: 'running', unpublished: true }) }))).toEqual([
      'publish',
      'Publish now',
    ]);
  });

  test('on one machine a reissued TA certificate goes to the proxy before anything else', () => {
    const running = proxy({
      step: 'running',
      signer: { certificate: { sha256: 'C0' } } as ProxyView['signer'],
    });
    expect(says(at({ proxy: running, signer: signer('3') }))).toEqual(['make', 'Make the request…']);
    expect(says(at({ proxy: running, signer: signer('3', 'C1') }, ['signer-info']))).toEqual([
      'info',
      'Hand out signer-info.json…',
    ]);
  });

  test('the signer alone hands its file out first, then waits for requests', () => {
    expect(says(at({ signer: signer('1'), offline: true }))).toEqual(['info', 'Hand out signer-info.json…']);
    const next = at({ signer: signer('1') }, ['signer-info']);
    expect(says(next)).toEqual(['sign', 'Open request.json…']);
    // Nobody here knows whether a request was made.
    expect(next.steps.filter(({ state }) => state === 'done')).toEqual([]);
    const reissued = { signer: signer('9'), exchanged: true, reissued: true };
    expect(says(at(reissued))).toEqual(['info', 'Hand out signer-info.json…']);
    expect(says(at(reissued, ['signer-info']))).toEqual(['sign', 'Open request.json…']);
    // The set-up was done long ago: only what is carried again, and taken over again, is not.
    expect(
      at(reissued)
        .steps.filter(({ state }) => state !== 'done')
        .map(({ id }) => id),
    ).toEqual(['info', 'associate']);
    expect(at(reissued).says).toMatch(/ta\.cer is the same as before/);
    // A new ta.cer has its own places to go to.
    const renewed = at({ ...reissued, signer: { ...signer('9'), newCertificate: true } });
    expect(renewed.says).toMatch(/new ta\.cer goes to every place/);
    expect(renewed.steps.filter(({ state }) => state === 'later').map(({ id }) => id)).toEqual([
      'associate',
      'put-out',
    ]);
    const connected = at({ ...reissued, krill: true });
    expect(says(connected)).toEqual(['sign', 'Go to the connected Krill']);
    expect(connected.says).toMatch(/update the signer/);
    const ahead = { ...signer('3'), mayGoOn: true, warnings: [{ severity: 'bad', text: 'Wait, or go on.' }] };
    expect(says(at({ signer: ahead as SignerView, exchanged: true }))).toEqual([
      'sign',
      'Go on from this clock…',
    ]);
    expect(at({ signer: ahead as SignerView, exchanged: true }).says).toBe('Wait, or go on.');
    const made = { signer: signer('3'), exchanged: true, made: { id: 'x-3', number: '3' } };
    expect(says(at(made))).toEqual(['back', 'Hand out response.json…']);
    expect(at(made).says).toMatch(/^Response 3 is signed and not written yet/);
    expect(at(made).idle).toBe(false);
    expect(
      at(made)
        .steps.slice(0, 3)
        .every(({ state }) => state === 'done'),
    ).toBe(true);
    expect([next.first, at(made).first, at({ ...made, made: null }, ['signer-info']).first]).toEqual([
      true,
      false,
      false,
    ]);
    expect(says(at(made, ['response x-3']))).toEqual(['sign', 'Open request.json…']);
    expect(at({ signer: signer('9'), exchanged: true, krill: true }).idle).toBe(true);
    // Its first number may be any: what counts is whether it ever answered.
    expect(says(at({ signer: signer('1001') }))).toEqual(['info', 'Hand out signer-info.json…']);
    expect(says(at({ signer: signer('9'), exchanged: true }))).toEqual(['sign', 'Open request.json…']);
  });
});

test('a clock behind what was done last is said before anything else, and no step is pressed for', () => {
  const guide = at({ proxy: proxy({ step: 'running', ball: { who: 'proxy', text: 'One wish waits.' } }) });
  expect(guide).toMatchObject({ says: 'One wish waits.', idle: false });
  const behind = 'The last publication was at x.';
  expect(at({ proxy: proxy({ step: 'running', clockBehind: behind }) })).toMatchObject({
    says: behind,
    idle: true,
  });
});
