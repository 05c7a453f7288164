/** The whole application with scripted tokens. Not shipped. */
import { pkcs11Settings, type SignerSettings } from '#shared/contract/signer-settings.ts';
import { fakeDevices, type FakeToken } from './fake-device.ts';
import { type TestApp, testApp } from './test-app.ts';
import { PASSPHRASE } from './test-workspace.ts';

const open: TestApp[] = [];

/** For `afterEach`. */
export async function endSigners(): Promise<void> {
  for (const app of open.splice(0)) await app.remove();
}

export const settings = (libPath: string, more: Partial<SignerSettings> = {}) =>
  pkcs11Settings.parse({ kind: 'pkcs11', libPath, slot: { by: 'label', label: 'My token' }, ...more });

/** Lets what is ready run: answers of the store's worker come as messages. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 60; turn += 1) await new Promise((done) => setTimeout(done, 1));
};

/** The application with tokens by the path of their library, and what tests ask of it. */
export async function started(tokens: Record<string, FakeToken>, folder?: string, workspace?: string) {
  const byPath = new Map(Object.entries(tokens));
  const made: SignerSettings[] = [];
  const app = await testApp({
    devices: fakeDevices(byPath, made),
    ...(folder === undefined ? {} : { folder }),
    ...(workspace === undefined ? {} : { workspace }),
  });
  open.push(app);
  if (workspace === undefined) await app.create();
  else await app.call('workspace.unlock', { passphrase: PASSPHRASE });

  const list = () => app.call('signers.list', {});
  const revision = async () => (await list()).pending.revision;
  const row = async (id: string) => {
    const found = (await list()).rows.find((one) => one.id === id);
    if (found === undefined) throw new Error('no such signer');
    return found;
  };
  async function add(name: string, libPath: string, pin: string | null = '5678', more = {}): Promise<string> {
    const { id } = await app.call('signers.save', {
      revision: await revision(),
      id: null,
      name,
      settings: settings(libPath, more),
      secret: pin === null ? { do: 'keep' } : { do: 'store', secret: pin },
    });
    await app.call('signers.setRoles', {
      revision: await revision(),
      defaultSigner: 'software',
      oneOffSigner: null,
    });
    await app.call('signers.apply', { revision: await revision() });
    return id;
  }
  const apply = async () => app.call('signers.apply', { revision: await revision() });
  async function until<T>(what: () => Promise<T | undefined | false>): Promise<T> {
    for (let turn = 0; turn < 400; turn += 1) {
      const found = await what();
      if (found !== undefined && found !== false) return found;
      await new Promise((done) => setTimeout(done, 5));
    }
    throw new Error('it never came');
  }
  const prompt = () => until(async () => (await app.call('signers.prompts', {})).prompts[0]);
  const state = (id: string, wanted: string) =>
    until(async () => (await row(id)).state === wanted && row(id));
  const newKey = (signer: string, label = 'a key') =>
    app.call('keys.create', { algorithm: 'p-256', label, signer });
  const job = async (begun: { job: string }) => app.ended(begun.job);
  async function audit(action: string): Promise<string[]> {
    const { rows } = await app.call('audit.list', { action, limit: 50 });
    return rows.map(({ outcome, summary }) => `${outcome}: ${summary}`);
  }
  return {
    app,
    tokens: byPath,
    made,
    list,
    row,
    add,
    apply,
    prompt,
    state,
    newKey,
    job,
    audit,
    until,
    revision,
  };
}
