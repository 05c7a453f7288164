/** The channels about tokens that are no signers yet, or that change one: slots, initialising, PINs. The child does the work. */
import { rm } from 'node:fs/promises';
import { pkcs11Settings } from '#shared/contract/signer-settings.ts';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { jobRefusal } from '../audit/job-refusal.ts';
import { AppError } from '../lib/app-error.ts';
import type { Domain } from '../lib/domain.ts';
import { newId } from '../lib/ids.ts';
import type { JobContext, Jobs } from '../lib/jobs.ts';
import type { Random } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';
import type { Configure } from './config/configure.ts';
import { documentOf, type SignerDocument, withSigner } from './config/document.ts';
import { nameTaken } from './config/roles.ts';
import { DeviceError } from './device.ts';
import { boundSettings } from './lifecycle/device-holder.ts';
import { changePin } from './lifecycle/change-pin.ts';
import type { LiveSigners } from './lifecycle/live-signers.ts';
import { asAppError } from './lifecycle/trouble.ts';
import { rehearsalFolder } from './moved-tokens.ts';
import type { TokenTools } from './token-tools.ts';

type Channels = Pick<
  Domain<'signers'>,
  'discover' | 'findSlots' | 'slotsFound' | 'rehearsalToken' | 'changePin' | 'initToken'
>;

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

/** What a tool met, for the operator: a library that is no signer yet has a name of its own. */
async function told<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DeviceError) throw asAppError(error, { id: 'software', name }, null);
    throw error;
  }
}

const LABEL_OCTETS = 32;

/** A token's label has so many octets; whole characters of the name. */
function tokenLabel(name: string): string {
  let label = '';
  for (const character of name) {
    if (Buffer.byteLength(label + character) > LABEL_OCTETS) break;
    label += character;
  }
  return label;
}

/** H-003. */
function requireUnique(document: SignerDocument, name: string): void {
  const message = nameTaken(name);
  if (document.signers.some((one) => one.name === name))
    throw new AppError('INVALID_INPUT', message, { fields: [{ path: 'name', message }] });
}

/** SECURITY: what a signer keeps its keys on is not erased, whatever was typed. */
function requireUnused(live: LiveSigners, serial: string): void {
  for (const [id, { contact, settings }] of live.all()) {
    const configured = settings();
    const own = configured.kind === 'pkcs11' && configured.serial === serial;
    if (own || contact.binding()?.serial === serial)
      throw new AppError(
        'POLICY_REFUSED',
        `${live.name(id)} uses this token, and its keys would be lost. Remove that signer first.`,
        { ids: [id] },
      );
  }
}

const INIT_FIELDS: Readonly<Record<string, { path: string; message: string }>> = {
  LABEL_TOO_LONG: {
    path: 'label',
    message: 'A label has at most 32 octets; letters beyond ASCII take two or more.',
  },
  CKR_PIN_INCORRECT: {
    path: 'soPin',
    message: "The token refused the security officer's PIN, which may have cost a try. Type the right one.",
  },
  CKR_PIN_LEN_RANGE: {
    path: 'pin',
    message: 'The token takes PINs of another length. Choose both as long as its manual says.',
  },
};

/** The token has lost its keys, or may have. */
const HALF_ERASED: ReadonlySet<string> = new Set(['TOKEN_WITHOUT_PIN', 'TOKEN_IN_DOUBT']);
const halfErased = ({ cause }: AppError): boolean =>
  cause instanceof DeviceError && HALF_ERASED.has(cause.code);

/** Throws what initialising a token met; with the field where it is what somebody typed. */
function byField(error: unknown): never {
  const field = error instanceof DeviceError ? INIT_FIELDS[error.code] : undefined;
  if (field === undefined) throw error;
  throw new AppError('INVALID_INPUT', field.message, { fields: [field] }, { cause: error });
}

