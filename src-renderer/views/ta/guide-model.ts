/** "You are here": the present step of the set-up or of an exchange and what to do next, from what both halves say. Pure. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { reissueFirst, signerAlone } from './guide-signer.ts';
import {
  type Guide,
  guideAt,
  type GuideInput,
  type GuideNext,
  handOut,
  handOutResponse,
  minuteOf,
  openFile,
} from './guide-steps.ts';

const PUT_OUT: GuideNext = { label: 'Put out ta.cer and the TAL…', action: { kind: 'put-out' } };

/** Between the repository and the association: files out, the signer's set-up, its file back. */
function towardsSigner({ signer, handedOut, signerHere }: GuideInput): Guide {
  const missing = (['proxy-id', 'proxy-repo'] as const).find((what) => !handedOut.has(what));
  if (signer !== null)
    return handedOut.has('signer-info')
      ? guideAt(
          'set-up',
          'associate',
          "Open the signer's file here, and compare its fingerprint.",
          openFile('signer-info'),
        )
      : guideAt(
          'set-up',
          'info',
          'The signer is set up. Its file goes to the proxy; a folder stands in for the stick.',
          handOut('signer-info'),
          { others: [openFile('signer-info')] },
        );
  const setUp: GuideNext[] = signerHere
    ? [{ label: "Go to the signer's set-up", action: { kind: 'signer' } }]
    : [];
  if (missing !== undefined)
    return guideAt(
      'set-up',
      'carry',
      "Write both files onto a stick and carry them to the signer's machine. Read the fingerprint below to its operator: nobody signed the files.",
      handOut(missing),
      { others: [openFile('signer-info'), ...setUp] },
    );
  return guideAt(
    'set-up',
    'signer',
    "On the signer's machine, in an offline station: Trust anchor, “Set up a signer…”. Then bring its signer-info.json back here. On a test bed the signer may be in this workspace.",
    openFile('signer-info'),
    { others: setUp },
  );
}

function towardsResponse(
  { signer, answered, handedOut }: GuideInput,
  open: NonNullable<ProxyView['open']>,
): Guide {
  const carried = handedOut.has(`request ${open.sha256}`);
  if (answered !== null)
    return handedOut.has(`response ${answered.id}`)
      ? guideAt(
          'exchange',
          'review',
          'Open the response. You see what it changes before anything is published.',
          openFile('response'),
        )
      : guideAt(
          'exchange',
          'back',
          `The signer made response ${answered.number}. It goes back to the proxy.`,
          handOutResponse(answered.id),
          { others: [openFile('response')] },
        );
  if (open.rejected !== null)
    return guideAt(
      'exchange',
      'sign',
      `The signer rejected this request on ${minuteOf(open.rejected.at)}: ${open.rejected.reason.replace(/\.$/, '')}. Withdraw it, mend what the reason says, and make another one.`,
      { label: 'Withdraw the request…', action: { kind: 'withdraw' } },
      { others: [openFile('request')] },
    );
  if (!carried)
    return guideAt(
      'exchange',
      'out',
      signer === null
        ? 'Write the request onto a stick and carry it to the signer. Its operator will ask for groups of the digits below.'
        : 'Write the request into a folder: both halves are in this workspace, so it stands in for the stick.',
      handOut('request'),
      { others: signer === null ? [openFile('response')] : [openFile('request')] },
    );
  return signer === null
    ? guideAt(
        'exchange',
        'sign',
        "The signer's operator reviews and signs the request on the other machine. Then open its response here.",
        openFile('response'),
        { others: [handOut('request')] },
      )
    : guideAt(
        'exchange',
        'sign',
        'The signer has the word: review the request, then sign.',
        openFile('request'),
      );
}

function withProxy(input: GuideInput, proxy: ProxyView): Guide {
  const { step, open, ball } = proxy;
  const { signer } = input;
  if (step === 'repository')
    return guideAt(
      'set-up',
      'repository',
      'Say where the trust anchor publishes. It is written into everything that is ever issued.',
      {
        label: 'Choose the repository…',
        action: { kind: 'repository' },
      },
    );
  if (signer?.certificate.ended === true) return reissueFirst(signer);
  if (step === 'signer') return towardsSigner(input);
  if (step === 'child') {
    const add: GuideNext = { label: 'Add the first child…', action: { kind: 'child' } };
    if (!proxy.unpublished && !proxy.putOut)
      return guideAt(
        'set-up',
        'put-out',
        'The trust anchor is published. Relying parties begin with ta.cer and the TAL: put them where they are fetched.',
        PUT_OUT,
        { others: [add] },
      );
    return proxy.unpublished
      ? guideAt(
          'set-up',
          'associate',
          'The signer is associated, and its objects are not published yet: relying parties find nothing. What stands in the way is said below.',
          { label: 'Publish now', action: { kind: 'publish' } },
          { others: [add] },
        )
      : guideAt(
          'set-up',
          'child',
          'The trust anchor is published, and empty. The authority that works below it comes next.',
          add,
        );
  }
  if (
    signer !== null &&
    proxy.signer !== null &&
    signer.certificate.sha256 !== proxy.signer.certificate.sha256
  )
    return guideAt(
      'set-up',
      'info',
      'The signer has another TA certificate than the proxy knows. Its file goes to the proxy again; the new ta.cer goes to every place the TAL names.',
      handOut('signer-info'),
      { others: [openFile('signer-info')], again: ['associate', 'put-out'] },
    );
  if (open !== null)
    return ball.who === 'proxy'
      ? guideAt(
          'exchange',
          'make',
          ball.text,
          { label: 'Sign the request anew…', action: { kind: 'refresh' } },
          {
            others: [{ label: 'Withdraw the request…', action: { kind: 'withdraw' } }, openFile('response')],
          },
        )
      : towardsResponse(input, open);
  if (proxy.unpublished)
    return guideAt('exchange', 'publish', 'The newest objects are taken, and not published yet.', {
      label: 'Publish now',
      action: { kind: 'publish' },
    });
  const make: GuideNext = { label: 'Make the request…', action: { kind: 'make' } };
  if (proxy.infoWanted !== null)
    return guideAt('exchange', 'make', proxy.infoWanted, openFile('signer-info'), { others: [make] });
  const [rolling] = proxy.wants.activate;
  if (rolling !== undefined)
    return guideAt(
      'exchange',
      'make',
      ball.text,
      { label: `Go to the new key of ${rolling}`, action: { kind: 'local-child', handle: rolling } },
      { others: [make] },
    );
  if (!proxy.putOut && ball.who === 'nobody')
    return guideAt(
      'set-up',
      'put-out',
      'Nothing is open. ta.cer and the TAL are not known to be where relying parties fetch them.',
      PUT_OUT,
      { others: [make], again: [] },
    );
  return guideAt('exchange', 'make', ball.text, make, { idle: ball.who === 'nobody' && step === 'running' });
}

export function guideOf(input: GuideInput): Guide {
  const { proxy } = input;
  if (proxy !== null) {
    const guide = withProxy(input, proxy);
    // Not the bold button: it may be the clock that has to be set.
    return proxy.clockBehind === null ? guide : { ...guide, says: proxy.clockBehind, idle: true };
  }
  if (input.offline || input.signer !== null) return signerAlone(input);
  return guideAt(
    'set-up',
    'proxy',
    'The proxy is the online half: children ask it, it publishes, and it has the signer sign by files. It gets an identity key of its own.',
    { label: 'Make the proxy', action: { kind: 'init' } },
  );
}
