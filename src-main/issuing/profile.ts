/**
 * What kind of certificate is made, as data: subject template, key types, extensions in their order, times, serial.
 * One schema for every issuer (wizard, mesh, Krill home); no behaviour, the builder reads it.
 */
import * as z from 'zod';
import { attributeType } from '#shared/contract/issue-draft.ts';
import { keyAlgorithm } from '#shared/contract/keys.ts';

export const keyUsageName = z.enum([
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
]);

export const extendedKeyUsageName = z.enum(['serverAuth', 'clientAuth']);

/** One extension, in the place it has in the certificate. What has no content in an order is left out. */
export const profileExtension = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('basicConstraints'), critical: z.boolean(), ca: z.boolean() }),
  z.strictObject({
    type: z.literal('keyUsage'),
    critical: z.boolean(),
    usages: z.array(keyUsageName).min(1),
    /** Added for RSA keys only: key encipherment means nothing for a curve (RFC 8813 3). */
    forRsa: z.array(keyUsageName).default([]),
  }),
  z.strictObject({
    type: z.literal('extendedKeyUsage'),
    critical: z.boolean(),
    purposes: z.array(extendedKeyUsageName).min(1),
  }),
  /** Critical exactly when the subject is empty (RFC 5280 4.2.1.6). */
  z.strictObject({ type: z.literal('subjectAltName') }),
  z.strictObject({ type: z.literal('subjectKeyIdentifier') }),
  /** Left out where issuer and subject are one. */
  z.strictObject({ type: z.literal('authorityKeyIdentifier') }),
  z.strictObject({ type: z.literal('nameConstraints') }),
  z.strictObject({ type: z.literal('crlDistributionPoints') }),
  z.strictObject({ type: z.literal('authorityInfoAccess') }),
]);
export type ProfileExtension = z.infer<typeof profileExtension>;

const seconds = z.number().int().min(0);

export const profile = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  /** Signed by its own key (a root, or a server that is its own anchor), or by an authority. */
  signedBy: z.enum(['itself', 'authority']),
  /** In DER order. `{name}` is what the operator called it; other braces are the domain's own. */
  subject: z.array(z.strictObject({ type: attributeType, value: z.string() })),
  keys: z.strictObject({ allowed: z.array(keyAlgorithm).min(1), preset: keyAlgorithm }),
  serialBits: z.number().int().min(64).max(159),
  backdate: z.strictObject({ preset: seconds, max: seconds }),
  lifetime: z.strictObject({ min: seconds, preset: seconds, max: seconds }),
  /** null: nothing is written. Ignored for leaves. */
  pathLength: z.number().int().min(0).max(10).nullable(),
  names: z.strictObject({
    required: z.boolean(),
    /** Templates; the operator may edit what comes of them. */
    dns: z.array(z.string()),
    ip: z.array(z.string()),
  }),
  extensions: z.array(profileExtension),
});
export type Profile = z.infer<typeof profile>;

/** `{name}` and its kind replaced. A placeholder without a value is a mistake in the profile and throws. */
export function fillTemplate(template: string, values: Record<string, string>): string {
  return template.replaceAll(/\{([a-z]+)\}/g, (_all, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`profile template wants {${name}}`);
    return value;
  });
}
