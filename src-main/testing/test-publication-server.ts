/** A publication server (RFC 8181) as small as it can be, behind the Net port: it signs, keeps what it is given, and can fail. Not shipped. */
import { randomBytes } from 'node:crypto';
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { Net } from '../ports.ts';
import { Faults } from '../rpki/fault.ts';
import { makeIdentity } from '../rpki/make-certificate.ts';
import { makeMessage } from '../rpki/make-message.ts';
import type { PublicationQuery, PublicationReply } from '../rpki/publication-message.ts';
import { readPublicationQuery, writePublicationReply } from '../rpki/publication-xml.ts';
import { readPublisherRequestXml, writeRepositoryResponseXml } from '../rpki/setup-xml.ts';
import { readSignedObject } from '../rpki/signed-object.ts';
import { noNet } from './test-net.ts';
import { testKey } from './test-proxy.ts';
import { BASE, NOTIFY } from './test-proxy-app.ts';

const ROOT = 'https://pub.example.net/rfc8181/';

export interface PublicationServer {
  net: Net;
  /** Publishers whose messages do not get through. */
  away: Set<string>;
  /** repo-res.xml for a pub-req.xml: the trust anchor at the base, others below it. */
  answer(request: Uint8Array): Buffer;
  /** SHA-256 of what a publisher has there, by URI. */
  objects(publisher: string): Map<string, string>;
  /** Publishers in the order in which they asked. */
  asked: string[];
}

export async function publicationServer(now: () => Date): Promise<PublicationServer> {
  const identity = testKey();
  const issuer = { keyId: identity.keyId, certificate: identity.sign, crl: identity.sign };
  const hours = (count: number): Date => new Date(now().getTime() + count * 3_600_000);
  const identityDer = await makeIdentity(
    { ...identity, validity: { notBefore: hours(-1), notAfter: hours(24 * 365 * 15) } },
    identity.sign,
  );
  const all = new Map<string, Map<string, string>>();
  const away = new Set<string>();
  const asked: string[] = [];
  const objects = (publisher: string): Map<string, string> => {
    const found = all.get(publisher) ?? new Map<string, string>();
    all.set(publisher, found);
    return found;
  };

  function replyTo(publisher: string, query: PublicationQuery): PublicationReply {
    const there = objects(publisher);
    if (query.type === 'list')
      return { type: 'list', objects: [...there].map(([uri, hash]) => ({ uri, hash })) };
    for (const element of query.elements) {
      if ((there.get(element.uri) ?? null) !== element.hash)
        throw new Error(`another object: ${element.uri}`);
      if (element.type === 'publish') there.set(element.uri, sha256Hex(element.der));
      else there.delete(element.uri);
    }
    return { type: 'success' };
  }

  return {
    away,
    asked,
    objects,
    answer(request) {
      const { publisherHandle } = readPublisherRequestXml(request);
      const own = publisherHandle === 'ta' ? BASE : `${BASE}${publisherHandle}/`;
      return Buffer.from(
        writeRepositoryResponseXml({
          publisherHandle,
          identityDer,
          serviceUri: `${ROOT}${publisherHandle}`,
          siaBase: own,
          rrdpNotificationUri: NOTIFY,
          tag: null,
        }),
      );
    },
    net: {
      ...noNet,
      async request({ url, body }) {
        const publisher = url.slice(ROOT.length);
        asked.push(publisher);
        if (!url.startsWith(ROOT) || away.has(publisher))
          throw new AppError('UNREACHABLE', `Nobody answers at ${url}: look whether the server runs.`);
        const { content } = readSignedObject(body ?? new Uint8Array(), new Faults());
        const reply = await makeMessage(
          writePublicationReply(replyTo(publisher, readPublicationQuery(content))),
          issuer,
          testKey(),
          {
            now: now(),
            notBefore: hours(-1),
            notAfter: hours(1),
            serial: Uint8Array.from([0x40, ...randomBytes(19)]),
          },
        );
        return { status: 200, headers: {}, body: reply, peer: null };
      },
    },
  };
}
