/** The channels that change what is pending, apply and discard it. They contact no device. */
import type { Topic } from '#shared/bridge.ts';
import type { FieldError } from '#shared/errors.ts';
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import type { Domain } from '../../lib/domain.ts';
import { newId } from '../../lib/ids.ts';
import type { Random } from '../../ports.ts';
import type { StoredSignerConfig } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { carriedMarks } from '../lifecycle/carried-marks.ts';
import type { LiveSigners } from '../lifecycle/live-signers.ts';
import { checkSettings } from './check-settings.ts';
import {
  appliedSigners,
  changesOf,
  documentOf,
  faultsOf,
  type PendingSecret,
  type PendingSigner,
  type SignerDocument,
  secretStored,
  SOFTWARE,
  type Surroundings,
  withSigner,
} from './document.ts';
import { nameTaken } from './roles.ts';
import { metSerial } from './same-device.ts';
import { keptVariables, untypedVariables } from './secret-variables.ts';

export interface ConfigureDeps {
  random: Random;
  session(): Session;
  live(): LiveSigners;
  /** What a person typed for a signer as it was pending, to be held until the lock; it belongs to the answer. null: nothing. */
  typed(signer: PendingSigner): Uint8Array | null;
  changed(topic: Topic, ids: string[]): void;
}

type Channels = Pick<
  Domain<'signers'>,
  'save' | 'remove' | 'rename' | 'addSoftware' | 'setRoles' | 'apply' | 'discard'
>;

export async function surroundings(session: Session): Promise<Surroundings> {
  const [counts, { signers }] = await Promise.all([
    session.store.run('signers.keyCounts', {}),
    session.store.run('signers.config', {}),
  ]);
  return {
    serials: new Map(
      signers.flatMap((one): [string, string][] => {
        const serial = metSerial(one);
        return serial === null ? [] : [[one.id, serial]];
      }),
    ),
    offline: session.workspace.kind === 'offline',
    keys: new Map(counts.map(({ signer, count }) => [signer, count])),
  };
}

/** Whether what is pending is what is in force. */
function isSame(stored: StoredSignerConfig, next: SignerDocument): boolean {
  const pending = JSON.stringify(next);
  return (
    pending === JSON.stringify(documentOf({ ...stored, pending: null })) ||
    changesOf({ ...stored, pending }).length === 0
  );
}

export interface Configure {
  channels: Channels;
  /** Edits what is pending, on record; `edit` may throw. Throws AppError CONFLICT. */
  hold(
    revision: number,
    what: { action: string; summary: string; id?: string },
    edit: (document: SignerDocument, stored: StoredSignerConfig) => SignerDocument | Promise<SignerDocument>,
  ): Promise<void>;
  /** Seals a PIN or password under the id of its signer. */
  seal(id: string, secret: string): PendingSecret;
}

/** What the screen was never shown stays as it was. */
function withKept(given: SignerSettings, before: SignerSettings | null): SignerSettings {
  if (given.kind !== 'pkcs11') return given;
  const kept = before?.kind === 'pkcs11' ? before.environment : {};
  return { ...given, environment: keptVariables(given.environment, kept) };
}

function untypedFaults(settings: SignerSettings): FieldError[] {
  if (settings.kind !== 'pkcs11') return [];
  return untypedVariables(settings.environment).map((name) => ({
    path: `settings.environment.${name}`,
    message: `Type the value of ${name}`,
  }));
}

