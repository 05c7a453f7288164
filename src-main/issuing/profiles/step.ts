/**
 * The authorities and leaves of the CA wizard, after smallstep's templates (requirements.md 2.4) with basic
 * constraints in leaves too. Data only.
 */
import type * as z from 'zod';
import type { profile } from '../profile.ts';

type Data = z.input<typeof profile>;

const DAY = 86_400;
const YEAR = 365 * DAY;
const ALGORITHMS: Data['keys']['allowed'] = [
  'p-256',
  'p-384',
  'p-521',
  'ed25519',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
];

const AUTHORITY = {
  keys: { allowed: ALGORITHMS, preset: 'p-256' },
  serialBits: 159,
  backdate: { preset: 60, max: DAY },
  // step: 10 x 365 days. Over 30 years no algorithm of today is a promise (docs/decisions.md).
  lifetime: { min: DAY, preset: 10 * YEAR, max: 30 * YEAR },
  names: { required: false, dns: [], ip: [] },
} satisfies Partial<Data>;

export const stepRoot: Data = {
  ...AUTHORITY,
  id: 'step-root',
  title: 'Root CA',
  signedBy: 'itself',
  subject: [
    { type: 'O', value: '{name}' },
    { type: 'CN', value: '{name} Root CA' },
  ],
  pathLength: 1,
  extensions: [
    { type: 'keyUsage', critical: true, usages: ['keyCertSign', 'cRLSign'] },
    { type: 'basicConstraints', critical: true, ca: true },
    { type: 'subjectKeyIdentifier' },
    { type: 'nameConstraints' },
  ],
};

export const stepIntermediate: Data = {
  ...AUTHORITY,
  id: 'step-intermediate',
  title: 'Intermediate CA',
  signedBy: 'authority',
  subject: [
    { type: 'O', value: '{name}' },
    { type: 'CN', value: '{name} Intermediate CA' },
  ],
  pathLength: 0,
  extensions: [
    { type: 'keyUsage', critical: true, usages: ['keyCertSign', 'cRLSign'] },
    { type: 'basicConstraints', critical: true, ca: true },
    { type: 'subjectKeyIdentifier' },
    { type: 'authorityKeyIdentifier' },
    { type: 'nameConstraints' },
    { type: 'crlDistributionPoints' },
    { type: 'authorityInfoAccess' },
  ],
};

function leaf(id: string, title: string, purposes: ('serverAuth' | 'clientAuth')[]): Data {
  return {
    id,
    title,
    signedBy: 'authority',
    subject: [{ type: 'CN', value: '{name}' }],
    keys: { allowed: ALGORITHMS, preset: 'p-256' },
    serialBits: 159,
    backdate: { preset: 60, max: DAY },
    // The authority's own limits (L-025) are checked besides.
    lifetime: { min: 1, preset: DAY, max: 10 * YEAR },
    pathLength: null,
    names: { required: true, dns: [], ip: [] },
    extensions: [
      { type: 'keyUsage', critical: true, usages: ['digitalSignature'], forRsa: ['keyEncipherment'] },
      { type: 'extendedKeyUsage', critical: false, purposes },
      { type: 'basicConstraints', critical: true, ca: false },
      { type: 'subjectKeyIdentifier' },
      { type: 'authorityKeyIdentifier' },
      { type: 'subjectAltName' },
      { type: 'crlDistributionPoints' },
      { type: 'authorityInfoAccess' },
    ],
  };
}

export const stepServer = leaf('step-server', 'Server', ['serverAuth']);
export const stepClient = leaf('step-client', 'Client', ['clientAuth']);
export const stepServerClient = leaf('step-server-client', 'Server and client', ['serverAuth', 'clientAuth']);
