/** A thousand children of a proxy with one wish each, put into a workspace that no application has open. Not shipped. */
import { createPublicKey, sign } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeCsr } from '../rpki/make-csr.ts';
import { makeIdentityOf } from '../ta/signer/make-trust-anchor.ts';
import type { ProxyChild } from '../ta/proxy/proxy-state.ts';
import { proxyText, readProxyState } from '../ta/proxy/proxy-text.ts';
import { keyId } from '../x509/public-key.ts';
import { quickKeys } from './quick-keys.ts';
import { testKey, type TestKey } from './test-proxy.ts';
import { PASSPHRASE, testVault } from './test-workspace.ts';

/** Quick keys (quick-keys.ts), as children ask with. */
export function manyKeys(count: number): TestKey[] {
  return quickKeys(count).map((privateKey) => {
    const spkiDer = new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }));
    return {
      keyId: keyId(spkiDer),
      spkiDer,
      sign: (data) => Promise.resolve(new Uint8Array(sign('sha256', data, privateKey))),
    };
  });
}

/** `folder`: of an application that is closed, with one workspace and a proxy in it. */
export async function enrolMany(folder: string, count: number, base: string): Promise<void> {
  const made = testVault({ folder });
  const [name = ''] = readdirSync(join(folder, 'workspaces'));
  await made.vault.open(join(folder, 'workspaces', name));
  await made.domain.unlock({ passphrase: PASSPHRASE });
  const { store } = made.vault.session();
  const half = await store.run('ta.half', { half: 'proxy' });
  if (half === null) throw new Error('no proxy');
  const own = testKey();
  // They talk to nobody here, so one identity serves all.
  const identity = await makeIdentityOf(own.spkiDer, made.clock.now(), own.sign);
  const children = new Map<string, ProxyChild>();
  for (const [at, key] of manyKeys(count).entries()) {
    const handle = `child-${at}`;
    const place = `${base}${handle}/`;
    const csrDer = await makeCsr(
      key,
      { repository: place, manifest: `${place}${key.keyId}.mft`, notify: null },
      key.sign,
    );
    const network = { min: BigInt((10 << 24) + (at << 8)), max: BigInt((10 << 24) + (at << 8) + 255) };
    children.set(handle, {
      handle,
      identity,
      resources: { asn: [{ min: BigInt(at + 1), max: BigInt(at + 1) }], ipv4: [network], ipv6: [] },
      leaving: false,
      usedKeys: new Map(),
      openRequests: new Map([[key.keyId, { type: 'issuance', className: 'default', limit: {}, csrDer }]]),
      openResponses: new Map(),
      lastContactAt: null,
      lastSignedAt: null,
      lastDigests: [],
    });
  }
  await store.run('ta.replace', {
    half: 'proxy',
    version: half.version,
    state: proxyText({ ...readProxyState(half.state), children }),
    audit: { action: 'ta.childAdd', outcome: 'done', summary: `Added ${count} children`, subjects: [] },
  });
  await made.vault.close();
}
