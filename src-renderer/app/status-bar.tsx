/** The line at the bottom: locked or not, what kind of station, signers, the audit head, the version. */
import { Copy } from 'lucide-react';
import type { SignerRow } from '#shared/contract/signers.ts';
import { addressText } from '#shared/offline-hsm.ts';
import { copyText } from '../components/hex-value.tsx';
import { Dot } from '../components/tag.tsx';
import { minuteText } from '../components/time.tsx';
import { toastError } from './call.ts';
import type { Session } from './session.ts';
import { hrefOf } from './router.ts';
import { useNow } from './clock.ts';
import { waitsForSecret } from '../views/signers/signer-words.ts';
import { type Serving, useServing } from './serving.ts';
import { useView } from './state.ts';
import { useQuery } from './use-query.ts';

const OPEN_WORD = { none: 'No workspace', locked: 'Locked', unlocked: 'Unlocked' } as const;
const OPEN_TONE = { none: 'note', locked: 'careful', unlocked: 'good' } as const;

/** What the trust anchor's children meet now. While it is locked, this says why they are refused. */
function ServingMark({ serving, locked }: { serving: Serving; locked: boolean }) {
  const now = useNow();
  const { running, lockedUntil } = serving;
  if (!running) return null;
  const until = lockedUntil !== null && Date.parse(lockedUntil) > now ? minuteText(lockedUntil) : null;
  if (locked)
    return until === null ? (
      <span className="badge" data-kind="refusing">
        Trust anchor: ta.cer is handed out, children get 503 while it is locked
      </span>
    ) : (
      <span className="badge" data-kind="serving">
        Trust anchor serves while locked until {until}
      </span>
    );
  return (
    <a className="badge" data-kind="serving" href={hrefOf('ta-network')}>
      {until === null ? 'Trust anchor serves' : `Serves, while locked until ${until}`}
    </a>
  );
}

/** What an offline station may reach: nothing, or the one HSM that its operator named by address. */
function OfflineMark({ unlocked }: { unlocked: boolean }) {
  const found = useQuery('signers.endpoints', {}, ['signers'], { skip: !unlocked });
  const shown = (unlocked ? (found.data?.endpoints ?? []) : []).map(
    ({ address, port, examined }) =>
      `${addressText({ address, port })}${examined ? ' (being examined)' : ''}`,
  );
  return (
    <span className="badge" data-kind="offline">
      Offline station: {shown.length === 0 ? 'no socket open' : `reaches only ${shown.join(' and ')}`}
    </span>
  );
}

/** "3 of 6 signers ready, 1 not contacted yet": of all of them; a device that nobody has asked for anything is no fault and is said apart. */
function signersText(rows: readonly SignerRow[]): string {
  if (rows.length === 0) return '';
  const waiting = rows.filter((row) => row.state === 'announced' && !waitsForSecret(row)).length;
  const ready = rows.filter(({ state }) => state === 'ready').length;
  const signers = rows.length === 1 ? 'signer' : 'signers';
  const said = `${ready === rows.length ? ready : `${ready} of ${rows.length}`} ${signers} ready`;
  return waiting === 0 ? said : `${said}, ${waiting} not contacted yet`;
}

export function StatusBar({ session }: { session: Session }) {
  const gone = useView((state) => state.mainGone);
  const unlocked = session.state === 'unlocked' && !gone;
  const info = useQuery('app.info', {}, []);
  const list = useQuery('signers.list', {}, ['signers'], { skip: !unlocked });
  const head = useQuery('audit.head', {}, ['audit'], { skip: !unlocked });
  const locked = useQuery('audit.lockedHead', {}, ['audit', 'workspace'], {
    skip: session.state !== 'locked' || gone,
  });
  const shown = unlocked ? head.data : session.state === 'locked' ? (locked.data?.head ?? null) : null;
  const signers = signersText(list.data?.rows ?? []);
  const serving = useServing(session.state);
  const kind = session.workspace?.kind;
  return (
    <footer className="status-bar" aria-label="Status">
      <span className="with-dot">
        <Dot tone={gone ? 'bad' : OPEN_TONE[session.state]} />
        {gone ? 'Main process gone' : OPEN_WORD[session.state]}
      </span>
      {kind === 'offline' ? <OfflineMark unlocked={unlocked} /> : null}
      {kind === 'rehearsal' ? (
        <span className="badge" data-kind="rehearsal">
          Rehearsal: nothing here is real
        </span>
      ) : null}
      {serving === null || gone ? null : <ServingMark serving={serving} locked={!unlocked} />}
      {signers === '' ? null : (
        <span className="status-optional status-signers" title={signers}>
          {signers}
        </span>
      )}
      <span className="push" />
      {shown ? (
        <button
          type="button"
          className="status-copy"
          onClick={() => {
            copyText(shown.short, 'Audit head').catch(toastError);
          }}
        >
          <span className="status-entries num">Audit {shown.entries.toLocaleString('en')} entries · </span>
          {unlocked ? 'head' : 'head at the lock'} <span className="mono">{shown.short}</span>
          <Copy aria-label="copy" />
        </button>
      ) : null}
      <span className="status-optional">Baleen {info.data?.version ?? ''}</span>
    </footer>
  );
}
