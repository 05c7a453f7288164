import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateFixtures } from '../testing/vectors.ts';
import { certificateView } from './certificate-view.ts';
import { bundleFindings, linkChain } from './links.ts';
import { openPrivateKey, readPrivateKey } from './private-key.ts';
import { PrivateKeyError } from './x509-error.ts';
import { type Recognised, recognise } from './recognise.ts';
import { requestView } from './request.ts';

let fixtures: ReturnType<typeof generateFixtures>;
beforeAll(() => {
  fixtures = generateFixtures();
});
afterAll(() => fixtures.remove());

// The fixtures begin at the second they are made in.
const now = new Date(Date.now() + 60_000);
const bytes = (name: string): Uint8Array => readFileSync(join(fixtures.folder, name));
const read = (name: string): Recognised => recognise(bytes(name));
const ders = (name: string): Uint8Array[] =>
  read(name).objects.map((object) => ('der' in object ? object.der : new Uint8Array()));
const der = (name: string): Uint8Array => ders(name)[0] ?? new Uint8Array();
const nameOf = (name: string): string | undefined =>
  certificateView(der(name), { now }).subject.attributes.find((attribute) => attribute.name === 'CN')?.value;
const codes = (name: string): string[] =>
  certificateView(der(name), { now }).findings.map(({ code }) => code);

describe('what a file is, by its content', () => {
  it.each([
    ['agent-1.crt', 'PEM, 1 certificate'],
    ['agent-1.der', 'DER certificate'],
    ['api-fullchain.pem', 'PEM, 2 certificates'],
    ['api-with-root.pem', 'PEM, 3 certificates'],
    ['agent-1.csr', 'PEM, 1 certificate request'],
    ['agent-1.key', 'PEM, 1 private key'],
    ['key-named.crt', 'PEM, 1 private key'],
    ['krill.pfx', 'PKCS#12'],
    ['krill-legacy.pfx', 'PKCS#12'],
  ])('%s is %s', (name, recognised) => expect(read(name).recognised).toBe(recognised));

  it.each([
    ['garbage.pem', /not a certificate|not valid base64|cannot be read/],
    ['empty.pem', /empty/],
    ['truncated.crt', /certificate is cut off/],
    ['huge-25MiB.bin', /not a certificate/],
  ])('%s gets one clear sentence', (name, sentence) => expect(() => read(name)).toThrow(sentence));

  it.each([
    ['bom.crt', 'PEM_BOM'],
    ['crlf.crt', 'PEM_CRLF'],
    ['flattened.pem', 'PEM_FLATTENED'],
    ['escaped.pem', 'PEM_ESCAPED'],
    ['ec-with-params.key', 'EC_PARAMETERS'],
    ['der-trailing.der', 'DER_TRAILING'],
  ])('%s is read, with the note %s', (name, code) => {
    const { objects, notes } = read(name);
    expect(objects.length).toBeGreaterThan(0);
    expect(notes.map((note) => note.code)).toContain(code);
  });

  it('counts the extra bytes', () =>
    expect(read('der-trailing.der').notes[0]?.text).toBe('2 extra bytes after the certificate.'));

  it.each([
    ['<!DOCTYPE html><html>', /HTML/],
    ['{"a":1}', /JSON/],
    ['ssh-ed25519 AAAA', /OpenSSH public key/],
    [
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
      /ssh-keygen -p -m PKCS8/,
    ],
    ['just words', /not a certificate/],
  ])('%s is named for what it is', (text, sentence) =>
    expect(() => recognise(Buffer.from(text))).toThrow(sentence),
  );

  it('reads base64 without armour', () => {
    const text = Buffer.from(der('agent-1.crt')).toString('base64');
    expect(recognise(Buffer.from(text)).recognised).toBe('base64 without armour, DER certificate');
  });
});

describe('findings about single certificates', () => {
  it.each([
    ['expired-agent.crt', 'EXPIRED'],
    ['future-agent.crt', 'NOT_YET_VALID'],
    ['no-san.crt', 'NO_SAN'],
    ['seed003-openssl-v1.crt', 'VERSION'],
    ['seed003-openssl-v1.crt', 'NO_SAN'],
  ])('%s: %s', (name, code) => expect(codes(name)).toContain(code));

  it('sees the altered signature of a self-signed certificate', () => {
    const altered = Uint8Array.from(der('mesh-ca.crt'));
    altered[altered.length - 3] = (altered.at(-3) ?? 0) ^ 1;
    expect(certificateView(altered, { now }).findings.map(({ code }) => code)).toContain('SIGNATURE_BROKEN');
    expect(codes('mesh-ca.crt')).not.toContain('SIGNATURE_BROKEN');
  });

  it('describes a request and its proof of possession', () => {
    const view = requestView(der('postgres-internal.csr'));
    expect(view.proofOfPossession).toBe(true);
    const altered = Uint8Array.from(der('postgres-internal.csr'));
    altered[altered.length - 3] = (altered.at(-3) ?? 0) ^ 1;
    expect(requestView(altered)).toMatchObject({
      proofOfPossession: false,
      findings: [{ code: 'CSR_SIGNATURE' }, ...requestView(altered).findings.slice(1)],
    });
  });
});

