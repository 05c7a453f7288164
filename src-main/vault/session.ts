/** An unlocked workspace: the store's worker, the sealing key and the audit's signing key, and their end together. */
import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../lib/app-error.ts';
import { wipe } from '../lib/bytes.ts';
import type { Ports } from '../ports.ts';
import { startStore } from '../store/store.ts';
import type { Notice, Session } from '../store/store-contract.ts';
import type { Late } from '../store/store-worker.ts';
import type { Header } from './header.ts';
import { subkey } from './key-slots.ts';
import { seal, unseal } from './sealing.ts';

export interface OpenSession {
  session: Session;
  /** The last line of the audit file was cut off. */
  healed: boolean;
  /** Ends the worker and wipes the keys. */
  end(): Promise<void>;
}

// RFC 8410 7: PKCS#8 of an Ed25519 key is this and the 32-byte seed.
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export async function openSession(options: {
  ports: Pick<Ports, 'clock' | 'random' | 'workers' | 'version' | 'emit'>;
  folder: string;
  header: Header;
  /** The caller's; only read here. */
  masterKey: Uint8Array;
  create: boolean;
  notice(severity: Notice['severity'], text: string): void;
  died(error: Error): void;
  /** A file beside the database is behind: audit.jsonl or the database's own log. */
  late(late: Late): void;
}): Promise<OpenSession> {
  const { ports, folder, header, masterKey } = options;
  const store = await startStore(
    {
      worker: ports.workers.store,
      clock: ports.clock,
      died: options.died,
      late: options.late,
      recorded: () => ports.emit({ type: 'changed', topic: 'audit', ids: [] }),
    },
    {
      path: join(folder, 'workspace.db'),
      auditFile: join(folder, 'audit.jsonl'),
      workspaceId: header.id,
      version: ports.version,
      // Wiped by the store once its worker has them.
      key: subkey(masterKey, 'database'),
      auditKey: subkey(masterKey, 'audit-mac'),
      create: options.create,
    },
  );
  const sealingKey = subkey(masterKey, 'sealing');
  const backupKey = subkey(masterKey, 'backup');
  const seed = subkey(masterKey, 'audit-signature');
  const encoded = Buffer.concat([ED25519_PKCS8, seed]);
  const signer = createPrivateKey({ key: encoded, format: 'der', type: 'pkcs8' });
  wipe(seed, encoded);
  let ended = false;
  if (store.foreign > 0)
    options.notice(
      'bad',
      `audit.jsonl ends with ${store.foreign} lines that Baleen did not write. Verify the audit: it says where.`,
    );

  function needKeys(): void {
    if (ended) throw new AppError('LOCKED', 'The workspace was locked. Unlock it and try again.');
  }

  return {
    healed: store.healed,
    session: {
      workspace: {
        id: header.id,
        name: header.name,
        kind: header.kind,
        path: folder,
        createdAt: header.createdAt,
      },
      store,
      seal(keyId, plain) {
        needKeys();
        return seal(sealingKey, keyId, plain, ports.random);
      },
      open(keyId, sealed) {
        needKeys();
        return unseal(sealingKey, keyId, sealed);
      },
      signHead(message) {
        needKeys();
        return { signature: new Uint8Array(sign(null, message, signer)), publicKey: createPublicKey(signer) };
      },
      backupMac() {
        needKeys();
        return createHmac('sha256', backupKey);
      },
      notice: options.notice,
    },
    async end() {
      ended = true;
      // SECURITY: before anything is waited for.
      wipe(sealingKey, backupKey);
      await store.close();
    },
  };
}
