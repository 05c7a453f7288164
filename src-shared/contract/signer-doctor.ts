/** What the doctor says of a signer, line by line, and the table of slots of a library. */
import * as z from 'zod';
import { change, channel, id, instant, nothing } from './channel.ts';

/** One thing that was looked at. Cause, check and fix are there when it failed. */
export const doctorLine = z.strictObject({
  /** Stable name: "library-found", "login", "mechanism-rsa". */
  code: z.string(),
  title: z.string(),
  state: z.enum(['running', 'good', 'careful', 'bad', 'skipped']),
  /** What was seen, one sentence. */
  text: z.string(),
  cause: z.string(),
  check: z.string(),
  fix: z.string(),
  /** Nothing failed and it stops here all the same: why, in a few words ("no PIN was given"); empty: it does not. */
  stop: z.string(),
  /** Rows of detail: mechanisms, keys, certificate. */
  details: z.array(z.string()),
});
/** @public */
export type DoctorLine = z.infer<typeof doctorLine>;

export const doctorReport = z.strictObject({
  signer: id,
  at: instant,
  done: z.boolean(),
  /** The signer has other settings by now, in force or pending: the lines tell nothing of these. */
  otherSettings: z.boolean(),
  lines: z.array(doctorLine),
  /** What a KMIP server showed, whoever it is; null: nothing. */
  certificate: z.strictObject({ sha256: z.string(), subject: z.string() }).nullable(),
  /** [[signers]] that would configure it, secrets as comments. */
  toml: z.string(),
  /** The whole report for a support ticket; no secret in it. */
  text: z.string(),
});
/** @public */
export type DoctorReport = z.infer<typeof doctorReport>;

export const deviceTable = z.strictObject({
  library: z.strictObject({ manufacturer: z.string(), description: z.string(), version: z.string() }),
  slots: z.array(
    z.strictObject({
      id: z.number().int(),
      description: z.string(),
      token: z
        .strictObject({
          label: z.string(),
          serial: z.string(),
          manufacturer: z.string(),
          model: z.string(),
          firmware: z.string(),
          initialized: z.boolean(),
          loginRequired: z.boolean(),
          pinPad: z.boolean(),
          tries: z.enum(['low', 'final', 'locked']).nullable(),
        })
        .nullable(),
    }),
  ),
});
export type DeviceTable = z.infer<typeof deviceTable>;

export const signerDoctorChannels = {
  /** Runs the doctor on a signer as it is pending; every line is shown as it comes. A job. */
  'signers.examine': change('unlocked', z.strictObject({ id }), z.strictObject({ job: id })),
  /**
   * Pins the certificate that the server of a KMIP signer showed to the doctor, as it is pending; `sha256` is what a person heard
   * or read elsewhere. INVALID_INPUT at `sha256` when it is another; NOT_ALLOWED_NOW when the server was not examined at its address.
   */
  'signers.pinServer': change(
    'unlocked',
    z.strictObject({ revision: z.number().int(), id, sha256: z.string().max(200) }),
    nothing,
  ),
  'signers.report': channel('unlocked', z.strictObject({ id }), doctorReport.nullable()),
};