export function createConfigure(deps: ConfigureDeps): Configure {
  const { random, session, live, changed } = deps;

  const entry = (what: { action: string; summary: string; id?: string }) => ({
    action: what.action,
    outcome: 'done' as const,
    summary: what.summary,
    subjects: what.id === undefined ? [] : [{ type: 'signer', id: what.id, sha256: null }],
  });

  const hold: Configure['hold'] = async (revision, what, edit) => {
    const { store } = session();
    const stored = await store.run('signers.config', {});
    const next = await edit(structuredClone(documentOf(stored)), stored);
    const pending = isSame(stored, next) ? null : JSON.stringify(next);
    await store.run('signers.hold', { revision, pending, audit: entry(what) });
    changed('signers', []);
  };

  const seal: Configure['seal'] = (id, secret) => {
    const plain = Buffer.from(secret, 'utf8');
    try {
      return { do: 'store', sealed: Buffer.from(session().seal(id, plain)).toString('base64') };
    } finally {
      wipe(plain);
    }
  };

  function findPending(document: SignerDocument, id: string): PendingSigner {
    const found = document.signers.find((one) => one.id === id);
    if (found === undefined)
      throw new AppError('NOT_FOUND', 'This signer is no longer there. Look at the list again.', {
        ids: [id],
      });
    return found;
  }

  function nameFault(document: SignerDocument, id: string, name: string): FieldError[] {
    const taken = document.signers.some((one) => one.id !== id && one.name === name);
    return taken ? [{ path: 'name', message: nameTaken(name) }] : [];
  }

  function refuse(fields: FieldError[]): void {
    if (fields.length === 0) return;
    const [first] = fields;
    throw new AppError('INVALID_INPUT', (first?.message ?? '').replace(/([^.])$/, '$1.'), { fields });
  }

  const channels: Channels = {
    async save({ revision, id: asked, name, settings: given, secret }) {
      const id = asked ?? newId('signer', random);
      const what = {
        action: 'signers.save',
        id,
        summary: `The signer "${name}" is to be ${asked === null ? 'added' : 'changed'}; it is pending`,
      };
      await hold(revision, what, async (document, stored) => {
        const before = asked === null ? null : findPending(document, asked);
        if (before !== null && before.kind !== given.kind)
          throw new AppError(
            'POLICY_REFUSED',
            `${before.name} is of another kind. Add a new signer instead.`,
            { ids: [id] },
          );
        const settings = withKept(given, before?.settings ?? null);
        const next: PendingSigner = {
          id,
          name,
          kind: settings.kind,
          settings,
          secret: before?.secret ?? { do: 'keep' },
        };
        if (secret.do === 'forget') next.secret = { do: 'forget' };
        if (secret.do === 'store') next.secret = seal(id, secret.secret);
        const { offline } = await surroundings(session());
        refuse([
          ...nameFault(document, id, name),
          ...untypedFaults(settings),
          ...(await checkSettings(settings, { secret: secretStored(stored, next), offline })),
        ]);
        if (before === null) return withSigner(document, next);
        return { ...document, signers: document.signers.map((one) => (one.id === id ? next : one)) };
      });
      return { id };
    },
    async remove({ revision, id }) {
      const { store } = session();
      const stored = await store.run('signers.config', {});
      const { name } = findPending(documentOf(stored), id);
      if (id !== SOFTWARE) await store.run('signers.requireNoKeys', { id, name });
      const what = {
        action: 'signers.remove',
        id,
        summary: `The signer "${name}" is to be removed; it is pending`,
      };
      await hold(revision, what, (document) => {
        const without = (role: string | null): string | null => (role === id ? null : role);
        return {
          signers: document.signers.filter((one) => one.id !== id),
          roles: {
            defaultSigner: without(document.roles.defaultSigner),
            oneOffSigner: without(document.roles.oneOffSigner),
          },
        };
      });
      return {};
    },
    async addSoftware({ revision }) {
      const what = {
        action: 'signers.addSoftware',
        id: SOFTWARE,
        summary: 'The software signer is to be named in the configuration again; it is pending',
      };
      await hold(revision, what, (document) => {
        if (document.signers.some(({ id }) => id === SOFTWARE)) return document;
        const taken = new Set(document.signers.map(({ name }) => name));
        const name =
          ['Software', 'Software (built in)'].find((one) => !taken.has(one)) ?? newId('software', random);
        const added: PendingSigner = {
          id: SOFTWARE,
          name,
          kind: 'software',
          settings: null,
          secret: { do: 'keep' },
        };
        return withSigner(document, added);
      });
      return {};
    },
    async rename({ revision, id, name }) {
      const what = {
        action: 'signers.rename',
        id,
        summary: `A signer is to be called "${name}"; it is pending`,
      };
      await hold(revision, what, (document) => {
        findPending(document, id);
        refuse(nameFault(document, id, name));
        return {
          ...document,
          signers: document.signers.map((one) => (one.id === id ? { ...one, name } : one)),
        };
      });
      return {};
    },
    async setRoles({ revision, defaultSigner, oneOffSigner }) {
      const what = {
        action: 'signers.setRoles',
        summary: 'The roles of the signers are to be changed; it is pending',
      };
      await hold(revision, what, (document) => {
        for (const role of [defaultSigner, oneOffSigner])
          if (role !== null && role !== SOFTWARE) findPending(document, role);
        return { ...document, roles: { defaultSigner, oneOffSigner } };
      });
      return {};
    },
    async apply({ revision }) {
      const { store } = session();
      const stored = await store.run('signers.config', {});
      const changes = changesOf(stored);
      if (changes.length === 0) throw new AppError('NOT_ALLOWED_NOW', 'Nothing is pending.');
      const next = documentOf(stored);
      const faults = faultsOf(next, await surroundings(session()));
      if (faults.length > 0)
        throw new AppError(
          'NOT_ALLOWED_NOW',
          faults.map((fault) => fault.replace(/([^.])$/, '$1.')).join(' '),
        );
      await store.run('signers.apply', {
        revision,
        signers: appliedSigners(next, await carriedMarks(session(), stored, next.signers)),
        roles: next.roles,
        audit: entry({
          action: 'signers.apply',
          summary: `The signers were changed: ${changes.join(' ')}`.slice(0, 300),
        }),
      });
      const config = await store.run('signers.config', {});
      const typed = new Map(next.signers.map((signer) => [signer.id, deps.typed(signer)]));
      await live().apply(config, typed);
      changed('keys', []);
      return {};
    },
    async discard({ revision }) {
      const { store } = session();
      await store.run('signers.hold', {
        revision,
        pending: null,
        audit: entry({
          action: 'signers.discard',
          summary: 'What was pending for the signers was discarded',
        }),
      });
      changed('signers', []);
      return {};
    },
  };
  return { channels, hold, seal };
}
