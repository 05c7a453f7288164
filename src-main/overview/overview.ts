/** The `overview.*` channels: what needs a person, what is ahead, what was done; and the palette's search. It changes nothing. */
import type { Domain } from '../lib/domain.ts';
import type { Clock } from '../ports.ts';
import type { SignerState } from '#shared/contract/signers.ts';
import type { SignerRouter } from '../signers/router.ts';
import type { SignerFacts } from '../signers/signer.ts';
import type { StoredCertificate } from '../store/columns.ts';
import type { Store } from '../store/store-contract.ts';
import { storedDraftLink } from '../drafts/draft-title.ts';
import { type RestoredCopy, restoredCopyOf } from '../vault/restored-copy.ts';
import type { Vault } from '../vault/vault-contract.ts';
import { findObjects } from './find.ts';

type Overview = Awaited<ReturnType<Domain<'overview'>['get']>>;
type Attention = Overview['attention'][number];

const RECENT = 8;
const LANES = 40;
const DUE = 20;

/** What nobody did yet although it matters. */
function recoveryKey(verified: boolean): Attention[] {
  if (verified) return [];
  return [
    {
      severity: 'careful',
      subject: 'Recovery key',
      text: 'was not checked yet',
      detail: 'If the passphrase is forgotten and the paper is wrong, nothing opens this workspace.',
      action: { label: 'Check it…', route: '/create/recovery' },
    },
  ];
}

/** Nobody presses Verify to hear of it: it stands first until a verification finds nothing. */
function auditItem(fault: string | null): Attention[] {
  if (fault === null) return [];
  return [
    {
      severity: 'bad',
      subject: 'Audit',
      text: 'was found wrong',
      detail: `${fault.replace(/([^.])$/, '$1.')} Copy the folder as it is now, and ask who could write in it.`,
      action: { label: 'Look at it', route: '/audit' },
    },
  ];
}

/** Two copies of one workspace may be in use, until a person says that it is this one alone. */
function copyItem(copy: RestoredCopy | null): Attention[] {
  if (copy === null) return [];
  const { madeAt, knownUntil } = copy;
  return [
    {
      severity: 'careful',
      subject: 'Restored copy',
      text: 'of a workspace that may still be used',
      detail: `Restored from the backup of ${madeAt}: what the original signed or recorded after ${knownUntil} is not known here. Make sure that the original is not used any more.`,
      action: { label: 'Settle it…', route: '/settings?open=copy' },
    },
  ];
}

function days(ms: number): string {
  // As the lists say it: to the nearest day, below two days in hours.
  const whole = Math.round(Math.abs(ms) / 86_400_000);
  if (whole >= 2) return `${whole} day${whole === 1 ? '' : 's'}`;
  const hours = Math.floor(Math.abs(ms) / 3_600_000);
  return `${hours} hour${hours === 1 ? '' : 's'}`;
}

function dueItem(row: StoredCertificate, now: Date): Attention {
  const left = Date.parse(row.notAfter) - now.getTime();
  const expired = left < 0;
  return {
    severity: expired ? 'bad' : 'careful',
    subject: row.name,
    text: expired ? `expired ${days(left)} ago` : `ends in ${days(left)}`,
    detail: expired
      ? 'Nothing accepts it since'
      : 'Past two thirds of its life: renew it now, while there is time to try again.',
    ...(expired ? { at: row.notAfter } : {}),
    action: {
      label: row.source === 'issued' && row.keyId !== null ? 'Renew…' : 'Look at it',
      route: `/certificates/${row.id}`,
    },
  };
}

async function draftItems(store: Store): Promise<Attention[]> {
  const drafts = (await store.run('drafts.list', {})).filter(({ revision }) => revision > 1);
  return drafts.slice(0, 5).flatMap((stored) => {
    const link = storedDraftLink(stored);
    if (link === null) return [];
    return [
      {
        severity: 'note' as const,
        subject: link.title,
        text: stored.kind === 'ta.signer' ? 'is being set up' : 'is not signed yet',
        detail: 'Last changed',
        at: stored.updatedAt,
        action: { label: 'Continue…', route: link.route },
      },
    ];
  });
}

/** A signer that was not asked yet is no fault (H-019). */
const SIGNER_SEVERITY: Record<SignerState, 'good' | 'note' | 'careful' | 'bad'> = {
  announced: 'note',
  probing: 'note',
  ready: 'good',
  'login-needed': 'careful',
  retrying: 'careful',
  unusable: 'bad',
};

