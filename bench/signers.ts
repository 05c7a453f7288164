// Signatures on a SoftHSM token through the whole path (router, lifecycle, host protocol, child, C_Sign, check of the result)
// beside pkcs11js called directly on the same key in this process, which checks nothing.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { CKA, CKF, CKM, CKO, CKU, type Cryptoki } from '../src-main/signers/pkcs11/cryptoki.ts';
import { faultOf } from '../src-main/signers/pkcs11/faults.ts';
import { startHostClient } from '../src-main/signers/pkcs11/host-client.ts';
import type { RoutedKey } from '../src-main/signers/router.ts';
import { signatureHolds } from '../src-main/signers/signature-scheme.ts';
import { PIN, type SoftHsm, softhsm, softhsmLibrary, testTools } from '../src-main/testing/softhsm.ts';
import { inTurn, type Measured } from './measure.ts';
import { type Ours, oursOn } from './ours.ts';

const LABEL = 'Bench';
const ROUNDS = 7;
/** More than the device lets into the child at once would only wait. */
const AT_ONCE = 32;
/** As many sessions as the child opens. */
const SESSIONS = 4;

const MECHANISM = { 'p-256': CKM.CKM_ECDSA, 'rsa-2048': CKM.CKM_RSA_PKCS } as const;
type Kind = keyof typeof MECHANISM;
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

const data = (at: number): Buffer => Buffer.from(`to be signed, number ${at}`);

/** What is hashed here and what the token gets, as signWays makes it. */
function inputOf(kind: Kind, at: number): Buffer {
  const hash = createHash('sha256').update(data(at)).digest();
  return kind === 'p-256' ? hash : Buffer.concat([SHA256_INFO, hash]);
}

interface Direct {
  one(at: number): Buffer;
  many(count: number): Promise<void>;
}

/** pkcs11js in this process, on the key with that CKA_ID. */
async function direct(hsm: SoftHsm, kind: Kind, id: Uint8Array): Promise<{ loop: Direct; end(): void }> {
  Object.assign(process.env, hsm.environment);
  const { default: binding } = (await import('pkcs11js')) as unknown as {
    default: { PKCS11: new () => Cryptoki };
  };
  const library = new binding.PKCS11();
  library.load(softhsmLibrary());
  library.C_Initialize({ flags: CKF.osLockingOk });
  const slot = library.C_GetSlotList(true).find((one) => library.C_GetTokenInfo(one).label.trim() === LABEL);
  if (slot === undefined) throw new Error('no token');
  const sessions = Array.from({ length: SESSIONS }, () =>
    library.C_OpenSession(slot, CKF.serialSession | CKF.rwSession),
  );
  const [first] = sessions;
  if (first === undefined) throw new Error('no session');
  library.C_Login(first, CKU.user, PIN);
  library.C_FindObjectsInit(first, [
    { type: CKA.class, value: CKO.privateKey },
    { type: CKA.id, value: Buffer.from(id) },
  ]);
  const [key] = library.C_FindObjects(first, 1);
  library.C_FindObjectsFinal(first);
  if (key === undefined) throw new Error('no key');
  const mechanism = { mechanism: MECHANISM[kind] };
  return {
    loop: {
      one(at) {
        library.C_SignInit(first, mechanism, key);
        return library.C_Sign(first, inputOf(kind, at), Buffer.alloc(1024));
      },
      async many(count) {
        let next = 0;
        const worker = async (session: Buffer): Promise<void> => {
          while (next < count) {
            next += 1;
            library.C_SignInit(session, mechanism, key);
            await library.C_SignAsync(session, inputOf(kind, next), Buffer.alloc(1024));
          }
        };
        await Promise.all(sessions.map(worker));
      },
    },
    end: () => library.C_Finalize(),
  };
}

export interface TokenBench {
  kind: Kind;
  /** Ours beside C_Sign called one after the other. */
  alone: Measured;
  /** 32 at once, beside the same loop one after the other. */
  pipelined: Measured;
  /** 32 at once, beside four sessions at once. */
  pipelinedBoth: Measured;
  /** The check of one signature with its public key, which only ours has; milliseconds. */
  check: number;
}

async function pipelined({ router }: Ours, key: RoutedKey, count: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await router.sign(key, 'certificate', data(next));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function tokenBenchOf(hsm: SoftHsm, ours: Ours, kind: Kind, pieces: number): Promise<TokenBench> {
  const key = await ours.router.create(ours.signer, {
    id: kind,
    algorithm: kind,
    uses: ['certificate'],
    label: LABEL,
  });
  const { loop, end } = await direct(hsm, kind, key.handle);
  const options = { rounds: ROUNDS, pieces };
  const inOrder = async (): Promise<void> => {
    for (let at = 0; at < pieces; at += 1) loop.one(at);
  };
  const many = (): Promise<void> => ours.around(() => pipelined(ours, key, pieces));
  const one = (): Promise<void> =>
    ours.around(async () => {
      for (let at = 0; at < pieces; at += 1) await ours.router.sign(key, 'certificate', data(at));
    });
  const results = {
    kind,
    alone: await inTurn(one, inOrder, options),
    pipelined: await inTurn(many, inOrder, options),
    pipelinedBoth: await inTurn(many, () => loop.many(pieces), options),
    check: 0,
  };
  const signature = await ours.around(() => ours.router.sign(key, 'certificate', data(0)));
  const started = performance.now();
  for (let at = 0; at < pieces; at += 1) signatureHolds(kind, key.spkiDer, data(0), signature);
  results.check = (performance.now() - started) / pieces;
  end();
  return results;
}

export async function tokenBench(): Promise<TokenBench[]> {
  const hsm = softhsm();
  hsm.addToken(LABEL);
  const ours = oursOn(hsm.settings(LABEL), PIN);
  try {
    return [await tokenBenchOf(hsm, ours, 'p-256', 1000), await tokenBenchOf(hsm, ours, 'rsa-2048', 200)];
  } finally {
    await ours.stop();
    await hsm.remove();
  }
}

/** A child until it has loaded SoftHSM, beside a bare Node that does nothing. */
export async function childBench(): Promise<Measured> {
  const hsm = softhsm();
  try {
    return await inTurn(
      async () => {
        const client = startHostClient({ ...testTools, environment: hsm.environment });
        await client.ask({ op: 'load', library: softhsmLibrary() }, null);
        client.end(faultOf('SIGNER_CLOSED'));
      },
      async () => void execFileSync(process.execPath, ['-e', '0']),
      { rounds: 5, pieces: 1 },
    );
  } finally {
    await hsm.remove();
  }
}
