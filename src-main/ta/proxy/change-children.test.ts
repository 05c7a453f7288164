import { expect, test } from 'vitest';
import type { AppError } from '../../lib/app-error.ts';
import { readAsn, readIp } from '../../rpki/resource-text.ts';
import { makeCsr } from '../../rpki/make-csr.ts';
import { testKey, type TestKey } from '../../testing/test-proxy.ts';
import { DEFAULT_TIMING, type Identity } from '../signer/trust-anchor.ts';
import { answerChild } from './answer-child.ts';
import { addChild, changeResources, removeChild, requireChild, withChild } from './change-children.ts';
import { typedResources } from './child-info.ts';
import { wishTexts } from './make-request.ts';
import type { AssociatedSigner, ProxyState } from './proxy-state.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
const BASE = 'rsync://rpki.example.net/repo/';
const key = testKey();
const ta = testKey();
const identity = (of: TestKey): Identity => ({ ...of, certificateDer: new Uint8Array() });
const resources = (asn: string) => ({ asn: readAsn(asn), ipv4: [], ipv6: [] });

/** As far as children are answered by it. */
const signer = {
  certificate: { der: new Uint8Array() },
  tal: { https: [], rsync: 'rsync://rpki.example.net/ta/ta.cer' },
  objects: { keyId: ta.keyId, baseUri: BASE, issued: new Map() },
} as unknown as AssociatedSigner;

const state = addChild(
  {
    identity: identity(ta),
    timing: DEFAULT_TIMING,
    repository: null,
    signer,
    children: new Map(),
    open: null,
    cancelled: [],
    revoking: [],
    shown: null,
    published: null,
    out: new Map(),
  },
  { handle: 'a', identity: identity(key), resources: resources('AS1-AS10') },
);

async function asked(from: ProxyState, repository: string, limit: object = {}) {
  const at = { repository, manifest: `${repository}${key.keyId}.mft`, notify: null };
  const csrDer = await makeCsr(key, at, key.sign);
  const child = from.children.get('a');
  if (child === undefined) throw new Error('no child');
  return answerChild(from, child, { type: 'issue', className: 'default', limit, csrDer }, NOW);
}

test.each(['con', 'NUL', 'aux', 'COM1', 'lpt9', 'far/prn', String.raw`far\nul`])(
  'a new child called %s is refused, because Windows keeps that name for a device',
  (handle) => {
    const named = { handle, identity: identity(ta), resources: resources('AS1') };
    expect(() => addChild(state, named)).toThrow(
      /^“\w+” is a name that Windows keeps for a device: .* Choose another handle\.$/,
    );
    expect(addChild(state, { ...named, handle: `${handle}x` }).children.size).toBe(2);
  },
);

test('a wish that the signer would refuse with the whole request is refused at once', async () => {
  const good = 'rsync://child.example.net/repo/a/';
  expect((await asked(state, good)).reply).toMatchObject({ status: 1104 });
  for (const base of [BASE, 'RSYNC://RPKI.example.NET:873/repo/'])
    expect((await asked(state, base)).reply).toMatchObject({ status: 1203 });
  expect((await asked(state, good, { asn: [], ipv4: [], ipv6: [] })).reply).toMatchObject({ status: 1202 });
  expect((await asked(state, good, resources('AS11'))).reply).toMatchObject({ status: 1202 });
});

test('a child whose wish is on its way is not forgotten, whatever became of the wish here', async () => {
  const { child } = await asked(state, 'rsync://child.example.net/repo/a/', resources('AS1-AS10'));
  const wish = child.openRequests.get(key.keyId);
  if (wish?.type !== 'issuance') throw new Error('no wish');
  const request = {
    nonce: 'one',
    child_requests: [
      {
        child: 'a',
        resources: { asn: 'AS1-AS10', ipv4: '', ipv6: '' },
        requests: {
          [key.keyId]: {
            Issuance: {
              class_name: 'default',
              limit: { asn: 'AS1-AS10', ipv4: '', ipv6: '' },
              csr: Buffer.from(wish.csrDer).toString('base64'),
            },
          },
        },
      },
    ],
  };
  const file = Buffer.from(JSON.stringify({ request, signed: { message: 'AAAA' } }));
  const at = NOW.toISOString();
  const sent = { ...withChild(state, child), open: { nonce: 'one', madeAt: at, goodUntil: at, file } };
  const less = changeResources(sent, 'a', resources('AS1'));
  expect(less.children.get('a')?.openRequests.size).toBe(0);
  expect(removeChild(less, 'a').children.get('a')).toMatchObject({ leaving: true });
  expect(removeChild({ ...less, open: null }, 'a').children.size).toBe(0);
});

