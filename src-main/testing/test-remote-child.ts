/** A child of the trust anchor on another machine, as small as it can be: signs RFC 6492 messages with real keys. Not shipped. */
import { randomBytes } from 'node:crypto';
import { Faults } from '../rpki/fault.ts';
import { makeCsr } from '../rpki/make-csr.ts';
import { makeIdentity } from '../rpki/make-certificate.ts';
import { makeMessage } from '../rpki/make-message.ts';
import { openMessage } from '../rpki/message.ts';
import type { Payload } from '../rpki/provisioning-message.ts';
import { readProvisioningXml, writeProvisioningXml } from '../rpki/provisioning-xml.ts';
import { writeChildRequestXml } from '../rpki/setup-xml.ts';
import { testKey, type TestKey } from './test-proxy.ts';

export interface RemoteChild {
  handle: string;
  /** child-request.xml. */
  requestXml: Uint8Array;
  /** A message to the parent, signed at `now`; `named`: with other names in it than its own and the parent's. */
  message(payload: Payload, now: Date, named?: { sender?: string; recipient?: string }): Promise<Uint8Array>;
  /** What the parent's answer says. Throws when it is not the parent's. */
  open(answer: Uint8Array, parentSpki: Uint8Array, now: Date): Payload;
  /** Asks for a certificate of `key`, publishing below `folder`. */
  issue(key: TestKey, folder: string): Promise<Payload>;
}

export async function remoteChild(handle: string, now: Date): Promise<RemoteChild> {
  const identity = testKey();
  const issuer = { keyId: identity.keyId, certificate: identity.sign, crl: identity.sign };
  const identityDer = await makeIdentity(
    {
      keyId: identity.keyId,
      spkiDer: identity.spkiDer,
      validity: {
        notBefore: new Date(now.getTime() - 300_000),
        notAfter: new Date(now.getTime() + 15 * 365 * 86_400_000),
      },
    },
    identity.sign,
  );
  return {
    handle,
    requestXml: writeChildRequestXml({ childHandle: handle, identityDer, tag: null }),
    message: (payload, at, named = {}) =>
      makeMessage(
        writeProvisioningXml({ sender: handle, recipient: 'ta', payload, ...named }),
        issuer,
        testKey(),
        {
          now: at,
          notBefore: new Date(at.getTime() - 300_000),
          notAfter: new Date(at.getTime() + 300_000),
          serial: Uint8Array.from([0x40, ...randomBytes(19)]),
        },
      ),
    open(answer, parentSpki, at) {
      const faults = new Faults();
      const message = openMessage(answer, parentSpki, at, faults);
      if (message === null || faults.found.length > 0) throw new Error(JSON.stringify(faults.found));
      return readProvisioningXml(message.content).payload;
    },
    issue: async (key, folder) => ({
      type: 'issue',
      className: 'default',
      limit: {},
      csrDer: await makeCsr(
        key,
        {
          repository: folder,
          manifest: `${folder}${key.keyId}.mft`,
          notify: 'https://child.example.net/rrdp/notification.xml',
        },
        key.sign,
      ),
    }),
  };
}
