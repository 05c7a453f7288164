/** `signers.importToml`, `signers.toml`, `signers.exportToml`: [[signers]] in and out (H-012). They contact no device. */
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import type { Domain, TicketPaths } from '../../lib/domain.ts';
import { exportFile } from '../../lib/export-file.ts';
import { newId } from '../../lib/ids.ts';
import type { Clock, Random } from '../../ports.ts';
import type { StoredSignerConfig } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { boundSettings } from '../lifecycle/device-holder.ts';
import type { Configure } from './configure.ts';
import { surroundings } from './configure.ts';
import {
  documentOf,
  faultsOf,
  type PendingSecret,
  type PendingSigner,
  secretStored,
  SOFTWARE,
} from './document.ts';
import { mergeToml } from './import-toml.ts';
import { readSignersToml } from './read-toml.ts';
import { metSerial } from './same-device.ts';
import { samePlace } from './same-place.ts';
import { shownSettings } from './secret-variables.ts';
import { startLine } from './start-line.ts';
import { MASK } from './toml-fields.ts';
import { twinOf, unseenLabel } from './twin-labels.ts';
import { writeSignersToml } from './write-toml.ts';

export interface TomlDeps {
  clock: Clock;
  random: Random;
  session(): Session;
  /** Throws AppError NOT_FOUND. */
  blobs: { take(id: string): { name: string; bytes: Buffer } };
  tickets: TicketPaths;
  configure: Configure;
  /** Slots that were looked for since the unlock, newest last. */
  found: ReadonlyMap<string, DeviceTable>;
}

type Channels = Pick<Domain<'signers'>, 'importToml' | 'toml' | 'exportToml'>;

/** What is kept of a signer's PIN or password, sealed; null: nothing. */
function sealedOf(stored: StoredSignerConfig, { id, secret }: PendingSigner): Uint8Array | null {
  if (secret.do === 'store') return new Uint8Array(Buffer.from(secret.sealed, 'base64'));
  if (secret.do === 'forget') return null;
  return stored.signers.find((one) => one.id === id)?.sealed ?? null;
}

/** SECURITY: in the clear. */
function secretOf(session: Session, stored: StoredSignerConfig, signer: PendingSigner): string | null {
  const sealed = sealedOf(stored, signer);
  if (sealed === null) return null;
  const plain = session.open(signer.id, sealed);
  try {
    return Buffer.from(plain).toString('utf8');
  } finally {
    wipe(plain);
  }
}

/** One signer of what is pending as [[signers]], secrets as comments. */
export function signerToml(signer: Pick<PendingSigner, 'name' | 'settings'>, secret: boolean): string {
  const { name } = signer;
  return writeSignersToml({
    signers: [{ name, settings: shownSettings(signer.settings), secret: secret ? MASK : null }],
    defaultSigner: null,
    oneOffSigner: null,
  });
}

/** With the serial of the token that was met, where the operator named none and the settings still lead there. */
function withSerial(stored: StoredSignerConfig, { id, settings }: PendingSigner): PendingSigner['settings'] {
  const known = stored.signers.find((one) => one.id === id);
  if (settings?.kind !== 'pkcs11' || known === undefined || !samePlace(known.settings, settings))
    return settings;
  return boundSettings(settings, metSerial(known));
}

const slotOf = (slot: number | null | undefined) => (typeof slot === 'number' ? { slot } : {});

