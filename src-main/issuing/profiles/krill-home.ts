/**
 * The self-signed certificate of a Krill home server (K-024 to K-027): what its `openssl req -x509` recipe makes,
 * subject alternative name and subject key identifier and nothing else. Data only.
 */
import type * as z from 'zod';
import type { profile } from '../profile.ts';

const DAY = 86_400;

export const krillServer: z.input<typeof profile> = {
  id: 'krill-server',
  title: 'Krill server',
  signedBy: 'itself',
  subject: [
    { type: 'C', value: 'US' },
    { type: 'ST', value: 'Local' },
    { type: 'L', value: 'Local' },
    { type: 'O', value: 'MyOrganization' },
    { type: 'CN', value: '{name}.local' },
  ],
  keys: { allowed: ['rsa-2048'], preset: 'rsa-2048' },
  serialBits: 159,
  // notAfter - notBefore is 3650 x 86400 s exactly (S000-1), so nothing is added in front.
  backdate: { preset: 0, max: 0 },
  lifetime: { min: DAY, preset: 3650 * DAY, max: 3650 * DAY },
  pathLength: null,
  names: { required: true, dns: ['localhost', '{name}', '{name}.local'], ip: ['{ip}'] },
  extensions: [{ type: 'subjectAltName' }, { type: 'subjectKeyIdentifier' }],
};
