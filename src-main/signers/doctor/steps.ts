/** How an examination runs: its steps top to bottom, a line for each as it comes; what fails is told with its cause. Knows no device. */
import type { DoctorLine } from '#shared/contract/signer-doctor.ts';
import { DeviceError } from '../device.ts';
import { type Advice, asDeviceError, troubleOf } from '../lifecycle/trouble.ts';
import { unlessCancelled } from '../pkcs11/connection.ts';
import { doctorAdvice } from './doctor-advice.ts';

/** What was seen. `careful`: it works, and why it deserves a look. */
export interface Seen {
  text: string;
  details?: string[];
  careful?: Advice;
}

export interface Step {
  code: string;
  title: string;
  /** Throws DeviceError when it fails; `cancelled` and `pin-needed` are no failure, it was only not looked at. */
  look(): Promise<Seen>;
  /** Nobody waits for it once the examination is cancelled: what it uses is ended after it. */
  stopsAtOnce?: boolean;
  /** It has to be done even after another failed: what was made is taken away. */
  owed?(): boolean;
}

/** One attempt of which several lines tell. `lineOf`: the code of the line that a failure belongs to. */
export function attempt<T>(work: () => Promise<T>, name: string, lineOf: (error: DeviceError) => string) {
  let begun: Promise<T> | null = null;
  /** What came of it; null: it failed further down, so this part was well. Throws DeviceError when it failed here. */
  return async (code: string): Promise<T | null> => {
    begun ??= work();
    try {
      return await begun;
    } catch (error) {
      const fault = asDeviceError(error, name);
      if (lineOf(fault) === code) throw fault;
      return null;
    }
  };
}

/** Runs the steps; `lines` grows and `changed` is called after each change. Answers the line it stopped at, or null. */
export async function runSteps(
  steps: readonly Step[],
  lines: DoctorLine[],
  deps: {
    name: string;
    /** What is asked of a person. */
    secret: 'PIN' | 'password';
    signal: AbortSignal;
    explain(error: DeviceError): Advice | null;
    changed(line: DoctorLine): void;
    log(error: unknown): void;
  },
): Promise<DoctorLine | null> {
  let stopped: DoctorLine | null = null;
  for (const { code, title, look, owed, stopsAtOnce = false } of steps) {
    const line: DoctorLine = {
      ...{ code, title, state: 'running', text: '', cause: '', check: '', fix: '', stop: '', details: [] },
    };
    lines.push(line);
    if (stopped !== null && !(owed?.() ?? false)) {
      line.state = 'skipped';
      line.text = `Not looked at: “${stopped.title}” comes first.`;
      deps.changed(line);
      continue;
    }
    deps.changed(line);
    try {
      if (stopped === null) deps.signal.throwIfAborted();
      const {
        text,
        details = [],
        careful,
      } = await (stopsAtOnce ? unlessCancelled(look(), deps.signal) : look());
      Object.assign(line, { state: careful === undefined ? 'good' : 'careful', text, details, ...careful });
    } catch (error) {
      failed(line, asDeviceError(error, deps.name));
      stopped ??= line;
      if (!(error instanceof DeviceError) && !deps.signal.aborted) deps.log(error);
    }
    deps.changed(line);
  }
  return stopped;

  function failed(line: DoctorLine, error: DeviceError): void {
    line.text = error.message;
    if (deps.signal.aborted && error.trouble === 'cancelled') {
      Object.assign(line, { state: 'skipped', text: 'Cancelled by you.', stop: 'cancelled by you' });
      line.fix = 'Examine it again when you are ready.';
      return;
    }
    if (error.trouble === 'cancelled' || error.trouble === 'pin-needed') {
      const unasked = error.trouble === 'pin-needed' || error.code === 'PIN_NOT_GIVEN';
      Object.assign(line, {
        state: 'skipped',
        stop: unasked ? `no ${deps.secret} was given` : 'it was cancelled',
        fix: unasked
          ? `Examine it again and type the ${deps.secret}.`
          : 'Examine it again when you are ready.',
      });
      return;
    }
    line.state = 'bad';
    const { cause, check, fix } = troubleOf(error, doctorAdvice(error.code) ?? deps.explain(error));
    Object.assign(line, { cause, check, fix });
    line.details = [error.code, ...(error.library === '' ? [] : [error.library])];
  }
}
