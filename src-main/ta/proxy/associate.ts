/**
 * A signer's signer-info.json judged before it is associated, or before what is known of the signer is replaced by it
 * (krill-ta.md 7.2; nobody signs that file). The typed fingerprint is what ties it to the other machine.
 */
import { stopped } from '../../lib/sentence.ts';
import type { SignerInfoView } from '#shared/contract/ta-proxy-files.ts';
import { momentText } from '../../lib/moment-text.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { JsonError, readJson } from '../../lib/json-reader.ts';
import { Faults } from '../../rpki/fault.ts';
import { judgeObject } from '../../rpki/judge.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { keyId } from '../../x509/public-key.ts';
import { hasEnded, requireSaidInside, whileItLasts, whileTheyLast } from '../inside.ts';
import { judgePublished } from '../judge-published.ts';
import { fingerprintProblem, identityFaults } from '../signer/identity-check.ts';
import { locationProblems } from '../signer/locations.ts';
import { settleWithdrawn } from './withdrawn.ts';
import { readAssociated } from './proxy-text.ts';
import { shortKey } from '../short-key.ts';
import { changesOf } from './signer-changes.ts';
import { type AssociatedSigner, numberShown, type ProxyState } from './proxy-state.ts';

/** Throws AppError INVALID_INPUT with the place that cannot be read. */
export function parseSignerInfo(name: string, bytes: Uint8Array): AssociatedSigner {
  try {
    const signer = readAssociated(readJson(bytes), 'signer-info');
    for (const [key, issued] of signer.objects.issued)
      requireSaidInside(issued, 'authority', `signer-info.objects.issued.${key}`);
    return signer;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new AppError(
      'INVALID_INPUT',
      `${name} cannot be used: ${error.path === '' ? '' : `${error.path}: `}${stopped(error.message)} Write it again on the signer.`,
      { file: { name, sha256: sha256Hex(bytes) } },
    );
  }
}

function objectFaults({ certificate, objects }: AssociatedSigner, now: Date): string[] {
  const anchor = judgeObject(certificate.der, { issuerDer: null, anchor: true, at: now });
  // CRL and manifest may have ended; they are replaced by the next response.
  const at = whileTheyLast(objects, now);
  const judged = [
    ['The TA certificate', anchor],
    ...[
      ['The CRL', objects.crl.der, at] as const,
      ['The manifest', objects.manifest.der, at] as const,
      // One that has ended is kept by krillta, and good for nobody (linesOf says so).
      ...[...objects.issued].map(
        ([key, info]) => [`The certificate ${key}`, info.der, whileItLasts(info, at)] as const,
      ),
    ].map(
      ([what, der, when]) =>
        [what, judgeObject(der, { issuerDer: certificate.der, anchor: false, at: when })] as const,
    ),
  ] as const;
  const together = new Faults();
  judgePublished({ ...objects, anchorDer: certificate.der }, together);
  return [
    ...judged.flatMap(([what, { faults }]) =>
      faults.map(({ text, clause }) => `${what}: ${text} (${clause})`),
    ),
    ...together.found.map(({ text, clause }) => `Its objects: ${text} (${clause})`),
  ];
}

/** It says less than is known: an earlier file of the same trust anchor, or a signer that was restored. */
function isOlder(state: ProxyState, { objects }: AssociatedSigner): boolean {
  return state.signer?.objects.keyId === objects.keyId && objects.number < numberShown(state);
}

/** Why this cannot be the signer of this proxy. */
export function signerFaults(state: ProxyState, signer: AssociatedSigner, now: Date): string[] {
  const { repository, signer: known } = state;
  const { objects, certificate, tal } = signer;
  const faults = identityFaults(signer.identity.certificateDer, now);
  if (repository === null) return ['Configure the repository first: the signer publishes there.', ...faults];
  if (objects.baseUri !== repository.contact.base)
    faults.push(
      `It publishes at ${objects.baseUri}, and this proxy's repository is ${repository.contact.base}: it was set up with another proxy-repo.json`,
    );
  const notify = repository.contact.notify;
  // A reissue may move it; until then it is what proxy-repo.json said.
  if (known === null && (certificate.rpkiNotify ?? null) !== notify)
    faults.push(
      `Its RRDP notification is ${certificate.rpkiNotify ?? 'none'}, and this proxy's repository has ${notify ?? 'none'}: it was set up with another proxy-repo.json`,
    );
  if (certificate.rpkiManifest !== `${objects.baseUri}${objects.keyId}.mft`)
    faults.push('The TA certificate names another manifest than the one the objects hold');
  if (known !== null && known.objects.keyId !== objects.keyId)
    faults.push(
      `The trust anchor proxy already has a different associated signer: its TA key is ${known.objects.keyId}, this one's ${objects.keyId}`,
    );
  if (isOlder(state, signer))
    faults.push(
      `Its manifest number ${objects.number} is below ${numberShown(state)}, which this proxy has ${numberShown(state) === known?.objects.number ? 'published' : 'seen'}: this file was written earlier, so bring the newest signer-info.json. When the newest says the same, the signer was restored from an old backup: let it sign a number above ${numberShown(state)} first`,
    );
  if (keyId(certificate.spkiDer) !== objects.keyId)
    faults.push('The TA certificate is of another key than its objects');
  // One of the future, from a clock that was ahead, may be followed by one of now.
  const from = known === null ? Infinity : Date.parse(known.certificate.notBefore);
  if (known !== null && Date.parse(certificate.notBefore) < from && from <= now.getTime())
    faults.push(
      `Its TA certificate, from ${momentText(certificate.notBefore)}, is older than the one this proxy has, from ${momentText(known.certificate.notBefore)}. Write signer-info.json again on the signer`,
    );
  for (const { message } of locationProblems(tal.https, tal.rsync, objects.baseUri)) faults.push(message);
  return [...faults, ...objectFaults(signer, now)];
}

