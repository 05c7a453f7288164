import { expect, test } from 'vitest';
import type { Net } from '../../ports.ts';
import { testClock } from '../../testing/test-ports.ts';
import { publicationServer } from '../../testing/test-publication-server.ts';
import { signingWith } from '../../testing/response-world.ts';
import { testKey } from '../../testing/test-proxy.ts';
import { BASE } from '../../testing/test-proxy-app.ts';
import { streamed } from '../../testing/streamed-message.ts';
import { makeIdentity } from '../../rpki/make-certificate.ts';
import { readRepositoryResponseXml, writePublisherRequestXml } from '../../rpki/setup-xml.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { syncServer } from './sync-server.ts';

const clock = testClock();

test('a server that answers in BER is understood; one that answers in other BER, or altered, is named', async () => {
  const server = await publicationServer(() => clock.now());
  const key = testKey();
  const validity = { notBefore: clock.now(), notAfter: new Date(clock.now().getTime() + 86_400_000) };
  const identityDer = await makeIdentity({ ...key, validity }, key.sign);
  const answer = readRepositoryResponseXml(
    server.answer(writePublisherRequestXml({ publisherHandle: 'ta', identityDer, tag: null })),
  );
  const publication = {
    publisher: 'ta',
    contact: {
      base: BASE,
      notify: null,
      serviceUri: answer.serviceUri,
      serverSpki: parseCertificate(answer.identityDer).spkiDer,
    },
    target: { kind: 'server' as const, pin: null },
    signing: signingWith(key.sign, key),
    files: [{ uri: `${BASE}a.cer`, der: Uint8Array.of(1, 2, 3) }],
  };
  const answering = (change: (body: Uint8Array) => Uint8Array): Net => ({
    ...server.net,
    async request(request) {
      const reply = await server.net.request(request);
      return { ...reply, body: change(reply.body) };
    },
  });
  const sync = (change: (body: Uint8Array) => Uint8Array): Promise<number> =>
    syncServer(answering(change), publication, clock.now());
  await expect(sync((body) => streamed(body, true))).rejects.toThrow(
    /is not the publication server's: .*BER/,
  );
  const bit = (body: Uint8Array): Uint8Array => {
    const altered = Uint8Array.from(streamed(body));
    altered[altered.length - 12] = (altered[altered.length - 12] ?? 0) ^ 1;
    return altered;
  };
  await expect(sync(bit)).rejects.toThrow(/is not the publication server's: the signature does not hold/);
  expect(server.objects('ta').size).toBe(0);
  expect(await sync((body) => streamed(body))).toBe(1);
  expect([...server.objects('ta').keys()]).toEqual([`${BASE}a.cer`]);
});
