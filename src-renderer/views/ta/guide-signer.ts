/** "You are here" where the signer has the word: alone in its workspace, and before anything else once its certificate has ended. Pure. */
import type { SignerView } from '#shared/contract/ta.ts';
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

/** Nothing holds below a TA certificate that has ended, and no exchange mends that. */
export function reissueFirst({ certificate }: SignerView): Guide {
  return guideAt(
    'set-up',
    'signer',
    `The TA certificate ended on ${minuteOf(certificate.notAfter)}, and relying parties drop everything below it. Reissue it; then signer-info.json goes to the proxy, and the new ta.cer to every place the TAL names.`,
    { label: 'Reissue…', action: { kind: 'reissue' } },
    {
      title: 'Reissue the TA certificate',
      others: [openFile('request')],
      again: ['info', 'associate', 'put-out'],
    },
  );
}

/** What is signed meanwhile would lack what was revoked since the backup. */
function takeBackFirst({ missingUpTo }: SignerView): Guide {
  return guideAt(
    'exchange',
    'sign',
    `This signer was restored, and what it signed up to number ${missingUpTo} is missing. Take those response.json files back before the next request is signed, the oldest first.`,
    { label: 'Take response.json back…', action: { kind: 'open', what: 'response' } },
    { title: 'Take back what was signed since', elsewhere: true, others: [openFile('request')] },
  );
}

/** Only the signer is here, or only it may be: the proxy's steps happen on another machine. */
export function signerAlone({ signer, made, exchanged, reissued, krill, handedOut }: GuideInput): Guide {
  if (signer === null)
    return guideAt(
      'set-up',
      'signer',
      "The proxy's machine writes proxy-id.json and proxy-repo.json. With them the signer is set up here.",
      { label: "Go to the signer's set-up", action: { kind: 'signer' } },
      { elsewhere: true },
    );
  // A clock that was ahead comes first: by another clock it has not ended.
  if (signer.certificate.ended && !signer.mayGoOn) return reissueFirst(signer);
  if (signer.missingUpTo !== null && !signer.mayGoOn) return takeBackFirst(signer);
  const network: GuideNext = { label: 'Go to the connected Krill', action: { kind: 'network' } };
  if (krill)
    return guideAt(
      'exchange',
      'sign',
      reissued
        ? 'The TA certificate is newer than the last exchange: update the signer at the connected Krill, and put ta.cer to every place the TAL names.'
        : 'The connected Krill has the proxy: associate the signer there once, then open its requests from here. No file is carried.',
      network,
      {
        elsewhere: true,
        others: [handOut('signer-info'), openFile('request')],
        idle: exchanged && !reissued,
      },
    );
  if (signer.mayGoOn)
    return guideAt(
      'exchange',
      'sign',
      signer.warnings[0]?.text ?? '',
      { label: 'Go on from this clock…', action: { kind: 'go-on' } },
      // Not the bold button: it may be the clock that has to be set.
      { idle: true, elsewhere: true, others: [openFile('request')] },
    );
  if (made !== null && !handedOut.has(`response ${made.id}`))
    return guideAt(
      'exchange',
      'back',
      `Response ${made.number} is signed and not written yet. It goes back to the proxy: only there is anything published.`,
      handOutResponse(made.id),
      // What was signed was made and carried here before.
      { others: [openFile('request')] },
    );
  if (reissued && !handedOut.has('signer-info'))
    return guideAt(
      'set-up',
      'info',
      signer.newCertificate
        ? 'The TA certificate is newer than the last exchange: carry signer-info.json to the proxy again; the new ta.cer goes to every place the TAL names.'
        : 'The trust anchor is newer than the last exchange: carry signer-info.json to the proxy again. ta.cer is the same as before.',
      handOut('signer-info'),
      {
        others: [openFile('request')],
        again: signer.newCertificate ? ['associate', 'put-out'] : ['associate'],
      },
    );
  if (!exchanged && !handedOut.has('signer-info'))
    return guideAt(
      'set-up',
      'info',
      'Carry signer-info.json to the proxy and read the fingerprint of this signer to its operator; ta.cer goes to every place the TAL names, ta.tal to relying parties.',
      handOut('signer-info'),
      { others: [openFile('request')] },
    );
  return guideAt(
    'exchange',
    'sign',
    'The next request.json comes from the proxy. You see what it asks before anything is signed.',
    openFile('request'),
    { idle: true, elsewhere: true, first: !exchanged },
  );
}