export function tomlChannels(deps: TomlDeps): Channels {
  const { clock, random, session, blobs, tickets, configure } = deps;

  async function written(secrets: boolean) {
    const opened = session();
    const stored = await opened.store.run('signers.config', {});
    const document = documentOf(stored);
    const nameOf = (id: string | null): string | null =>
      id === null ? null : (document.signers.find((one) => one.id === id)?.name ?? 'Software');
    const tables = [...deps.found.values()];
    const twins = new Map(
      document.signers.map((signer) => [signer.id, twinOf(signer, document.signers, stored.signers, tables)]),
    );
    const placed = document.signers.map((signer) => ({ signer, settings: withSerial(stored, signer) }));
    const signers = placed.map(({ signer, settings }) => ({
      name: signer.name,
      settings: secrets ? settings : shownSettings(settings),
      ...slotOf(twins.get(signer.id)?.slot),
      secret: secrets ? secretOf(opened, stored, signer) : sealedOf(stored, signer) === null ? null : MASK,
    }));
    const { defaultSigner, oneOffSigner } = document.roles;
    const text = writeSignersToml({
      signers,
      defaultSigner: nameOf(defaultSigner),
      oneOffSigner: nameOf(oneOffSigner),
    });
    const notes = stored.pending === null ? [] : ['It holds what is pending and not in force yet.'];
    for (const fault of faultsOf(document, await surroundings(opened)))
      notes.push(`It is not complete: ${fault.replace(/([^.])$/, '$1.')}`);
    for (const signer of document.signers) {
      const { id, name, settings } = signer;
      const asks = settings?.kind === 'pkcs11' ? settings.login && !settings.pinPad : settings?.username;
      if (id !== SOFTWARE && asks && !secretStored(stored, signer))
        notes.push(
          `"${name}": no ${settings?.kind === 'kmip' ? 'password' : 'PIN'} is kept here, so the file has none; Krill needs one.`,
        );
      const twin = twins.get(id) ?? null;
      if (twin !== null)
        notes.push(
          twin.slot === null
            ? `"${name}": another token is called "${twin.label}", too, and Krill opens the first of them. Look for slots in the settings of "${name}" and export again, or give one of them another label.`
            : `"${name}": another token is called "${twin.label}", too, so the file has the number of its slot. Look at it again when tokens were added or moved.`,
        );
      const unseen = twin === null ? unseenLabel(signer, stored.signers, tables) : null;
      if (unseen !== null)
        notes.push(
          `"${name}": Krill opens the first token that is called "${unseen}", and nobody looked since the unlock whether another one is. Look for slots in the settings of "${name}" and export again.`,
        );
      if (settings?.kind === 'kmip' && settings.serverSha256 !== null)
        notes.push(
          `"${name}": the certificate of its server is pinned here by its fingerprint, which Krill does not know. Name the certificate in server_cert_path of the file.`,
        );
    }
    const withVariables = document.signers.flatMap(({ name, settings }) =>
      settings?.kind === 'pkcs11' && Object.keys(settings.environment).length > 0 ? [`"${name}"`] : [],
    );
    if (withVariables.length > 0)
      notes.push(
        `${withVariables.join(', ')}: ${withVariables.length === 1 ? 'its' : 'their'} variables are comments in the file; start Krill with them.`,
      );
    const start = startLine(document.signers);
    notes.push(...start.notes);
    return {
      text,
      notes,
      command: start.command,
      shown: signers.filter(({ secret }) => secret !== null).length,
    };
  }

  return {
    async importToml({ revision, blob }) {
      const { name: file, bytes } = blobs.take(blob);
      try {
        const toml = readSignersToml(bytes);
        const notes = [...toml.notes];
        const what = {
          action: 'signers.importToml',
          summary: `${toml.signers.length === 1 ? 'A signer was' : `${toml.signers.length} signers were`} read from ${file.slice(0, 100)}; what they change is pending`,
        };
        const { offline } = await surroundings(session());
        await configure.hold(revision, what, (document, stored) =>
          mergeToml(document, toml, notes, {
            offline,
            newId: () => newId('signer', random),
            keeps: (signer) => secretStored(stored, signer),
            seal(id, secret, before): PendingSecret {
              const same =
                before !== null &&
                secretOf(session(), stored, {
                  ...{ id, name: '', kind: 'pkcs11', settings: null },
                  secret: before,
                }) === secret;
              return same ? before : configure.seal(id, secret);
            },
          }),
        );
        return { notes, imported: toml.signers.length };
      } finally {
        // SECURITY: it may hold PINs.
        wipe(bytes);
      }
    },
    async toml() {
      const { text, notes, command } = await written(false);
      return { text, notes, command };
    },
    async exportToml({ target, secrets, overwrite }) {
      const path = tickets.path(target, 'signers');
      const { text, shown } = await written(secrets);
      const content = Buffer.from(text, 'utf8');
      const withSecrets = secrets && shown > 0;
      const said = (summary: string): Promise<void> =>
        session().store.run('audit.add', {
          audit: { action: 'signers.exportToml', outcome: 'done', summary, subjects: [] },
        });
      if (secrets && shown === 0)
        throw new AppError(
          'NOT_ALLOWED_NOW',
          'No PIN or password is kept here. Export the signers without secrets.',
        );
      try {
        const what = withSecrets
          ? `with ${shown === 1 ? 'a PIN or password' : `${shown} PINs or passwords`} IN THE CLEAR`
          : 'without secrets';
        // SECURITY: on record before the first octet of a secret is on the disk, whatever happens then.
        if (withSecrets) await said(`Begins to export the signers ${what} to ${path}`);
        const mode = withSecrets ? 0o600 : 0o644;
        const exported = await exportFile({ path, content, mode, overwrite, now: clock.now() });
        await said(`The signers were exported ${what} to ${path}`);
        tickets.end(target);
        return { path: exported.path };
      } finally {
        if (secrets) wipe(content);
      }
    },
  };
}
