/** A private key that lies on a device, as the screen lists it. */
import * as z from 'zod';
import { id } from './channel.ts';

export const deviceKeyRow = z.strictObject({
  identifier: z.string(),
  label: z.string(),
  /** "RSA 2048"; "" when its public half is not there. */
  type: z.string(),
  /** Upper-case hex, RFC 5280 method 1; null as above. */
  keyIdentifier: z.string().nullable(),
  spkiSha256: z.string().nullable(),
  uses: z.array(z.string()),
  sensitive: z.boolean().nullable(),
  neverExtractable: z.boolean().nullable(),
  /** The key of this workspace that it is; null: somebody else's. */
  key: z.strictObject({ id, label: z.string() }).nullable(),
  /** It is the identity key by which a signer knows its device again (H-024); null: it is none. */
  identity: z
    .strictObject({
      /** Of the signer that is asked, of another one on the same device, or of one that was removed. */
      of: z.enum(['this', 'other', 'removed']),
      name: z.string(),
    })
    .nullable(),
  /** A job works with it (`job`: a test, a key that is being made), or it is to be destroyed (`left`; `examination`: a test key of the doctor); null: neither. */
  begun: z.enum(['job', 'left', 'examination']).nullable(),
  adoptable: z.boolean(),
});
