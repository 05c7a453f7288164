/** What the listener shows and proves over TLS: a server certificate of this workspace and its key. */
import type { ServiceSettings } from '#shared/contract/ta-service.ts';
import { AppError } from '../../lib/app-error.ts';
import { fullChain } from '../../issuing/full-chain.ts';
import { routedKey } from '../../signers/stored-key.ts';
import { toPem } from '../../x509/pem.ts';
import { privateKeyPem } from '../../x509/private-key.ts';
import type { TaDeps } from '../ta.ts';

/**
 * Key of the listener, its certificate and those of its issuers without the root (RFC 8446 4.4.2); null: plain HTTP. Throws AppError
 * NOT_ALLOWED_NOW when the key is not here. SECURITY: the caller gives it to the listener and keeps it nowhere.
 */
export async function listenerTls(
  { session, clock, random, software }: Pick<TaDeps, 'session' | 'clock' | 'random' | 'software'>,
  { certificate }: Pick<ServiceSettings, 'certificate'>,
): Promise<{ keyPem: string; certPem: string } | null> {
  if (certificate === null) return null;
  const { store } = session();
  const row = await store.run('certificates.get', { id: certificate });
  if (row.keyId === null)
    throw new AppError('NOT_ALLOWED_NOW', `The key of ${row.name} is not in this workspace.`);
  const key = await store.run('keys.get', { id: row.keyId });
  const chain = await fullChain(store, row, clock.now());
  const certPem = chain.map((der) => toPem('CERTIFICATE', der)).join('');
  const keyPem = await software.withPrivateKey(routedKey(key), (pkcs8Der) =>
    privateKeyPem(pkcs8Der, null, (length) => random.bytes(length)),
  );
  return { keyPem, certPem };
}
