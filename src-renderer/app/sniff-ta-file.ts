/** A guess at which file of a trust anchor this is, to know where it is opened. What it really is, main decides there. */

export type TaFileGuess =
  | 'proxy-id'
  | 'proxy-repo'
  | 'signer-info'
  | 'request'
  | 'response'
  | 'child'
  | 'publisher-request'
  | 'repository-response'
  | 'parent-response'
  | 'tal';

/** Those that are opened here go to their screen; one more waits for the choice of the repository. */
export type OpenableTaFile = 'request' | 'response' | 'signer-info' | 'child';
/** Those that are told about, where they are opened nowhere: never here, or only where the other half is. */
export type StrayTaFile = Exclude<TaFileGuess, 'repository-response'>;

const ROOTS: readonly [RegExp, TaFileGuess][] = [
  [/<(\w+:)?publisher_request[\s>]/, 'publisher-request'],
  [/<(\w+:)?repository_response[\s>]/, 'repository-response'],
  [/<(\w+:)?parent_response[\s>]/, 'parent-response'],
  [/<(\w+:)?child_request[\s>]/, 'child'],
];

/** Largest file that is read whole for a guess: what an exchange may carry. */
const MOST = 67_108_864;

export function guessTaFile(text: string): TaFileGuess | null {
  const start = text.slice(0, 4096).trimStart();
  if (start.startsWith('<')) return ROOTS.find(([root]) => root.test(start))?.[1] ?? null;
  if (/^(#.*\r?\n)*(https|rsync):\/\/\S+\.cer\s/.test(start)) return 'tal';
  if (!start.startsWith('{')) return null;
  const has = (key: string): boolean => new RegExp(`"${key}"\\s*:`).test(text);
  if (has('signed')) return has('response') ? 'response' : has('request') ? 'request' : null;
  if (has('ta_cert_details')) return 'signer-info';
  if (has('id_cert') && has('handle')) return 'child';
  if (has('repo_info') && has('server_info')) return 'proxy-repo';
  return has('public_key') && has('base64') ? 'proxy-id' : null;
}

const BY_NAME: Readonly<Record<string, OpenableTaFile>> = {
  'request.json': 'request',
  'response.json': 'response',
  'signer-info.json': 'signer-info',
};

/** What its name alone says, for one whose content says nothing: it may be damaged. */
export function claimedTaFile(name: string): OpenableTaFile | null {
  const plain = name.toLowerCase();
  return Object.hasOwn(BY_NAME, plain) ? (BY_NAME[plain] ?? null) : null;
}

export async function sniffTaFile(file: File): Promise<TaFileGuess | null> {
  if (file.size > MOST) return null;
  const head = await file.slice(0, 4096).text();
  // A signed message may stand before the word that tells what it is: JSON is read whole.
  return guessTaFile(head.trimStart().startsWith('{') ? await file.text() : head);
}
