/** One examination of one signer from its library or its name to its binding. It changes nothing but the test keys it makes. */
import type { DoctorLine } from '#shared/contract/signer-doctor.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { type Device, DeviceError, type Person } from '../device.ts';
import type { Advice } from '../lifecycle/trouble.ts';
import {
  type DeviceStepsDeps,
  deviceSteps,
  type Opened,
  seeMechanisms,
  seeOperations,
} from './device-steps.ts';
import type { Looks } from './pkcs11-looks.ts';
import { attempt, runSteps, type Step } from './steps.ts';

export interface ExamineDeps extends Omit<DeviceStepsDeps, 'opened'> {
  looks: Looks;
  device: Device;
  person: ExaminedPerson;
  explain(error: DeviceError): Advice | null;
  changed(line: DoctorLine): void;
  log(error: unknown): void;
}

/** Who is asked for the PIN, and is told what became of it. */
export interface ExaminedPerson extends Person {
  settling: NonNullable<Person['settling']>;
  /** What the login line says of the PIN. */
  said(): string;
}

const wantsLogin = (settings: SignerSettings): boolean =>
  settings.kind === 'pkcs11' ? settings.login : (settings.username ?? '') !== '';

/** Examines it; `lines` grows. Answers the line it stopped at, or null. Never leaves a session open. */
export async function examine(deps: ExamineDeps, lines: DoctorLine[]): Promise<DoctorLine | null> {
  const { name, settings, signal, looks, device, person } = deps;
  let open: Opened | null = null;
  const opened = (): Opened => {
    if (open === null) throw new DeviceError('unreachable', 'SIGNER_CLOSED', `${name} is not open.`);
    return open;
  };

  const opening = attempt(
    async () => {
      try {
        open = { device, facts: { ...(await person.settling(() => device.open(signal))) } };
      } catch (error) {
        throw looks.because?.(error) ?? error;
      }
      return open;
    },
    name,
    (error) => looks.opening.lineOf(error),
  );
  const openingStep = ({ code, title }: { code: string; title: string }): Step => ({
    code,
    title,
    async look() {
      const done = await opening(code);
      if (code === 'operations') return seeOperations(opened(), { ...deps, opened });
      if (code === 'protocol')
        return { text: done === null ? 'It answers.' : `It speaks ${done.facts.model}.` };
      if (code === 'session') return { text: 'A session is open.' };
      return {
        text: wantsLogin(settings)
          ? `It let us in. ${person.said()}`.trim()
          : settings.kind === 'pkcs11'
            ? 'This signer does not log in.'
            : 'It let us in without user name and password.',
      };
    },
  });
  const functions: Step[] =
    settings.kind === 'kmip'
      ? []
      : [
          {
            code: 'functions',
            title: 'Its functions',
            look: () => Promise.resolve().then(() => seeOperations(opened(), { ...deps, opened })),
          },
        ];
  const mechanisms: Step = {
    code: 'mechanisms',
    title: settings.kind === 'kmip' ? 'Its kinds of keys' : 'Its mechanisms',
    look: () => Promise.resolve().then(() => seeMechanisms(opened(), name)),
  };
  // A login has no signal of its own. Once it is open, the test keys are destroyed first: it is closed at the end.
  const abort = (): void => {
    if (open === null) void device.close();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await runSteps(
      [
        ...looks.steps,
        ...looks.opening.lines.map(openingStep),
        ...functions,
        mechanisms,
        ...deviceSteps({ ...deps, opened, used: () => functionsUsed(lines, opened(), deps) }).map((step) => ({
          ...step,
          stopsAtOnce: step.owed === undefined,
          // The device may be opened again in any of them.
          look: () => person.settling(() => step.look()),
        })),
      ],
      lines,
      { ...deps, secret: settings.kind === 'kmip' ? 'password' : 'PIN' },
    );
  } finally {
    signal.removeEventListener('abort', abort);
    looks.end();
    await device.close();
  }
}

/** What was not called when the line of the functions was written may have been called since: it is judged again. */
async function functionsUsed(
  lines: readonly DoctorLine[],
  { device, facts }: Opened,
  deps: ExamineDeps,
): Promise<void> {
  const line = lines.find(({ code, state }) => code === 'functions' && state === 'good');
  // One that is gone is told of by the steps themselves.
  const now = await device.seen?.().catch(() => undefined);
  if (line === undefined || now === undefined) return;
  const called = new Set(
    [...facts.capabilities, ...now].filter(({ present }) => present).map(({ name }) => name),
  );
  // A child that began anew has called less than the one before.
  facts.capabilities = facts.capabilities.map((one) =>
    called.has(one.name) && one.present === null ? { ...one, present: true } : one,
  );
  const seen = seeOperations({ device, facts }, { ...deps, opened: () => ({ device, facts }) });
  Object.assign(line, { text: seen.text, details: seen.details ?? [] });
  deps.changed(line);
}