export function tokenChannels(deps: {
  random: Random;
  jobs: Jobs;
  tools: TokenTools;
  session(): Session;
  live(): LiveSigners;
  configure: Configure;
  /** Tables by the job that found them, until the lock. */
  found: Map<string, DeviceTable>;
  deviceJob(
    id: string,
    what: { action: string; title: string },
    work: (job: JobContext) => Promise<{ summary: string | null; ids?: string[] }>,
  ): { job: string };
}): Channels {
  const { jobs, tools, session, live, configure, found, deviceJob } = deps;

  /** A job on record that belongs to no signer. */
  function job(
    action: string,
    title: string,
    work: (context: JobContext) => Promise<{ summary: string; ids?: string[]; serial?: string }>,
    /** The serial of the token that it is about; null: it is about none. */
    about: string | null = null,
  ): string {
    const subjects = (serials: readonly (string | null)[]) =>
      serials.filter((one) => one !== null).map((id) => ({ type: 'device', id, sha256: null }));
    return jobs.start({
      kind: action,
      title,
      async run(context) {
        const { summary, ids = [], serial = null } = await work(context);
        await session().store.run('audit.add', {
          audit: { action, outcome: 'done', summary, subjects: subjects([about, serial]) },
        });
        return ids;
      },
      refused: jobRefusal(deps, action, title, subjects([about]), halfErased),
    });
  }

  /** Before anything is made. Throws AppError CONFLICT, INVALID_INPUT. */
  async function requireFree(revision: number, name: string): Promise<void> {
    const stored = await session().store.run('signers.config', {});
    if (stored.revision !== revision)
      throw new AppError(
        'CONFLICT',
        'The signers were changed meanwhile. Look at them as they are now, and do it again.',
      );
    requireUnique(documentOf(stored), name);
  }

  async function makeRehearsal(
    wanted: { id: string; name: string; revision: number; keepPin: boolean; pin: string },
    request: { folder: string; label: string; pin: Uint8Array },
    context: JobContext,
  ): Promise<{ summary: string; ids: string[] }> {
    const { id, name, revision, keepPin, pin } = wanted;
    const made = await told('SoftHSM', tools.rehearsalToken(request, context.signal));
    context.commit();
    const settings = pkcs11Settings.parse({
      kind: 'pkcs11',
      libPath: made.libPath,
      slot: { by: 'label', label: request.label },
      serial: made.serial,
      environment: made.environment,
    });
    const summary = `A rehearsal token with serial ${made.serial} was made; its signer "${name}" is pending`;
    await configure.hold(revision, { action: 'signers.save', summary, id }, (document) => {
      requireUnique(document, name);
      const secret = keepPin ? configure.seal(id, pin) : ({ do: 'keep' } as const);
      return withSigner(document, { id, name, kind: 'pkcs11', settings, secret });
    });
    return { summary, ids: [id] };
  }

  return {
    discover: () => tools.discover(),
    findSlots({ libPath, environment }) {
      const id = job('signers.findSlots', `Slots of ${libPath}`, async ({ signal, report }) => {
        report(null, 'Loading the library in a process of its own');
        const table = await told('The library', tools.slots({ libPath, environment }, signal));
        found.set(id, table);
        const tokens = table.slots.filter(({ token }) => token !== null).length;
        return { summary: `${libPath} has ${table.slots.length} slots with ${tokens} tokens` };
      });
      return { job: id };
    },
    slotsFound({ job: id }) {
      const table = found.get(id);
      if (table === undefined)
        throw new AppError('NOT_FOUND', 'These slots are no longer known. Look for them again.');
      return table;
    },
    rehearsalToken({ revision, name, pin, keepPin }) {
      const title = `Rehearsal token "${name}"`;
      return {
        job: job('signers.rehearsalToken', title, async (context) => {
          context.report(null, 'Making the token');
          const id = newId('signer', deps.random);
          const folder = rehearsalFolder(session().workspace.path, id);
          const request = { folder, label: tokenLabel(name), pin: bytes(pin) };
          await requireFree(revision, name);
          try {
            return await makeRehearsal({ id, name, revision, keepPin, pin }, request, context);
          } catch (error) {
            // Nobody could ever use it: the PIN of its security officer is kept nowhere.
            await rm(folder, { recursive: true, force: true });
            throw error;
          }
        }),
      };
    },
    changePin({ id, oldPin, newPin }) {
      const managed = live().find(id);
      const name = live().name(id);
      const settings = managed.settings();
      if (settings.kind !== 'pkcs11')
        throw new AppError('POLICY_REFUSED', `${name} has no PIN. Change the password at the server.`, {
          ids: [id],
        });
      return deviceJob(id, { action: 'signers.changePin', title: `New PIN for ${name}` }, async (context) => {
        context.report(null, 'Changing the PIN');
        const serial = managed.contact.binding()?.serial ?? null;
        // SECURITY: by the serial that is bound: no PIN goes to a stranger of the same label.
        const bound = boundSettings(settings, serial);
        await changePin(
          managed,
          { id, name },
          { oldPin: bytes(oldPin), newPin: bytes(newPin) },
          (both) => tools.changePin(bound, both, context.signal),
          context,
        );
        return {
          summary: `The PIN of ${name} was changed${serial === null ? '' : ` (serial ${serial})`}`,
        };
      });
    },
    initToken({ libPath, environment, slot, label, soPin, pin, erase }) {
      if (erase !== null) requireUnused(live(), erase);
      const which = erase === null ? '' : `, in the place of the one with serial ${erase}`;
      const title = `New token "${label}" in slot ${slot}${which}`;
      return {
        job: job(
          'signers.initToken',
          title,
          async (context) => {
            context.report(null, 'Initialising the token');
            context.commit();
            const token = { slot, label, soPin: bytes(soPin), pin: bytes(pin), erase };
            const made = tools.initToken({ libPath, environment }, token, context.signal);
            const { serial } = await told('The library', made.catch(byField));
            const summary =
              erase === null
                ? `The token "${label}" in slot ${slot} was initialised; its serial is ${serial}`
                : `The token with serial ${erase} in slot ${slot} was erased with its keys, and initialised as "${label}"; its serial is ${serial}`;
            return { summary, serial };
          },
          erase,
        ),
      };
    },
  };
}
