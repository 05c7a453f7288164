/** A proxy as small as it can be, for tests and the tour: its identity, its repository, requests of children. Not shipped. */
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign as signWith } from 'node:crypto';
import { writeJson } from '../lib/json-reader.ts';
import { toJson } from '../lib/json-shape.ts';
import { makeIdentity, type Sign } from '../rpki/make-certificate.ts';
import { makeCsr } from '../rpki/make-csr.ts';
import { makeMessage } from '../rpki/make-message.ts';
import { keyId } from '../x509/public-key.ts';

export interface TestKey {
  keyId: string;
  spkiDer: Uint8Array;
  sign: Sign;
}

export function testKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spkiDer = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  return {
    keyId: keyId(spkiDer),
    spkiDer,
    sign: (data) => Promise.resolve(signWith('sha256', data, privateKey)),
  };
}

/** A PKCS#10 request as a CA of Krill makes it. */
function childCsr(key: TestKey, repository: string, notify: string): Promise<Uint8Array> {
  return makeCsr(key, { repository, manifest: `${repository}${key.keyId}.mft`, notify }, key.sign);
}

export interface TestChild {
  handle: string;
  resources: { asn: string; ipv4: string; ipv6: string };
  /** Keys to certify, and key identifiers to revoke. */
  issue: TestKey[];
  revoke: string[];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export interface TestProxy {
  /** proxy-id.json and proxy-repo.json. */
  idFile: string;
  repositoryFile: string;
  /** SHA-256 of the identity certificate, upper-case hex. */
  fingerprint: string;
  base: string;
  /** request.json at `now`. */
  request(children: readonly TestChild[], now: Date, nonce?: string): Promise<Buffer>;
}

/** `host` appears in every URI. */
export async function testProxy(now: Date, host = 'rpki.example.net'): Promise<TestProxy> {
  const identity = testKey();
  const issuer = { keyId: identity.keyId, certificate: identity.sign, crl: identity.sign };
  const base = `rsync://${host}/repo/`;
  const notify = `https://${host}/rrdp/notification.xml`;
  const before = new Date(now.getTime() - 300_000);
  const certificateDer = await makeIdentity(
    {
      keyId: identity.keyId,
      spkiDer: identity.spkiDer,
      validity: { notBefore: before, notAfter: new Date(now.getTime() + 15 * 365 * 86_400_000) },
    },
    identity.sign,
  );
  const hash = createHash('sha256').update(certificateDer).digest('hex');
  const pretty = (value: Parameters<typeof toJson>[0]): string => `${writeJson(toJson(value))}\n`;
  return {
    idFile: pretty({ public_key: base64(identity.spkiDer), base64: base64(certificateDer), hash }),
    repositoryFile: pretty({
      repo_info: { sia_base: base, rrdp_notification_uri: notify },
      server_info: { public_key: base64(testKey().spkiDer), service_uri: `https://${host}/rfc8181/ta/` },
    }),
    fingerprint: hash.toUpperCase(),
    base,
    async request(children, at, nonce = randomUUID()) {
      const childRequests = await Promise.all(
        children.map(async ({ handle, resources, issue, revoke }) => ({
          child: handle,
          resources,
          requests: Object.fromEntries([
            ...(await Promise.all(
              issue.map(async (key) => [
                key.keyId,
                {
                  Issuance: {
                    class_name: 'default',
                    limit: {},
                    csr: base64(await childCsr(key, `${base}${handle}/0/`, notify)),
                  },
                },
              ]),
            )),
            ...revoke.map((key) => [key, { Revocation: { class_name: 'default', key } }]),
          ]) as Record<string, never>,
        })),
      );
      const clear = toJson({ nonce, child_requests: childRequests });
      const message = await makeMessage(Buffer.from(writeJson(clear), 'utf8'), issuer, testKey(), {
        now: at,
        notBefore: new Date(at.getTime() - 300_000),
        notAfter: new Date(at.getTime() + 14 * 86_400_000),
        serial: Uint8Array.from([0x40, ...randomBytes(19)]),
      });
      const file = new Map([
        ['request', clear],
        ['signed', toJson({ message: base64(message) })],
        ['issued_certificate_reissue_weeks_before', toJson(26)],
        ['renew_times', toJson([])],
        ['ta_renew_time', null],
      ]);
      return Buffer.from(`${writeJson(file)}\n`, 'utf8');
    },
  };
}
