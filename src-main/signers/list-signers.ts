/** The list of signers as the screens show it: what is in force with its state, and what is pending. It waits for no device. */
import { shownText } from '#shared/hidden-characters.ts';
import type { Answer } from '#shared/contract/index.ts';
import type { SignerKind, SignerRow } from '#shared/contract/signers.ts';
import type { StoredSigner, StoredSignerConfig, UnfinishedKey } from '../store/signer-columns.ts';
import type { Session } from '../store/store-contract.ts';
import { warningsOf } from './config/check-settings.ts';
import { surroundings } from './config/configure.ts';
import {
  adviceOf,
  changesOf,
  documentOf,
  effectiveRoles,
  faultsOf,
  secretStored,
  SOFTWARE,
  type Surroundings,
} from './config/document.ts';
import { sharersOf } from './config/same-device.ts';
import { shownSettings } from './config/secret-variables.ts';
import type { LiveSigners } from './lifecycle/live-signers.ts';
import { secretMark } from './lifecycle/secret-mark.ts';
import { SOFTWARE_ALGORITHMS } from './software/software-signer.ts';

const BUILT_IN: StoredSigner = {
  id: SOFTWARE,
  name: 'Software',
  kind: 'software',
  settings: null,
  sealed: null,
  binding: null,
  refused: [],
  device: null,
};

/** What every signer has, whatever its kind. */
function common(signer: StoredSigner, config: StoredSignerConfig, about: Surroundings) {
  const { defaultSigner, oneOffSigner } = effectiveRoles(config);
  const { id, name, kind, settings } = signer;
  return {
    id,
    name,
    kind,
    settings: shownSettings(settings),
    roles: [
      ...(defaultSigner === id ? ['default' as const] : []),
      ...(oneOffSigner === id ? ['one-off' as const] : []),
    ],
    keys: about.keys.get(id) ?? 0,
    sameDevice: sharersOf(signer, config.signers, about.serials).map((one) => one.name),
    warnings: warningsOf(settings),
  };
}

function softwareRow(base: ReturnType<typeof common>): SignerRow {
  return {
    ...base,
    secretStored: false,
    secretHeld: false,
    secretMark: null,
    state: 'ready',
    text: 'Keys lie encrypted in this workspace.',
    trouble: null,
    retryAt: null,
    tries: null,
    device: null,
    bound: false,
    capabilities: [],
    algorithms: [...SOFTWARE_ALGORITHMS],
    unfinished: [],
  };
}

/** As its device shows it: CKA_ID in hex, the identifiers or the name of KMIP. */
function unfinishedRow(
  kind: SignerKind,
  { id, handle, at, text }: UnfinishedKey & { text: string },
): SignerRow['unfinished'][number] {
  const encoding = kind === 'kmip' ? 'utf8' : 'hex';
  return { id, identifier: Buffer.from(handle).toString(encoding).replace(/^::/, ''), at, text };
}

function deviceRow(
  base: ReturnType<typeof common>,
  live: LiveSigners,
  unfinished: readonly (UnfinishedKey & { text: string })[],
): SignerRow {
  const managed = live.find(base.id);
  const { contact, pins } = managed;
  const { state, text, trouble, retryAt } = contact.status();
  const known = contact.known();
  return {
    ...base,
    secretStored: pins.stored(),
    secretHeld: pins.held(),
    secretMark: secretMark(managed),
    state,
    text,
    trouble,
    retryAt: state === 'retrying' ? retryAt : null,
    tries: trouble?.code === 'CKR_PIN_LOCKED' ? 'locked' : (known?.facts.tries ?? null),
    device:
      known === null
        ? null
        : {
            manufacturer: known.facts.manufacturer,
            model: known.facts.model,
            serial: known.facts.serial,
            firmware: known.facts.firmware,
            label: shownText(known.facts.label),
            slot: known.facts.slot,
            library: known.facts.library,
            at: known.at,
            before: known.before ?? null,
          },
    bound: contact.binding() !== null,
    capabilities: contact.capabilities(),
    algorithms: [...(known?.facts.algorithms ?? [])],
    unfinished: unfinished
      .filter(({ signer }) => signer === base.id)
      .map((key) => unfinishedRow(base.kind, key)),
  };
}

export async function listSigners(session: Session, live: LiveSigners): Promise<Answer<'signers.list'>> {
  const [config, about, unfinished] = await Promise.all([
    session.store.run('signers.config', {}),
    surroundings(session),
    live.unfinished.list(),
  ]);
  const next = documentOf(config);
  const software = config.signers.find(({ id }) => id === SOFTWARE) ?? BUILT_IN;
  // What was applied a moment ago is started behind it.
  const devices = config.signers.filter(({ id, kind }) => kind !== 'software' && live.all().has(id));
  return {
    rows: [
      softwareRow(common(software, config, about)),
      ...devices.map((signer) => deviceRow(common(signer, config, about), live, unfinished)),
    ],
    ...effectiveRoles(config),
    pending: {
      revision: config.revision,
      signers: next.signers.map((signer) => ({
        id: signer.id,
        name: signer.name,
        kind: signer.kind,
        settings: shownSettings(signer.settings),
        secretStored: secretStored(config, signer),
      })),
      ...next.roles,
      changes: changesOf(config),
      faults: faultsOf(next, about),
      advice: adviceOf(next, about),
    },
  };
}
