/**
 * The one place that builds things: ports in, application out. Both shells, the tests and the tour start Baleen
 * through `createApp`; nothing else constructs a domain.
 */
import type { Topic } from '#shared/bridge.ts';
import { createAudit } from './audit/audit.ts';
import { createCa } from './ca/ca.ts';
import { createHandedReviews } from './ca/handed-reviews.ts';
import { authorityRolls } from './ca/roll-authority.ts';
import { issuePreset } from './ca/issue-preset.ts';
import { createDrafts } from './drafts/drafts.ts';
import { createInspect } from './inspect/inspect.ts';
import { appDomain, blobDomain, clipboardDomain, dialogsDomain, jobsDomain } from './ipc/app-channels.ts';
import { createBlobs } from './ipc/blobs.ts';
import { createDispatch, type Dispatch } from './ipc/dispatch.ts';
import { handlersOf } from './ipc/handlers.ts';
import { createTickets } from './ipc/tickets.ts';
import { createAppearance } from './lib/appearance.ts';
import { AppError } from './lib/app-error.ts';
import { deviceActions } from './lib/device-use.ts';
import { bounded } from './lib/bounded.ts';
import { createCalls } from './lib/calls.ts';
import { createClipboardTimer } from './lib/clipboard-timer.ts';
import { createIssuing } from './issuing/issuing.ts';
import { createKeys } from './keys/keys.ts';
import { createJobs, MOST_AT_LOCK_MS } from './lib/jobs.ts';
import { createLog } from './lib/log.ts';
import { createNetGate } from './lib/net-gate.ts';
import { createOverview } from './overview/overview.ts';
import type { Net, Ports } from './ports.ts';
import { migrationChannels } from './signers/migration.ts';
import { leftOnDevice } from './signers/left-on-device.ts';
import { createSignerRouter } from './signers/router.ts';
import { type DeviceParts, deviceParts } from './signers/device-parts.ts';
import { createSigners } from './signers/signers.ts';
import { createSoftwareSigner } from './signers/software/software-signer.ts';
import type { Session } from './store/store-contract.ts';
import { createTa } from './ta/ta.ts';
import { signerPreset } from './ta/signer/setup.ts';
import { vaultDomain } from './vault/vault-domain.ts';
import type { Kdf } from './vault/header.ts';
import { createVault } from './vault/vault.ts';

/** What a test gives in its place; the shells give none. */
export interface AppParts {
  devices?: DeviceParts | undefined;
  /** Of new workspaces, instead of one calibrated for this machine. */
  kdf?: Kdf | undefined;
}

export interface App {
  dispatch: Dispatch;
  /** The network as the domains have it: behind the gate. */
  net: Net;
  /** Others would miss it if it ended now: the operator is asked before. */
  isNeeded(): boolean;
  /** Locks the workspace and ends what runs; everything acknowledged is stored by then. */
  close(): Promise<void>;
}

const CHECK_AFTER_MS = 1000;
/** A window that hangs must not keep the keys in memory. */
const CLIPBOARD_MS = 5000;

