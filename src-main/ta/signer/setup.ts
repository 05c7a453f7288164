/**
 * The draft of a new signer judged: what is missing or wrong, and the order that would be carried out. The same function
 * answers the review and runs again before keys are made.
 */
import { stopped } from '../../lib/sentence.ts';
import type { SignerDraft, SignerProblem, SignerReview, SignerStep } from '#shared/contract/ta-setup.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { JsonError, type JsonValue, readJson } from '../../lib/json-reader.ts';
import type { SignerFacts } from '../../signers/signer.ts';
import { keyId } from '../../x509/public-key.ts';
import { readIdentity } from '../documents.ts';
import { fileWords, recogniseFile, type TaFileKind } from '../../rpki/exchange-file.ts';
import { whatFileIs } from '../../rpki/file-damage.ts';
import { isNotificationUri } from '../../rpki/plain-name.ts';
import { readRepositoryContact, type RepositoryContact } from '../repository-contact.ts';
import { fingerprintProblem, identityFaults } from './identity-check.ts';
import { locationProblems, uriLines } from './locations.ts';
import { DEFAULT_TIMING, type Identity, identityOf, type Timing } from './trust-anchor.ts';

export interface SetupOrder {
  proxy: Identity;
  repository: RepositoryContact;
  tal: { https: string[]; rsync: string };
  timing: Timing;
  number: bigint;
  /** null: a new key. */
  key: string | null;
  /** null: the default signer. */
  signer: string | null;
}

export interface Setup {
  problems: SignerProblem[];
  review: SignerReview;
  order: SetupOrder | null;
}

export interface ChosenKey {
  id: string;
  label: string;
  spkiDer: Uint8Array;
  /** Why it cannot be the TA key, or null. */
  problem: string | null;
}

export const RANGES: Record<
  keyof Timing,
  { name: string; unit: 'years' | 'weeks' | 'days'; min: number; max: number }
> = {
  certificateValidityYears: { name: 'TA certificate', unit: 'years', min: 1, max: 500 },
  issuedCertificateValidityWeeks: { name: 'Certificates of children', unit: 'weeks', min: 2, max: 1040 },
  issuedCertificateReissueWeeksBefore: { name: 'Renewal before the end', unit: 'weeks', min: 1, max: 1039 },
  mftNextUpdateWeeks: { name: 'Manifest and CRL', unit: 'weeks', min: 1, max: 104 },
  signedMessageValidityDays: { name: 'Signed messages', unit: 'days', min: 1, max: 365 },
};
const MOST_NUMBER = 2n ** 63n - 1n;

class Collector {
  readonly problems: SignerProblem[] = [];

  say(step: SignerStep, path: string, message: string, fix: string): void {
    this.problems.push({ step, path, message, fix });
  }

  /** The content of a file of the draft, or null with a problem. */
  file<T>(
    step: SignerStep,
    path: string,
    file: { text: string } | null,
    wanted: TaFileKind,
    read: (value: JsonValue) => T,
  ): T | null {
    if (file === null) {
      this.say(step, path, 'The file is not chosen yet.', `Bring ${fileWords(wanted)} from the proxy.`);
      return null;
    }
    const bytes = Buffer.from(file.text, 'utf8');
    const found = recogniseFile(bytes);
    if (found !== wanted) {
      const is = whatFileIs(bytes, found);
      const fix = is.startsWith('damaged') ? 'Copy it again from the proxy.' : 'Choose the other file.';
      this.say(step, path, `This is ${is}; wanted is ${fileWords(wanted)}.`, fix);
      return null;
    }
    try {
      return read(readJson(bytes));
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      const place = error.path === '' ? '' : `${error.path}: `;
      this.say(
        step,
        path,
        `${place}${stopped(error.message)}`,
        'Export it again on the proxy and bring it anew.',
      );
      return null;
    }
  }
}

/** What is wrong with the times, each at its field. */
export function timingProblems(timing: Timing): { path: string; message: string; fix: string }[] {
  const collector = new Collector();
  judgeTiming(timing, collector);
  return collector.problems;
}

function judgeTiming(timing: Timing, collector: Collector): void {
  for (const [name, range] of Object.entries(RANGES)) {
    const value = timing[name as keyof Timing];
    if (!Number.isInteger(value) || value < range.min || value > range.max)
      collector.say(
        'timing',
        `timing.${name}`,
        `${range.name}: ${value} ${range.unit} is not between ${range.min} and ${range.max}.`,
        'Change the value.',
      );
  }
  if (timing.issuedCertificateReissueWeeksBefore >= timing.issuedCertificateValidityWeeks)
    collector.say(
      'timing',
      'timing.issuedCertificateReissueWeeksBefore',
      'Certificates of children would be due for renewal the moment they are made.',
      'Make the renewal shorter than their life.',
    );
}

function readNumber(text: string, collector: Collector): bigint | null {
  const plain = text.trim();
  if (/^[1-9]\d{0,18}$/.test(plain) && BigInt(plain) <= MOST_NUMBER) return BigInt(plain);
  collector.say(
    'timing',
    'number',
    'The first manifest number is a whole number from 1 on.',
    'Use 1, or one above the last number of the anchor this one replaces.',
  );
  return null;
}

function judgeRepository({ repository: file }: SignerDraft, collector: Collector): RepositoryContact | null {
  const found = collector.file('repository', 'repository', file, 'proxy-repo', readRepositoryContact);
  const notify = found?.notify ?? null;
  if (notify !== null && !isNotificationUri(notify))
    collector.say(
      'repository',
      'repository',
      `repo_info.rrdp_notification_uri: ${notify.slice(0, 200)} is no file of RRDP: it does not end in a file name with .xml.`,
      'Choose the repository on the proxy anew, with the whole URI of notification.xml, and bring proxy-repo.json again.',
    );
  return found;
}