const SIGNER_WORD: Partial<Record<SignerState, string>> = {
  'login-needed': 'waits for a login',
  retrying: 'is not there',
  unusable: 'cannot be used',
};

/** It would not get its PIN or password, which it refused before; null: nothing of the kind. */
function waitsForSecret({ kind, state, secretMark }: SignerFacts): { word: string; detail: string } | null {
  if (state !== 'announced' && state !== 'login-needed') return null;
  if (secretMark === undefined || secretMark === null) return null;
  const secret = kind === 'kmip' ? 'password' : 'PIN';
  return secretMark === 'refused'
    ? {
        word: `refused its ${secret}`,
        detail: `It is not sent again by itself: type another ${secret} before something is to be signed.`,
      }
    : {
        word: `did not answer to its ${secret}`,
        detail: `It is not sent again by itself, because it may have cost a try: look at the device, then log in.`,
      };
}

const WORST_FIRST: readonly Attention['severity'][] = ['bad', 'careful', 'note', 'good'];

/** What is equally bad stays in its order. */
const worstFirst = (items: readonly Attention[]): Attention[] =>
  items.toSorted((a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity));

function signerSeverity(facts: SignerFacts): (typeof SIGNER_SEVERITY)[SignerState] {
  return waitsForSecret(facts) === null ? SIGNER_SEVERITY[facts.state] : 'careful';
}

/** A signer whose keys cannot sign until somebody does something. */
function signerItem(facts: SignerFacts): Attention[] {
  const { id, name, state } = facts;
  const refused = waitsForSecret(facts);
  const word = refused?.word ?? SIGNER_WORD[state];
  if (word === undefined) return [];
  return [
    {
      severity: signerSeverity(facts),
      subject: name,
      text: word,
      detail: refused?.detail ?? facts.text,
      action: { label: 'Look at it', route: `/signers/${id}` },
    },
  ];
}

export function createOverview(deps: {
  clock: Clock;
  vault: Vault;
  router: SignerRouter;
  /** What other domains want a person to see. */
  attention(): Promise<Attention[]>;
  /** What is known to be wrong with the audit. */
  auditFault(): string | null;
}): Domain<'overview'> {
  const { clock, vault } = deps;
  return {
    async get() {
      const { store } = vault.session();
      const now = clock.now();
      const halves = await Promise.all(
        (['proxy', 'signer'] as const).map(async (half) => ({
          half,
          version: await store.run('ta.version', { half }),
        })),
      );
      const trustAnchor = halves.filter(({ version }) => version !== null).map(({ half }) => half);
      const [ahead, due, counts, authorities, keys, drafts, audit, facts, others, held, copy] =
        await Promise.all([
          store.run('certificates.ahead', { limit: LANES }),
          store.run('certificates.due', { limit: DUE }),
          store.run('certificates.counts', { query: '', state: null, issuer: null, role: null }),
          store.run('authorities.list', {}),
          store.run('keys.list', { query: '', cursor: null, limit: 1 }),
          draftItems(store),
          store.run('audit.list', {
            query: '',
            outcome: null,
            action: null,
            from: null,
            to: null,
            cursor: null,
            limit: RECENT,
          }),
          deps.router.describe(),
          deps.attention(),
          store.run('signers.keyCounts', {}),
          restoredCopyOf(store),
        ]);
      return {
        checkedAt: now.toISOString(),
        attention: worstFirst([
          ...auditItem(deps.auditFault()),
          ...copyItem(copy),
          ...others,
          ...facts.flatMap(signerItem),
          ...due.map((row) => dueItem(row, now)),
          ...recoveryKey(vault.opened()?.header.recoveryVerified ?? false),
          ...drafts,
        ]),
        signers: facts.map((one) => {
          const refused = waitsForSecret(one);
          return {
            name: one.name,
            state: signerSeverity(one),
            keys: held.find(({ signer }) => signer === one.id)?.count ?? 0,
            text: refused === null ? one.text : `It ${refused.word}. ${refused.detail}`,
          };
        }),
        trustAnchor,
        counts: {
          authorities: authorities.length,
          certificates: counts.total,
          keys: keys.total,
          drafts: drafts.length,
        },
        lanes: ahead.map((row) => ({
          id: row.id,
          name: row.name,
          group: row.isCa ? 'ca' : 'leaf',
          from: row.notBefore,
          to: row.notAfter,
          renewAt: row.renewAt,
          state: row.state,
        })),
        recent: audit.rows.map(({ seq, at, summary, outcome }) => ({ seq, at, summary, outcome })),
      };
    },
    async find({ query }) {
      return { hits: await findObjects(vault.session().store, query) };
    },
  };
}
