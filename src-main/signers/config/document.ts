/** The configuration of the signers as one document: what is pending, how it differs from what is in force, what is wrong with it. Pure. */
import type { Finding } from '#shared/contract/channel.ts';
import type { SignerKind } from '#shared/contract/signers.ts';
import { type SignerSettings, storedSettings } from '#shared/contract/signer-settings.ts';
import type {
  AppliedSigner,
  RefusedPin,
  SignerRoles,
  StoredSignerConfig,
} from '../../store/signer-columns.ts';
import { roleFaults } from './roles.ts';
import { sharersOf } from './same-device.ts';
import { samePlace } from './same-place.ts';
import { settingChanges } from './setting-changes.ts';

export const SOFTWARE = 'software';

/** A PIN or password as it will be: as it is, forgotten, or this one (sealed, base64). */
export type PendingSecret = { do: 'keep' } | { do: 'forget' } | { do: 'store'; sealed: string };

export interface PendingSigner {
  id: string;
  name: string;
  kind: SignerKind;
  settings: SignerSettings | null;
  secret: PendingSecret;
}

export interface SignerDocument {
  signers: PendingSigner[];
  roles: SignerRoles;
}

/** What an edit starts from: what is pending, else what is in force. */
export function documentOf(stored: StoredSignerConfig): SignerDocument {
  if (stored.pending !== null) {
    const { signers, roles } = JSON.parse(stored.pending) as SignerDocument;
    return {
      signers: signers.map((signer) => ({ ...signer, settings: storedSettings(signer.settings) })),
      roles,
    };
  }
  return {
    signers: stored.signers.map(({ id, name, kind, settings }) => ({
      id,
      name,
      kind,
      settings,
      secret: { do: 'keep' },
    })),
    roles: stored.roles,
  };
}

/** One more signer. Whoever makes the long-lived keys because nobody chose goes on, chosen from then on: Krill wants it said (H-016). */
export function withSigner({ signers, roles }: SignerDocument, added: PendingSigner): SignerDocument {
  const [only] = signers.length === 1 ? signers : [];
  return {
    signers: added.id === SOFTWARE ? [added, ...signers] : [...signers, added],
    roles: { ...roles, defaultSigner: roles.defaultSigner ?? only?.id ?? null },
  };
}

/** `marks`: of PINs, by the id of the signer; they come into force with it. */
export function appliedSigners(
  { signers }: SignerDocument,
  marks: ReadonlyMap<string, readonly RefusedPin[]>,
): AppliedSigner[] {
  return signers.map(({ secret, ...signer }) => ({
    ...signer,
    marks: marks.get(signer.id) ?? [],
    sealed:
      secret.do === 'keep'
        ? 'keep'
        : secret.do === 'forget'
          ? null
          : new Uint8Array(Buffer.from(secret.sealed, 'base64')),
  }));
}

export function secretStored(stored: StoredSignerConfig, { id, secret }: PendingSigner): boolean {
  if (secret.do !== 'keep') return secret.do === 'store';
  return (stored.signers.find((one) => one.id === id)?.sealed ?? null) !== null;
}

/** Who does what, with Krill's implicit rules (H-016, H-017). */
export function effectiveRoles(config: { signers: readonly { id: string }[]; roles: SignerRoles }): {
  defaultSigner: string;
  oneOffSigner: string;
  oneOffImplied: boolean;
} {
  const { signers, roles } = config;
  const only = signers.length === 1 ? signers[0]?.id : undefined;
  return {
    defaultSigner: roles.defaultSigner ?? only ?? SOFTWARE,
    oneOffSigner: roles.oneOffSigner ?? SOFTWARE,
    oneOffImplied: roles.oneOffSigner === null,
  };
}

/** Whose device is reached otherwise, or not at all, or with another secret, once it is applied. */
export function changedSigners(stored: StoredSignerConfig): { id: string; name: string }[] {
  const next = documentOf(stored).signers;
  const changed = next.filter((signer) => {
    const before = stored.signers.find(({ id }) => id === signer.id);
    return (
      before === undefined ||
      signer.secret.do !== 'keep' ||
      JSON.stringify(before.settings) !== JSON.stringify(signer.settings)
    );
  });
  return [...changed, ...stored.signers.filter(({ id }) => !next.some((one) => one.id === id))];
}

