/** The files of both halves in words: what each is, from whom to whom, what to do with it. No component. */
import type { ProxyExport, ProxyView } from '#shared/contract/ta-proxy.ts';
import type { SignerView, TaExport } from '#shared/contract/ta.ts';
import { responseFile, SIGNER_FILES } from './ta-signer-files.ts';
import type { GuideAction } from './guide-steps.ts';

interface Words {
  /** "response.json". */
  name: string;
  from: string;
  to: string;
  /** What it is, and what to do with it. */
  says: string;
}

export type TaFile = Words &
  ({ half: 'signer'; what: TaExport; id?: string } | { half: 'proxy'; what: ProxyExport; child?: string });

export const PUBLISHER_REQUEST: TaFile = {
  half: 'proxy',
  what: 'pub-req',
  name: 'pub-req.xml',
  from: 'Proxy',
  to: 'Publication server',
  says: 'Asks to publish there (RFC 8183). Its operator answers with repo-res.xml. With Krill: krillc pubserver publishers add --request pub-req.xml',
};

export const REQUEST: TaFile = {
  half: 'proxy',
  what: 'request',
  name: 'request.json',
  from: 'Proxy',
  to: 'Signer',
  says: 'The open request: what the children want, signed by the proxy. With krillta: krillta signer process request.json',
};

export const parentResponse = (child: string): TaFile => ({
  half: 'proxy',
  what: 'parent-response',
  child,
  name: 'res.xml',
  from: 'Proxy',
  to: `Child ${child}`,
  says: 'Tells the child where its parent is (RFC 8183). With Krill: krillc parents add --parent ta --response res.xml',
});

const PROXY_ID: TaFile = {
  half: 'proxy',
  what: 'proxy-id',
  name: 'proxy-id.json',
  from: 'Proxy',
  to: 'Signer',
  says: "Who the proxy is. Nobody signs it: read its fingerprint to the signer's operator as well.",
};
const PROXY_REPO: TaFile = {
  half: 'proxy',
  what: 'proxy-repo',
  name: 'proxy-repo.json',
  from: 'Proxy',
  to: 'Signer',
  says: 'Where the trust anchor publishes. The signer keeps it for ever.',
};
const REPOSITORY_RESPONSE: TaFile = {
  half: 'proxy',
  what: 'repo-res',
  name: 'repo-res.xml',
  from: 'Repository',
  to: 'Proxy',
  says: 'The answer for this publisher, for the records; it was taken already.',
};
export const TAL: TaFile = {
  half: 'proxy',
  what: 'tal',
  name: 'ta.tal',
  from: 'Proxy',
  to: 'Relying parties',
  says: 'Validators begin with it.',
};
export const CERTIFICATE: TaFile = {
  half: 'proxy',
  what: 'certificate',
  name: 'ta.cer',
  from: 'Proxy',
  to: 'Web and rsync server',
  says: 'To every place the TAL names, after set-up and after each reissue.',
};

const RECORDS: readonly TaFile[] = [
  {
    half: 'proxy',
    what: 'exchanges-text',
    name: 'exchanges.txt',
    from: 'Proxy',
    to: 'Records',
    says: 'Every exchange as krillta prints it.',
  },
  {
    half: 'proxy',
    what: 'exchanges-json',
    name: 'exchanges.json',
    from: 'Proxy',
    to: 'Records',
    says: 'Every exchange with its signed messages, as krillta writes it.',
  },
];

const RECORD: TaFile = {
  half: 'proxy',
  what: 'record-json',
  name: 'record.json',
  from: 'Proxy',
  to: 'Records',
  says: 'What is no exchange: requests that were withdrawn, and responses that were found wrong, with reasons and hashes.',
};

/** For a signer that lost what it signed. */
const lastTaken = (number: string): TaFile[] => [
  {
    half: 'proxy',
    what: 'last-response',
    name: 'response.json',
    from: 'Proxy',
    to: 'Signer',
    says: `Response ${number}, which was taken last, once more: a signer that was restored from a backup takes it back (“Take a response back…” there).`,
  },
  {
    half: 'proxy',
    what: 'last-request',
    name: 'request.json',
    from: 'Proxy',
    to: 'Signer',
    says: `The request that response ${number} answered, to go with it.`,
  },
];

/** What the proxy can hand out now. TAL and certificate and records are the signer's own when it is here too. */
export function proxyFiles(proxy: ProxyView, signer: SignerView | null): TaFile[] {
  const { repository } = proxy;
  if (repository === null) return [PROXY_ID, PUBLISHER_REQUEST];
  return [
    PROXY_ID,
    PROXY_REPO,
    ...(repository.target.kind === 'server' ? [PUBLISHER_REQUEST] : []),
    REPOSITORY_RESPONSE,
    ...(proxy.signer !== null && signer === null ? [CERTIFICATE, TAL, ...RECORDS] : []),
    ...(proxy.signer === null ? [] : [RECORD]),
    ...(proxy.lastTaken === null ? [] : lastTaken(proxy.lastTaken)),
  ];
}

/** The file that the guide hands out. null: it is not there (yet). */
export function handedOutFile(action: GuideAction, open: ProxyView['open']): TaFile | null {
  if (action.kind === 'hand-out-response') return responseFile(action.exchange);
  if (action.kind !== 'hand-out') return null;
  switch (action.what) {
    case 'proxy-id':
      return PROXY_ID;
    case 'proxy-repo':
      return PROXY_REPO;
    case 'request':
      return open === null ? null : REQUEST;
    case 'signer-info':
      return SIGNER_FILES.find(({ what }) => what === 'signer-info') ?? null;
  }
}
