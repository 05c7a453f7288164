/** An examination of one signer over the real parts, without the application. Not shipped. */
import type { DoctorLine } from '#shared/contract/signer-doctor.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { realClock } from '../shell/node/real-time.ts';
import { deviceParts } from '../signers/device-parts.ts';
import { DeviceError } from '../signers/device.ts';
import { type ExamineDeps, examine } from '../signers/doctor/examine.ts';
import type { Looks } from '../signers/doctor/pkcs11-looks.ts';
import { PIN, testPerson, testTools } from './softhsm.ts';
import { nodeNet } from './test-net.ts';
import { testRandom } from './test-ports.ts';

const parts = deviceParts({ clock: realClock, random: testRandom, net: nodeNet, hosts: testTools.hosts });

export interface Doctored {
  lines: DoctorLine[];
  /** By code. */
  line(code: string): DoctorLine;
  /** "code state" of all that are not good. */
  notGood: string[];
  /** Of the PIN. */
  asked: number;
  refused: number;
}

/** `pin` null: nobody types one, the question is cancelled. */
export async function doctored(
  settings: SignerSettings,
  more: Partial<ExamineDeps> & { pin?: string | null; makeLooks?: (signal: AbortSignal) => Looks } = {},
): Promise<Doctored> {
  const { signal } = new AbortController();
  const name = 'My signer';
  const typing = testPerson(more.pin === undefined ? PIN : more.pin);
  let refused = 0;
  const person = Object.assign(typing, {
    said: () => '',
    async settling<T>(work: () => Promise<T>): Promise<T> {
      try {
        return await work();
      } catch (error) {
        if (error instanceof DeviceError && error.trouble === 'pin-refused') refused += 1;
        throw error;
      }
    },
  });
  const lines: DoctorLine[] = [];
  await examine(
    {
      ...{ name, settings, signal, person },
      binding: null,
      identities: new Map(),
      ours: new Map(),
      looks: more.makeLooks?.(signal) ?? parts.looks(settings, { signal, name }),
      device: parts.kinds.deviceFor(settings, person),
      explain: (error) => parts.kinds.explain(settings.kind, error),
      changed: () => undefined,
      log(error) {
        throw error;
      },
      ...more,
    },
    lines,
  );
  return {
    lines,
    line(code) {
      const found = lines.find((one) => one.code === code);
      if (found === undefined) throw new Error(`no line ${code}`);
      return found;
    },
    notGood: lines.filter(({ state }) => state !== 'good').map(({ code, state }) => `${code} ${state}`),
    asked: typing.asked.length,
    refused,
  };
}