describe('private keys', () => {
  const file = (name: string) => {
    const found = read(name).objects.find((object) => object.kind === 'privateKey');
    if (found?.kind !== 'privateKey') throw new Error('no key');
    return found.file;
  };

  it.each([
    ['agent-1.key', 'SEC1'],
    ['agent-1.pkcs8.key', 'PKCS#8'],
    ['ec-with-params.key', 'SEC1'],
    ['krill.pkcs1.key', 'PKCS#1'],
    ['ed-agent.key', 'PKCS#8'],
  ])('%s is %s and opens', (name, format) => {
    expect(file(name).format).toBe(format);
    expect(readPrivateKey(file(name), null).spkiDer.length).toBeGreaterThan(40);
  });

  it('wants the passphrase of an encrypted key and says when it is wrong', async () => {
    const reason = (passphrase: string | null): Promise<string> =>
      openPrivateKey(file('agent-1.enc.key'), passphrase).then(
        () => 'opened',
        (error: unknown) => (error instanceof PrivateKeyError ? error.reason : 'other'),
      );
    expect([await reason(null), await reason('not it'), await reason('correct')]).toEqual([
      'passphraseNeeded',
      'wrongPassphrase',
      'opened',
    ]);
  });
});

describe('links', () => {
  const bag = () =>
    ['kld-root.crt', 'kld-int.crt', 'subca-bad.crt', 'mesh-ca.crt', 'other-ca.crt', 'agent-1.crt'].map(der);
  const chain = (leaf: string) => linkChain(der(leaf), bag(), now);

  it('draws root, intermediate, leaf', () =>
    expect(chain('api-internal.crt').map(({ state }) => state)).toEqual(['good', 'good', 'good']));
  it('says what is missing', () =>
    expect(linkChain(der('api-internal.crt'), [], now)).toMatchObject([
      { state: 'careful', text: expect.stringContaining('intermediate or the root is missing') as string },
    ]));
  it('finds a leaf that signed', () =>
    expect(chain('leaf-under-leaf.crt').map(({ text }) => text)).toContain('issuer is not a CA'));
  it('finds a path that is too long', () =>
    expect(chain('leaf-under-subca.crt').map(({ text }) => text)).toContain(
      'path length constraint exceeded',
    ));
  it('notes order and root of a bundle', () => {
    expect(bundleFindings(ders('api-wrong-order.pem')).map(({ code }) => code)).toContain('BUNDLE_ORDER');
    expect(bundleFindings(ders('api-with-root.pem')).map(({ code }) => code)).toEqual(['BUNDLE_ROOT']);
    expect(bundleFindings(ders('api-fullchain.pem'))).toEqual([]);
  });
  it('names who does not belong to the chain, and never calls a stranger the root', () => {
    const found = (...names: string[]) =>
      bundleFindings(names.map(der)).map(({ code, text }) => [
        code,
        /^"?([^"]*?)"? (?:in the file|certificates)/.exec(text)?.[1],
      ]);
    expect(found('api-internal.crt', 'mesh-ca.crt')).toEqual([['BUNDLE_STRANGER', nameOf('mesh-ca.crt')]]);
    expect(found('api-internal.crt', 'kld-int.crt', 'mesh-ca.crt')).toEqual([
      ['BUNDLE_STRANGER', nameOf('mesh-ca.crt')],
    ]);
    expect(found('api-internal.crt', 'mesh-ca.crt', 'other-ca.crt')).toEqual([['BUNDLE_STRANGER', '2']]);
    // Its issuer first is a question of order, roots alone are a collection.
    expect(found('kld-int.crt', 'api-internal.crt').map(([code]) => code)).toEqual(['BUNDLE_ORDER']);
    expect(found('mesh-ca.crt', 'other-ca.crt', 'kld-root.crt')).toEqual([]);
    // What links both is known, though not in the file.
    expect(
      bundleFindings(['api-internal.crt', 'kld-root.crt'].map(der), [der('kld-int.crt')]).map(
        ({ code }) => code,
      ),
    ).toEqual(['BUNDLE_ROOT']);
  });
});