function linesOf(signer: AssociatedSigner, now: Date): { label: string; value: string }[] {
  const { certificate, tal, objects } = signer;
  return [
    { label: 'TA key', value: objects.keyId },
    { label: 'TAL key (SHA-256)', value: sha256Hex(certificate.spkiDer) },
    { label: 'Publishes at', value: objects.baseUri },
    { label: 'RRDP', value: certificate.rpkiNotify ?? 'none' },
    ...tal.https.map((uri) => ({ label: 'TAL, https', value: uri })),
    { label: 'TAL, rsync', value: tal.rsync },
    {
      label: 'TA certificate',
      value: `${momentText(certificate.notBefore)} to ${momentText(certificate.notAfter)}`,
    },
    { label: 'Manifest number', value: String(objects.number) },
    { label: 'Certificates', value: String(objects.issued.size) },
    ...[...objects.issued]
      .filter(([, info]) => hasEnded(info, now))
      .map(([key, { notAfter }]) => ({
        label: 'Unusual',
        value: `the certificate for key ${shortKey(key)} ended on ${momentText(notAfter)} and still stands among them: nobody can use it`,
      })),
  ];
}

/** From when on it can be taken, where its being of the future is all that is wrong with it; else null. */
function earlyUntil(state: ProxyState, signer: AssociatedSigner, now: Date): string | null {
  const { certificate, objects, identity } = signer;
  const begins = [
    certificate.notBefore,
    objects.thisUpdate,
    ...[...objects.issued.values()].map((one) => one.notBefore),
  ];
  const from = Math.max(
    ...begins.map((one) => Date.parse(one)),
    parseCertificate(identity.certificateDer).notBefore.getTime(),
  );
  // Seconds are whole in what was signed, and not beside it.
  const at = new Date(from + 1000);
  return from > now.getTime() && signerFaults(state, signer, at).length === 0 ? at.toISOString() : null;
}

export function signerInfoView(
  state: ProxyState,
  name: string,
  signer: AssociatedSigner,
  now: Date,
): SignerInfoView {
  const known = state.signer;
  const faults = signerFaults(state, signer, now);
  return {
    name,
    faults,
    early: faults.length === 0 ? null : earlyUntil(state, signer, now),
    older: isOlder(state, signer),
    known: known !== null,
    changes: known === null ? [] : changesOf(state, known, signer),
    lines: linesOf(signer, now),
  };
}

/** The state with this signer. Throws AppError INVALID_INPUT with what is wrong. */
export function associate(
  state: ProxyState,
  signer: AssociatedSigner,
  fingerprint: string,
  now: Date,
): ProxyState {
  const [fault] = signerFaults(state, signer, now);
  if (fault !== undefined) throw new AppError('INVALID_INPUT', `${fault}.`);
  // SECURITY: nobody signed the file, and an update brings a TAL and a certificate: it is compared every time.
  const problem = fingerprintProblem(fingerprint, sha256Hex(signer.identity.certificateDer));
  if (problem !== null)
    throw new AppError('INVALID_INPUT', problem, {
      fields: [{ path: 'fingerprint', message: problem }],
    });
  // Which objects are the last, only a response says: an update brings identity, certificate and TAL.
  const known = state.signer?.objects ?? signer.objects;
  const shown = numberShown({ ...state, shown: signer.objects.number });
  const after = { ...state, shown, signer: { ...signer, objects: known } };
  // Newer ones show what it signed although it was withdrawn here: wishes that are fulfilled would make every request fail.
  return signer.objects.number > known.number ? settleWithdrawn(after, signer.objects) : after;
}