test('a wish that would be for nothing after a change of resources does not reach the signer', async () => {
  const ipv4 = readIp('192.0.2.0/24', 'ipv4');
  const wide = changeResources(state, 'a', { ...resources('AS1'), ipv4 });
  const { child, reply } = await asked(wide, 'rsync://child.example.net/repo/a/', { asn: [] });
  expect(reply).toMatchObject({ status: 1104 });
  const narrowed = changeResources(withChild(wide, child), 'a', resources('AS1'));
  expect(narrowed.children.get('a')?.openRequests.size).toBe(0);
});

test('a folder that another child publishes in is refused', async () => {
  const place = 'rsync://child.example.net/repo/a/';
  const { child } = await asked(state, place);
  const two = addChild(withChild(state, child), {
    handle: 'b',
    identity: identity(testKey()),
    resources: resources('AS1'),
  });
  const other = testKey();
  const csrOf = (repository: string) =>
    makeCsr(other, { repository, manifest: `${repository}${other.keyId}.mft`, notify: null }, other.sign);
  const answerTo = async (repository: string) =>
    answerChild(
      two,
      requireChild(two, 'b'),
      { type: 'issue', className: 'default', limit: {}, csrDer: await csrOf(repository) },
      NOW,
    ).reply;
  expect(await answerTo('rsync://CHILD.example.net/repo/a/')).toMatchObject({ status: 1203 });
  expect(await answerTo('rsync://child.example.net/repo/b/')).toMatchObject({ status: 1104 });
});

test('no child may have the name under which keys without a child are revoked', () => {
  const other = { ...identity(key), keyId: 'AB'.repeat(20) };
  expect(() =>
    addChild(state, { handle: 'Unowned-Keys', identity: other, resources: resources('AS1') }),
  ).toThrow(/for keys that no child has/);
});

test('every field of typed resources that is wrong is named at once, each in a sentence', () => {
  const said = (): unknown => typedResources({ asn: 'AS5-AS2', ipv4: '10.0.0.0/8', ipv6: 'x' });
  expect(said).toThrow('"AS5-AS2" ends before it begins.');
  try {
    said();
  } catch (error) {
    const { fields = [] } = (error as AppError).details ?? {};
    expect(fields.map(({ path }) => path)).toEqual(['resources.asn', 'resources.ipv6']);
    expect(fields.every(({ message }) => /[^.]\.$/.test(message))).toBe(true);
  }
});

test('what is revoked by the operator is not called a wish of the child', async () => {
  const { child } = await asked(state, 'rsync://child.example.net/repo/a/');
  expect(wishTexts(withChild(state, child))).toEqual([
    expect.stringMatching(/^a asked for a certificate for key [0-9A-F]{8}…$/),
  ]);
  const used = { ...child, openRequests: new Map(), usedKeys: new Map([[key.keyId, 'in-use' as const]]) };
  expect(wishTexts(removeChild(withChild(state, used), 'a'))).toEqual([
    expect.stringMatching(/^a is being removed: its key [0-9A-F]{8}… is to be revoked$/),
  ]);
  const issued = new Map([[ta.keyId, { serial: 1n }]]);
  const objects = { ...signer.objects, issued } as unknown as AssociatedSigner['objects'];
  expect(wishTexts({ ...state, signer: { ...signer, objects }, revoking: [ta.keyId] })).toEqual([
    expect.stringMatching(/^key [0-9A-F]{8}…, which no child here has, is to be revoked$/),
  ]);
});
