/** Messages of enrolled children that are rightly signed and wrong all the same. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Payload } from '../../rpki/provisioning-message.ts';
import { makeMessage } from '../../rpki/make-message.ts';
import { writeProvisioningXml } from '../../rpki/provisioning-xml.ts';
import { testKey } from '../../testing/test-proxy.ts';
import { openTlv, partsOf, streamed } from '../../testing/streamed-message.ts';
import { TAG } from '../../x509/der-reader.ts';
import { octetString, tlv } from '../../x509/der-writer.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { associatedHalves, endHalves, proxyOf } from '../../testing/test-proxy-app.ts';
import { type ServedChild, servedChild } from '../../testing/test-served-child.ts';

let proxy: TestApp;
let served: ServedChild;
beforeEach(async () => {
  ({ proxy } = await associatedHalves());
  served = await servedChild(proxy);
});
afterEach(endHalves);

const said = async (body: Uint8Array): Promise<{ status: number; text: string }> => {
  const { status, body: answer } = await served.send(body);
  return { status, text: Buffer.from(answer).toString('utf8').trim() };
};

test('a message to another parent of the same child, or from another name of it, is answered with who talks here', async () => {
  const { child, key } = served;
  const wish = await child.issue(key, 'rsync://child.example.net/repo/one/');
  for (const [named, between] of [
    [{ recipient: 'other-parent' }, 'from remote/one to other-parent'],
    [{ sender: 'remote/two' }, 'from remote/two to ta'],
    [{ sender: 'ta', recipient: 'remote/one' }, 'from ta to remote/one'],
  ] as const) {
    proxy.clock.advance(1000);
    expect(await said(await child.message(wish, proxy.clock.now(), named))).toEqual({
      status: 400,
      text: `The message is ${between}; here remote/one talks to ta.`,
    });
  }
  // Nothing of it was heard.
  expect((await proxyOf(proxy)).children[0]).toMatchObject({ keys: [], lastContactAt: null });
  expect(await served.ask({ type: 'list' })).toMatchObject({ type: 'list_response' });
});

const LIST: Payload = { type: 'list' };

test('a message in BER, as BouncyCastle and OpenSSL write it, is taken; other BER is answered with what is wrong', async () => {
  const { child } = served;
  const message = await child.message(LIST, proxy.clock.now());
  expect(streamed(message).subarray(0, 2)).toEqual(Buffer.from([0x30, 0x80]));
  expect((await served.send(streamed(message))).status).toBe(200);
  expect((await proxyOf(proxy)).children[0]?.lastContactAt).not.toBeNull();
  // What was altered on its way is nobody's.
  proxy.clock.advance(1000);
  const next = streamed(await child.message(LIST, proxy.clock.now()));
  next[next.length - 12] = (next[next.length - 12] ?? 0) ^ 1;
  expect(await said(next)).toMatchObject({ status: 403 });
  expect(await said(streamed(message, true))).toEqual({
    status: 400,
    text: expect.stringMatching(/^The message cannot be read: .*\. Send it in DER/) as string,
  });
  const many = openTlv(0x24, ...Array.from({ length: 70_000 }, () => octetString(Uint8Array.of(32))));
  const type = partsOf(message)[0] ?? message;
  const data = openTlv(
    TAG.sequence,
    tlv(2, Uint8Array.of(3)),
    tlv(TAG.set),
    openTlv(TAG.sequence, type, openTlv(0xa0, many)),
  );
  expect(await said(openTlv(TAG.sequence, type, openTlv(0xa0, data)))).toMatchObject({
    status: 400,
    text: expect.stringMatching(/more than 65536 pieces/) as string,
  });
});

test('an enrolled child whose clock is wrong is told so; a stranger is told nothing', async () => {
  const { child } = served;
  const at = (minutes: number): Date => new Date(proxy.clock.now().getTime() + minutes * 60_000);
  const here = `It is ${proxy.clock.now().toISOString()} here.`;
  expect(await said(await child.message(LIST, at(20)))).toEqual({
    status: 400,
    text: expect.stringMatching(
      /^A message of remote\/one is not taken: .*not valid before .*: check the clocks of both machines/,
    ) as string,
  });
  const late = await said(await child.message(LIST, at(-20)));
  expect(late).toMatchObject({ status: 400, text: expect.stringMatching(/it ended at /) as string });
  expect(late.text.endsWith(here)).toBe(true);
  const stranger = testKey();
  const issuer = { keyId: stranger.keyId, certificate: stranger.sign, crl: stranger.sign };
  const xml = writeProvisioningXml({ sender: child.handle, recipient: 'ta', payload: LIST });
  for (const minutes of [0, 20]) {
    const times = { now: at(minutes), notBefore: at(minutes - 5), notAfter: at(minutes + 5) };
    const message = await makeMessage(xml, issuer, testKey(), { ...times, serial: Uint8Array.of(7) });
    const refused = { status: 403, text: 'This message is not from an enrolled child.' };
    expect(await said(message)).toEqual(refused);
    expect(await said(streamed(message))).toEqual(refused);
  }
  expect((await proxyOf(proxy)).children[0]?.lastContactAt).toBeNull();
});
