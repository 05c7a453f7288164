/** The names of the files that travel: what each is called when Baleen writes it, and what a name claims when it is read. */
import type { ChildExport } from '#shared/contract/ta-child.ts';
import type { ProxyExport } from '#shared/contract/ta-proxy.ts';
import type { StickOrder } from '#shared/contract/ta-stick.ts';
import type { TaExport } from '#shared/contract/ta.ts';
import type { TaFileKind } from '../../rpki/exchange-file.ts';

const SIGNER: Record<TaExport, string> = {
  'krillta-conf': 'krillta.conf',
  'krillta-conf-old': 'krillta-0.14.conf',
  'krill-conf': 'krill-ta.conf',
  'signer-info': 'signer-info.json',
  tal: 'ta.tal',
  certificate: 'ta.cer',
  response: 'response.json',
  'exchanges-text': 'exchanges.txt',
  'exchanges-json': 'exchanges.json',
  'record-json': 'record.json',
};
const PROXY: Record<ProxyExport, string> = {
  'pub-req': 'pub-req.xml',
  'repo-res': 'repo-res.xml',
  'proxy-id': 'proxy-id.json',
  'proxy-repo': 'proxy-repo.json',
  request: 'request.json',
  'last-request': 'request.json',
  'last-response': 'response.json',
  tal: 'ta.tal',
  certificate: 'ta.cer',
  'parent-response': 'res.xml',
  'exchanges-text': 'exchanges.txt',
  'exchanges-json': 'exchanges.json',
  'record-json': 'record.json',
};
const CHILD: Record<Exclude<ChildExport, 'online'>, string> = {
  'child-request': 'child-request.xml',
  'pub-req': 'pub-req.xml',
  'repo-res': 'repo-res.xml',
};

/** The file's own name. A handle may hold slashes (RFC 8183); a name may not. */
export function orderName(order: StickOrder): string {
  if (order.half === 'signer') return SIGNER[order.what];
  if (order.half === 'proxy') return PROXY[order.what];
  return order.what === 'online' ? `${order.child.replaceAll(/[/\\]/g, '-')}.json` : CHILD[order.what];
}

const CLAIMS: Readonly<Record<string, TaFileKind>> = {
  'proxy-id.json': 'proxy-id',
  'proxy-repo.json': 'proxy-repo',
  'signer-info.json': 'signer-info',
  'request.json': 'request',
  'response.json': 'response',
  'ta.tal': 'tal',
  'ta.cer': 'ta-certificate',
  'online.json': 'child-info',
  'child-req.xml': 'child-request',
  'child-request.xml': 'child-request',
  'res.xml': 'parent-response',
  'pub-req.xml': 'publisher-request',
  'repo-res.xml': 'repository-response',
};

/** What a file of this name should be; null: the name says nothing. */
export function claimedKind(name: string): TaFileKind | null {
  const plain = name.toLowerCase();
  return Object.hasOwn(CLAIMS, plain) ? (CLAIMS[plain] ?? null) : null;
}

/** Written here for the records, never read again. */
const RECORDS = new Set(['krillta.conf', 'krill-ta.conf', 'exchanges.txt', 'exchanges.json', 'record.json']);
export const isRecord = (name: string): boolean => RECORDS.has(name.toLowerCase());

/** What lay under the name of one of ours before it was replaced: kept beside it (export-file.ts). */
export function isKeptAside(name: string): boolean {
  const [, own] = /^(.+)\.bak-\d{4}-\d{2}-\d{2}T[\dZ-]+$/.exec(name) ?? [];
  return own !== undefined && (claimedKind(own) !== null || isRecord(own));
}

/** What systems put on every stick, beside names that begin with a dot. */
const OF_SYSTEMS = new Set([
  'system volume information',
  '$recycle.bin',
  'recycler',
  'lost+found',
  'thumbs.db',
  'desktop.ini',
]);
export const isHidden = (name: string): boolean => name.startsWith('.') || OF_SYSTEMS.has(name.toLowerCase());

/** Whether a file may be one of a trust anchor's, so that it is worth reading. */
export const mayBeOurs = (name: string): boolean => /\.(?:json|xml|tal|cer)$/i.test(name);
/** Whether a name says that a key lies there in the open. */
export const looksLikeKey = (name: string): boolean => /\.(?:key|p12|pfx|p8|pk8)$/i.test(name);