/** What will be different, a sentence each (H-013). */
export function changesOf(stored: StoredSignerConfig): string[] {
  if (stored.pending === null) return [];
  const next = documentOf(stored);
  const name = (id: string): string =>
    [...next.signers, ...stored.signers].find((one) => one.id === id)?.name ?? 'Software';
  const changes: string[] = [];
  for (const signer of next.signers) {
    const before = stored.signers.find(({ id }) => id === signer.id);
    if (before === undefined) changes.push(`${signer.name} is added.`);
    else {
      if (before.name !== signer.name) changes.push(`${before.name} is called ${signer.name}.`);
      changes.push(...settingChanges(signer.name, before.settings, signer.settings));
      if (secretStored(stored, signer) && !samePlace(before.settings, signer.settings))
        changes.push(`The secret of ${signer.name} that is kept goes to its new place from then on.`);
      if (signer.secret.do === 'store') changes.push(`Another secret of ${signer.name} is kept.`);
      if (signer.secret.do === 'forget' && before.sealed !== null)
        changes.push(`The secret of ${signer.name} is forgotten.`);
    }
  }
  for (const before of stored.signers)
    if (!next.signers.some(({ id }) => id === before.id)) changes.push(`${before.name} is removed.`);
  const [now, then] = [effectiveRoles(stored), effectiveRoles(next)];
  if (now.defaultSigner !== then.defaultSigner)
    changes.push(`Long-lived keys are made by ${name(then.defaultSigner)}.`);
  if (now.oneOffSigner !== then.oneOffSigner || now.oneOffImplied !== then.oneOffImplied)
    changes.push(
      `Keys for one signature are made by ${name(then.oneOffSigner)}${then.oneOffImplied ? ', because nobody else is chosen' : ''}.`,
    );
  return changes;
}

/** What the checks of a whole configuration need to know of the workspace. */
export interface Surroundings {
  offline: boolean;
  /** Keys of this workspace by the id of their signer. */
  keys: ReadonlyMap<string, number>;
  /** By which the device of each signer was told apart when it was met. */
  serials: ReadonlyMap<string, string>;
}

/** Whether nobody would hold the keys that lie in software: Krill's one-off trap (H-028). */
function trapped(document: SignerDocument, { keys }: Surroundings): boolean {
  const { defaultSigner, oneOffSigner } = effectiveRoles(document);
  return (
    (keys.get(SOFTWARE) ?? 0) > 0 &&
    !document.signers.some(({ id }) => id === SOFTWARE) &&
    defaultSigner !== SOFTWARE &&
    oneOffSigner !== SOFTWARE
  );
}

/** Why it cannot be applied, in Krill's words where it has some. */
export function faultsOf(document: SignerDocument, about: Surroundings): string[] {
  const { signers, roles } = document;
  const nameOf = (id: string | null): string | null =>
    id === null ? null : (signers.find((one) => one.id === id)?.name ?? id);
  const faults = roleFaults(
    signers.map(({ name }) => name),
    { defaultSigner: nameOf(roles.defaultSigner), oneOffSigner: nameOf(roles.oneOffSigner) },
  );
  const endpoints = new Set(
    signers.flatMap(({ settings }) =>
      settings?.kind === 'kmip' ? [`${settings.host} ${settings.port}`] : [],
    ),
  );
  if (about.offline && endpoints.size > 1)
    faults.push('An offline station may speak with one HSM only. Leave one KMIP server.');
  if (trapped(document, about))
    faults.push(
      'The software signer holds keys of this workspace and is in no role. Add it again before you apply.',
    );
  return faults;
}

/** The advisor (H-028, H-033). */
export function adviceOf(document: SignerDocument, about: Surroundings): Finding[] {
  const { defaultSigner, oneOffSigner } = effectiveRoles(document);
  const software = about.keys.get(SOFTWARE) ?? 0;
  const names = new Map(document.signers.map(({ id, name }) => [id, name]));
  const finding = (code: string, severity: Finding['severity'], text: string): Finding => ({
    code,
    severity,
    text,
    where: '',
    clause: '',
  });
  const found: Finding[] = [];
  if (trapped(document, about))
    found.push(
      finding(
        'one-off-trap',
        'bad',
        `${software} keys lie in software, and with ${names.get(oneOffSigner) ?? oneOffSigner} for both roles no software signer is left to use them: Krill could not sign with them any more. Add the OpenSSL signer, or leave the keys for one signature to software.`,
      ),
    );
  if (oneOffSigner !== SOFTWARE)
    found.push(
      finding(
        'one-off-on-device',
        'careful',
        `Each signed object needs a new key on ${names.get(oneOffSigner) ?? oneOffSigner}, which is destroyed after one signature: this is slow and wears some devices out.`,
      ),
    );
  if (defaultSigner !== SOFTWARE)
    found.push(
      software === 0
        ? finding('no-software-keys', 'good', 'No long-lived key lies in the files of this workspace.')
        : finding(
            'software-keys',
            'careful',
            `${software} long-lived ${software === 1 ? 'key lies' : 'keys lie'} in software although ${names.get(defaultSigner) ?? defaultSigner} is the default. They stay there until they are rolled.`,
          ),
    );
  const named = new Set<string>();
  for (const signer of document.signers) {
    const others = named.has(signer.id) ? [] : sharersOf(signer, document.signers, about.serials);
    for (const { id } of others) named.add(id);
    if (others.length > 0)
      found.push(
        finding(
          'same-device',
          'careful',
          `${[signer, ...others].map(({ name }) => `“${name}”`).join(' and ')} lead to the same device: a new PIN, a restored backup or a destroyed key concerns each of them, and each keeps an identity key of its own there. Leave one of them unless you need both.`,
        ),
      );
  }
  return found;
}
