/** What a proxy asks of its signer, as JSON (krill-ta.md 4.6): the signed content and the fields no signature covers. */
import type { JsonValue } from '../../lib/json-reader.ts';
import { type Plain, toJson } from '../../lib/json-shape.ts';
import type { ChildRequest, Request } from '../documents.ts';
import { resourcesJson } from '../objects.ts';
import type { ProxyState } from './proxy-state.ts';

const WEEK_MS = 7 * 86_400_000;

export function childRequestJson(wish: ChildRequest): Plain {
  return wish.type === 'issuance'
    ? {
        Issuance: {
          class_name: wish.className,
          limit: resourcesJson(wish.limit),
          csr: Buffer.from(wish.csrDer).toString('base64'),
        },
      }
    : { Revocation: { class_name: wish.className, key: wish.key } };
}

/** The signed content. */
export function requestJson(request: Request): JsonValue {
  return new Map<string, JsonValue>([
    ['nonce', request.nonce],
    [
      'child_requests',
      request.children.map(
        (child) =>
          new Map<string, JsonValue>([
            ['child', child.handle],
            ['resources', toJson(resourcesJson(child.resources))],
            [
              'requests',
              new Map([...child.requests].map(([key, wish]) => [key, toJson(childRequestJson(wish))])),
            ],
          ]),
      ),
    ],
  ]);
}

/** What krillta only prints: from when certificates are due, by the issued ones themselves. */
export function advisoryMembers({ signer, timing }: ProxyState): (readonly [string, JsonValue])[] {
  const weeks = timing.issuedCertificateReissueWeeksBefore;
  const due = [...(signer?.objects.issued ?? [])].map(([key, { notAfter }]) => [
    key,
    new Date(Date.parse(notAfter) - weeks * WEEK_MS).toISOString(),
  ]);
  return [
    ['issued_certificate_reissue_weeks_before', toJson(weeks)],
    ['renew_times', toJson(due)],
    [
      'ta_renew_time',
      signer === null ? null : new Date(Date.parse(signer.certificate.notAfter) - 26 * WEEK_MS).toISOString(),
    ],
  ];
}
