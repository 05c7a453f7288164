/**
 * The three certificates of a Muti Metroo mesh, field by field as its own tool makes them (requirements.md 2.1):
 * Go's extension order, no back-dating, 128-bit serials, always P-256. Data only.
 */
import type * as z from 'zod';
import type { profile } from '../profile.ts';

type Data = z.input<typeof profile>;

const DAY = 86_400;

const MESH = {
  subject: [
    { type: 'O', value: 'Muti Metroo' },
    { type: 'CN', value: '{name}' },
  ],
  keys: { allowed: ['p-256'], preset: 'p-256' },
  serialBits: 128,
  backdate: { preset: 0, max: 0 },
} satisfies Partial<Data>;

export const meshCa: Data = {
  ...MESH,
  id: 'mesh-ca',
  title: 'Mesh CA',
  signedBy: 'itself',
  lifetime: { min: DAY, preset: 365 * DAY, max: 3650 * DAY },
  // The tool writes 1 although its CA signs end entities only.
  pathLength: 1,
  names: { required: false, dns: [], ip: [] },
  extensions: [
    { type: 'keyUsage', critical: true, usages: ['digitalSignature', 'keyCertSign', 'cRLSign'] },
    { type: 'basicConstraints', critical: true, ca: true },
    { type: 'subjectKeyIdentifier' },
  ],
};

export const meshAgent: Data = {
  ...MESH,
  id: 'mesh-agent',
  title: 'Mesh agent',
  signedBy: 'authority',
  lifetime: { min: DAY, preset: 90 * DAY, max: 3650 * DAY },
  pathLength: null,
  names: { required: true, dns: ['{name}', 'localhost'], ip: ['127.0.0.1', '::1'] },
  extensions: [
    { type: 'keyUsage', critical: true, usages: ['digitalSignature', 'keyEncipherment'] },
    { type: 'extendedKeyUsage', critical: false, purposes: ['serverAuth', 'clientAuth'] },
    { type: 'basicConstraints', critical: true, ca: false },
    { type: 'authorityKeyIdentifier' },
    { type: 'subjectAltName' },
  ],
};

export const meshClient: Data = {
  ...MESH,
  id: 'mesh-client',
  title: 'Mesh client',
  signedBy: 'authority',
  lifetime: { min: DAY, preset: 90 * DAY, max: 3650 * DAY },
  pathLength: null,
  names: { required: false, dns: [], ip: [] },
  extensions: [
    { type: 'keyUsage', critical: true, usages: ['digitalSignature', 'keyEncipherment'] },
    { type: 'extendedKeyUsage', critical: false, purposes: ['clientAuth'] },
    { type: 'basicConstraints', critical: true, ca: false },
    { type: 'authorityKeyIdentifier' },
  ],
};
