/** An application whose default signer is a real SoftHSM token or a real PyKMIP server, configured through the channels. Not shipped. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { fakeKmip } from './fake-kmip.ts';
import { startPykmip } from './pykmip.ts';
import { PIN, softhsm } from './softhsm.ts';
import { type TestApp, testApp } from './test-app.ts';
import { endServers } from './test-net.ts';

export interface Configured {
  app: TestApp;
  /** The signer's id. */
  signer: string;
  end(): Promise<void>;
}

/** Adds the signer with the default role and applies it. Answers its id. */
export async function addSigner(
  app: TestApp,
  name: string,
  settings: SignerSettings,
  secret: string | null,
): Promise<string> {
  const revision = async (): Promise<number> => (await app.call('signers.list', {})).pending.revision;
  const { id } = await app.call('signers.save', {
    revision: await revision(),
    id: null,
    name,
    settings,
    secret: secret === null ? { do: 'keep' } : { do: 'store', secret },
  });
  await app.call('signers.setRoles', { revision: await revision(), defaultSigner: id, oneOffSigner: null });
  await app.call('signers.apply', { revision: await revision() });
  return id;
}

export async function withSoftware(): Promise<Configured> {
  const app = await testApp({ live: true });
  await app.create('online', 'Software');
  return { app, signer: 'software', end: () => app.remove() };
}

export async function withSoftHsm(): Promise<Configured> {
  const hsm = softhsm();
  hsm.addToken('My token 1');
  const app = await testApp({ live: true });
  await app.create('online', 'Token');
  const signer = await addSigner(app, 'SoftHSMv2', hsm.settings('My token 1'), PIN);
  return {
    app,
    signer,
    async end() {
      await app.remove();
      await hsm.remove();
    },
  };
}

export async function withPykmip(): Promise<Configured> {
  const app = await testApp({ live: true });
  const server = await startPykmip(app.folder);
  await app.create('online', 'KMIP');
  // PyKMIP does not announce Modify Attribute, and does it.
  const signer = await addSigner(app, 'PyKMIP', server.settings({ force: true }), null);
  return {
    app,
    signer,
    async end() {
      await app.remove();
      await server.stop();
    },
  };
}

/** The own small server, for the curves that PyKMIP does not make. */
export async function withOwnKmip(): Promise<Configured> {
  const app = await testApp({ live: true });
  const server = await fakeKmip();
  await app.create('online', 'KMIP with curves');
  const signer = await addSigner(app, 'KMIP', server.settings(), null);
  return {
    app,
    signer,
    async end() {
      await app.remove();
      await endServers();
    },
  };
}