export async function createApp(ports: Ports, parts: AppParts = {}): Promise<App> {
  const { clock, random } = ports;
  // SECURITY: native modules read Node's diagnostic report to learn which C library there is, and with it Node would ask the
  // name server for the name behind every open socket, standing still meanwhile.
  Object.assign(process.report, { excludeNetwork: true });
  const log = createLog(ports.logLine, ports.version);
  const changed = (topic: Topic, ids: string[]): void => {
    ports.emit({ type: 'changed', topic, ids });
    if (topic === 'workspace') void gate.sweep();
  };

  const appearance = createAppearance({ configFolder: ports.paths.config, log });
  /** A device signed and the action left no record: it gets one, with key and device. */
  const around = deviceActions(async () => {
    const audit = {
      action: 'signers.use',
      outcome: 'done' as const,
      summary: 'A device signed, and the action that asked for it left no record of its own',
      subjects: [],
    };
    await session().store.run('audit.add', { audit });
  });
  const clipboard = createClipboardTimer({ clock, clipboard: ports.clipboard, log });
  const calls = createCalls();
  const jobs = createJobs({ clock, random, log, around, changed });
  const blobs = createBlobs({ clock, random });
  const tickets = createTickets({ random });

  const vault = createVault({ ports, log, changed, kdf: parts.kdf });
  const audit = createAudit({ clock, vault, tickets, changed });
  const session = vault.session;
  const openSession = (): Session | null => (vault.stateName() === 'unlocked' ? session() : null);
  const gate = createNetGate({
    net: ports.net,
    log,
    around,
    station() {
      const opened = vault.opened();
      if (opened === null) return null;
      const unlocked = openSession();
      return {
        id: opened.folder,
        kind: opened.header.kind,
        session: unlocked,
        hsm: unlocked === null ? [] : signers.endpoints(),
      };
    },
  });
  const software = createSoftwareSigner({ sealer: session });
  const signers = createSigners({
    clock,
    random,
    log,
    jobs,
    blobs,
    tickets,
    session,
    software,
    version: ports.version,
    changed,
    ...(parts.devices ?? deviceParts({ clock, random, net: gate.net, hosts: ports.signerHosts })),
  });
  vault.onBegin(signers.begin);
  const router = createSignerRouter(
    signers.table,
    leftOnDevice({
      ...{ log, session, giveUp: signers.giveUp },
      device: (id) => signers.table().device(id),
    }),
  );
  const issuing = createIssuing({ random, router });
  const drafts = createDrafts({
    random,
    session,
    presets: { 'ca.issue': issuePreset, 'ta.signer': signerPreset },
    changed,
  });
  const shared = { clock, random, jobs, blobs, tickets, session, router, software, changed };
  const keys = createKeys(shared);
  const ofAuthorities = { ...shared, drafts, issuing, reviews: createHandedReviews({ random, session }) };
  const ca = createCa(ofAuthorities);
  const ta = createTa({
    ...shared,
    drafts,
    net: gate.net,
    volumes: ports.volumes,
    around,
    failed: (error) => void log.failure('keeping a local child fresh', error),
  });
  const migration = migrationChannels({
    ...shared,
    contact: signers.contact,
    rolls: async (target) => [...(await authorityRolls(ofAuthorities, target)), ...(await ta.rolls(target))],
  });
  const overview = createOverview({
    clock,
    vault,
    router,
    attention: ta.attention,
    auditFault: audit.foundWrong,
  });
  const inspect = createInspect({ ...shared, openSession, anchors: ta.ofAnchor });

  // After the first screen: a long audit keeps the store busy for a while.
  vault.onUnlock(
    () =>
      void clock.after(CHECK_AFTER_MS, () => {
        audit.checkUnlocked().catch((error: unknown) => {
          // Locked again meanwhile: the next unlock looks.
          if (error instanceof AppError && (error.code === 'LOCKED' || error.code === 'NO_WORKSPACE')) return;
          log.failure('the audit behind the unlock', error);
        });
      }),
  );
  vault.onUnlock(
    () =>
      void around(ta.unlocked).catch((error: unknown) =>
        log.failure('what is due at the trust anchor', error),
      ),
  );
  for (const step of [
    // First: work that waits for an answer, of a server or of a person, ends by it.
    gate.shut,
    signers.locking,
    jobs.clear,
    () => bounded(clock, MOST_AT_LOCK_MS, 'a change under way', calls.settled()),
    // What those began.
    jobs.clear,
    blobs.clear,
    inspect.clear,
    ta.locking,
    software.forget,
    () => bounded(clock, CLIPBOARD_MS, 'clearing the clipboard', clipboard.clearSecret()),
  ])
    vault.onLock(step);

  const own = { ports, log, appearance, clipboard, jobs, blobs, tickets };
  const dispatch = createDispatch({
    handlers: handlersOf(
      {
        app: appDomain(own),
        clipboard: clipboardDomain(own),
        dialogs: dialogsDomain(own),
        jobs: jobsDomain(own),
        blob: blobDomain(own),
        workspace: vaultDomain({ ports, vault, jobs, tickets }),
        audit: audit.domain,
        drafts: drafts.domain,
        keys,
        signers: { ...signers.domain, ...migration },
        ca,
        overview,
        inspect: inspect.domain,
        ta: ta.domain,
      },
      calls,
    ),
    state: vault.stateName,
    log,
    around,
    refused: audit.refused,
  });

  if (ports.paths.workspace !== null) {
    try {
      await vault.open(ports.paths.workspace);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ports.notices.push(error.message);
    }
  }
  return {
    dispatch,
    net: gate.net,
    isNeeded: ta.serving,
    async close() {
      await vault.close();
      // A restore needs no open workspace, and what it made so far would stay.
      await jobs.end();
      await bounded(clock, CLIPBOARD_MS, 'clearing the clipboard', clipboard.clearSecret()).catch(
        (error: unknown) => log.failure('ending', error),
      );
    },
  };
}