/**
 * Judges the draft at `now`; `key` is the chosen existing key, or null; `holder` is who makes new keys, null when the chosen
 * one is gone; `proxyHere` is the key identifier of the proxy in the same workspace, null when there is none.
 */
export function judgeSetup(
  draft: SignerDraft,
  key: ChosenKey | null,
  now: Date,
  { holder, proxyHere }: { holder: SignerFacts | null; proxyHere: string | null },
): Setup {
  const collector = new Collector();
  const proxy = collector.file('proxy', 'proxyId', draft.proxyId, 'proxy-id', (value) => {
    const { spkiDer, certificateDer } = readIdentity(value, '');
    return identityOf(spkiDer, certificateDer);
  });
  const proxySha256 = proxy === null ? '' : sha256Hex(proxy.certificateDer);
  if (proxy !== null) {
    for (const fault of identityFaults(proxy.certificateDer, now))
      collector.say('proxy', 'proxyId', `${fault}.`, 'Export proxy-id.json again on the proxy.');
    const typed = fingerprintProblem(draft.fingerprint, proxySha256);
    if (typed !== null)
      collector.say('proxy', 'fingerprint', typed, "Read it from the proxy's own screen, not from the file.");
  }
  const repository = judgeRepository(draft, collector);
  const tal = { https: uriLines(draft.https), rsync: draft.rsync.trim() };
  for (const { path, message, fix } of locationProblems(tal.https, tal.rsync, repository?.base ?? null))
    collector.say('locations', path, message, fix);
  judgeTiming(draft.timing, collector);
  const number = readNumber(draft.number, collector);
  if (draft.key !== null && key === null)
    collector.say('key', 'key', 'The chosen key is no longer there.', 'Choose another one.');
  if (draft.signer !== undefined && holder === null)
    collector.say('key', 'signer', 'The chosen signer is no longer configured.', 'Choose another one.');
  if (key?.problem) collector.say('key', 'key', key.problem, 'Choose another key, or let a new one be made.');
  const isHere = proxy !== null && proxy.keyId === proxyHere;
  const order =
    proxy === null || repository === null || number === null || collector.problems.length > 0
      ? null
      : {
          proxy,
          repository,
          tal,
          timing: draft.timing,
          number,
          key: draft.key,
          signer: draft.signer ?? null,
        };
  return {
    problems: collector.problems,
    order,
    review: {
      digest:
        order === null ? '' : sha256Hex(Buffer.from(JSON.stringify([draft, holder?.id ?? null]), 'utf8')),
      lines: order === null ? [] : linesOf(order, key, holder, isHere),
      proxyKeyId: proxy?.keyId ?? '',
      proxySha256,
      proxyHere: isHere,
      base: repository?.base ?? '',
      notify: repository?.notify ?? '',
    },
  };
}

/** Nothing holds under an issuer that has ended. */
const outlives = ({ certificateValidityYears }: Timing, weeks: number): string =>
  weeks * 7 > certificateValidityYears * 365
    ? '; longer than the TA certificate, which is to be reissued before it ends'
    : '';

function linesOf(
  order: SetupOrder,
  key: ChosenKey | null,
  holder: SignerFacts | null,
  isHere: boolean,
): SignerReview['lines'] {
  const { timing, tal, repository } = order;
  const by = holder === null || holder.kind === 'software' ? '' : ` by “${holder.name}”`;
  return [
    {
      label: 'Proxy',
      value: order.proxy.keyId,
      note: isHere ? 'identity, of this workspace: not compared' : 'identity, compared by you',
    },
    {
      label: 'TA key',
      value: key === null ? 'a new RSA 2048 key' : `${key.label}, ${keyId(key.spkiDer)}`,
      note: key === null ? `made now${by}; it can never be changed` : 'brought along',
    },
    { label: 'Publishes at', value: repository.base, note: 'fixed for ever' },
    {
      label: 'RRDP',
      value: repository.notify ?? 'none',
      note: repository.notify === null ? 'rsync only' : '',
    },
    ...tal.https.map((uri) => ({ label: 'TAL, https', value: uri, note: '' })),
    { label: 'TAL, rsync', value: tal.rsync, note: '' },
    { label: 'Resources', value: 'AS0-AS4294967295, 0.0.0.0/0, ::/0', note: 'everything' },
    { label: 'TA certificate', value: `${timing.certificateValidityYears} years`, note: '' },
    {
      label: 'Certificates of children',
      value: `${timing.issuedCertificateValidityWeeks} weeks`,
      note: `due ${timing.issuedCertificateReissueWeeksBefore} weeks before they end${outlives(timing, timing.issuedCertificateValidityWeeks)}`,
    },
    {
      label: 'Manifest and CRL',
      value: `${timing.mftNextUpdateWeeks} weeks`,
      note: `number ${order.number}${outlives(timing, timing.mftNextUpdateWeeks)}`,
    },
    { label: 'Messages', value: `${timing.signedMessageValidityDays} days`, note: '' },
  ];
}

/** A draft nobody has typed into. */
export function signerPreset(): SignerDraft {
  return {
    proxyId: null,
    fingerprint: '',
    repository: null,
    https: '',
    rsync: '',
    timing: DEFAULT_TIMING,
    number: '1',
    key: null,
  };
}
