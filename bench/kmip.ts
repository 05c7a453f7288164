// One signature on a KMIP server through the whole path beside one TLS message of the same size that comes back at once.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endServers } from '../src-main/testing/test-net.ts';
import { fakeKmip } from '../src-main/testing/fake-kmip.ts';
import { testAuthority } from '../src-main/testing/issued-tls.ts';
import { startPykmip } from '../src-main/testing/pykmip.ts';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { KmipSettings } from '#shared/contract/signer-settings.ts';
import { inTurn, type Measured } from './measure.ts';
import { oursOn } from './ours.ts';

const ROUNDS = 7;
/** Octets of a Sign request and of its response, as captured from PyKMIP with RSA 2048. */
const MESSAGE = 400;

interface Echo {
  once(): Promise<void>;
  end(): void;
}

/** A TLS connection over loopback on which each message comes back. */
async function tlsEcho(folder: string): Promise<Echo> {
  mkdirSync(folder, { recursive: true });
  const authority = testAuthority(folder);
  const own = authority.issue('echo', 'serverAuth');
  const server = createServer({ cert: own.certPem, key: own.keyPem }, (socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const options = { host: '127.0.0.1', port: address.port, ca: authority.certPem };
  const socket: TLSSocket = connect({ ...options, checkServerIdentity: () => undefined });
  await once(socket, 'secureConnect');
  socket.setNoDelay(true);
  const message = Buffer.alloc(MESSAGE, 1);
  return {
    async once() {
      socket.write(message);
      for (let got = 0; got < MESSAGE;) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        got += chunk.length;
      }
    },
    end() {
      socket.destroy();
      server.close();
    },
  };
}

async function against(
  settings: KmipSettings,
  algorithm: KeyAlgorithm,
  echo: Echo,
  pieces: number,
): Promise<Measured> {
  const ours = oursOn(settings, null);
  try {
    const key = await ours.router.create(ours.signer, {
      id: algorithm,
      algorithm,
      uses: ['certificate'],
      label: 'Bench',
    });
    return await inTurn(
      () =>
        ours.around(async () => {
          for (let at = 0; at < pieces; at += 1)
            await ours.router.sign(key, 'certificate', Buffer.from(`number ${at}`));
        }),
      async () => {
        for (let at = 0; at < pieces; at += 1) await echo.once();
      },
      { rounds: ROUNDS, pieces },
    );
  } finally {
    await ours.stop();
  }
}

/** A real PyKMIP, whose signature in Python takes its own time, and the small server of the tests, which takes none. */
export async function kmipBench(): Promise<{ what: string; measured: Measured }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-bench-'));
  const echo = await tlsEcho(join(folder, 'echo'));
  const server = await startPykmip(join(folder, 'pykmip'));
  try {
    const small = await fakeKmip();
    return [
      { what: 'PyKMIP, RSA 2048', measured: await against(server.settings(), 'rsa-2048', echo, 20) },
      { what: 'a small server, P-256', measured: await against(small.settings(), 'p-256', echo, 100) },
    ];
  } finally {
    echo.end();
    await server.stop();
    await endServers();
    rmSync(folder, { recursive: true, force: true });
  }
}
