/** Which files should travel now, from which half to whom. Their content is asked for, not made here. */
import type { StickOffer, StickOrder } from '#shared/contract/ta-stick.ts';
import type { Situation } from './situation.ts';
import { orderName } from './stick-names.ts';

export type Due = Omit<StickOffer, 'sha256'> & {
  /** Where it is known without making the file. */
  sha256: string | null;
};

const due = (
  order: StickOrder,
  from: string,
  to: string,
  says: string,
  sha256: string | null = null,
): Due => ({ order, name: orderName(order), from, to, says, sha256 });

function ofSigner({ signer, proxy }: Situation): Due[] {
  if (signer === null) return [];
  const last = signer.past.at(-1);
  const setAside = last !== undefined && signer.number > BigInt(last.number);
  const reissued = last === undefined || setAside || signer.certificateFrom.getTime() > Date.parse(last.at);
  const knownToProxy = proxy?.signer?.certificateSha256 === signer.certificateSha256;
  const taken = proxy?.past.some(({ nonce }) => nonce === last?.nonce) ?? false;
  return [
    ...(reissued && (setAside || !knownToProxy)
      ? [
          due(
            { half: 'signer', what: 'signer-info', id: null },
            'Signer',
            'Proxy',
            last === undefined
              ? 'Who the signer is: the proxy associates it.'
              : 'Something was made since the last response: the proxy takes it over.',
          ),
        ]
      : []),
    ...(last === undefined || taken || setAside
      ? []
      : [
          due(
            { half: 'signer', what: 'response', id: last.id },
            'Signer',
            'Proxy',
            `Response ${last.number}: the proxy reviews and publishes it.`,
            last.responseSha256,
          ),
        ]),
  ];
}

function ofProxy({ proxy, signer }: Situation): Due[] {
  if (proxy === null) return [];
  const order = (what: Extract<StickOrder, { half: 'proxy' }>['what']): StickOrder => ({
    half: 'proxy',
    what,
    child: null,
  });
  if (proxy.repository === null)
    return [
      due(
        order('pub-req'),
        'Proxy',
        'Publication server',
        'Asks to publish there, unless the proxy publishes into a folder.',
      ),
    ];
  if (proxy.signer === null)
    return signer === null
      ? [
          due(order('proxy-id'), 'Proxy', 'Signer', 'Who the proxy is: the set-up of the signer takes it.'),
          due(
            order('proxy-repo'),
            'Proxy',
            'Signer',
            'Where the trust anchor publishes: the set-up of the signer takes it.',
          ),
        ]
      : [];
  return proxy.open === null
    ? []
    : [
        due(
          order('request'),
          'Proxy',
          'Signer',
          'The open request: the signer reviews and signs it.',
          proxy.open.sha256,
        ),
      ];
}

/** What children on other machines need to know of their parent. */
function toChildren({ proxy, children }: Situation): Due[] {
  if (proxy === null || proxy.signer === null) return [];
  const local = new Set(children.map(({ identity }) => identity));
  return proxy.silent
    .filter((handle) => !local.has(proxy.children.get(handle) ?? ''))
    .map((handle) =>
      due(
        { half: 'proxy', what: 'parent-response', child: handle },
        'Proxy',
        `Child ${handle}`,
        'Tells the child where its parent is; it has not asked yet. Its row among the children says at which address.',
      ),
    );
}

function ofChildren({ children, proxy }: Situation): Due[] {
  // In the folder of the trust anchor a child takes its place without files.
  return proxy?.repository?.folder === true
    ? []
    : children
        .filter(({ repository }) => repository === null)
        .map(({ handle }) =>
          due(
            { half: 'child', what: 'pub-req', child: handle },
            `Child ${handle}`,
            'Publication server',
            'Asks to publish there.',
          ),
        );
}

/** The first is what the exchange waits for. */
export function dueFiles(situation: Situation): Due[] {
  return [...ofProxy(situation), ...ofSigner(situation), ...toChildren(situation), ...ofChildren(situation)];
}
