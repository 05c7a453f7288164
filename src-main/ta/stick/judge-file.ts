/**
 * Whether a file on a stick is what this workspace waits for: expected, on its way, taken, stale, altered or somebody else's,
 * each with the sentence that says so. A first sight of it: where it is opened it is judged for good.
 */
import type { StickFile, StickOpens } from '#shared/contract/ta-stick.ts';
import { fileWords, type TaFileKind } from '../../rpki/exchange-file.ts';
import type { FileFacts } from './facts.ts';
import { requestAtProxy, requestAtSigner, responseAtProxy, responseAtSigner } from './judge-messages.ts';
import { ownIdentity, ownParentResponse, publicFile } from './judge-own.ts';
import { forChild, ofChild, repositoryResponse, setupFile, signerInfo } from './judge-setup.ts';
import type { SignerSituation, Situation } from './situation.ts';
import { claimedKind, isRecord } from './stick-names.ts';
import { best, short, type Verdict } from './verdict.ts';

export interface Judged {
  kind: TaFileKind;
  state: StickFile['state'];
  says: string;
  opens: StickOpens | null;
  /** The local child that takes it. */
  child: string | null;
}

function notMine(kind: TaFileKind, signer: SignerSituation | null): string {
  return kind === 'signer-info' && signer !== null
    ? 'It is of another signer than the one in this workspace (id).'
    : `It is ${fileWords(kind)}, and nobody here waits for one.`;
}

function verdictOf(
  file: Exclude<FileFacts, { kind: 'unknown' | 'broken' }>,
  sha256: string,
  situation: Situation,
  now: Date,
): Verdict {
  const { signer, proxy, children } = situation;
  const nobody = notMine(file.kind, signer);
  switch (file.kind) {
    case 'request':
      return best(
        [
          signer === null ? null : requestAtSigner(file, sha256, signer, now),
          proxy === null ? null : requestAtProxy(file, sha256, proxy),
        ],
        'It is a request of a proxy to its signer, and there is no signer in this workspace.',
      );
    case 'response':
      return best(
        [
          signer === null ? null : responseAtSigner(file, sha256, signer),
          proxy === null ? null : responseAtProxy(file, proxy, now),
        ],
        signer === null
          ? nobody
          : `It is the response of another signer, ${short(file.signedBy)} (signed.message).`,
      );
    case 'signer-info':
      return signerInfo(file, situation, nobody);
    case 'proxy-id':
    case 'proxy-repo':
      return setupFile(file, sha256, situation);
    case 'child-info':
    case 'child-request':
      return ofChild(file, situation);
    case 'parent-response': {
      if (proxy?.identity === file.keyId)
        return forChild(children, file.handle, 'parent') ?? ownParentResponse(file, proxy);
      return {
        state: 'unexpected',
        says: children.some(({ handle }) => handle === file.handle)
          ? `It is the answer of another parent, ${short(file.keyId)} (parent_bpki_ta), and a child here has the proxy of this workspace as its parent.`
          : `It answers the child ${file.handle} (child_handle), which is not in this workspace.`,
      };
    }
    case 'publisher-request': {
      const mine = [proxy, ...children].find((one) => one?.identity === file.keyId) ?? null;
      return mine === null
        ? {
            state: 'unexpected',
            says: `The publisher request of somebody else, ${file.handle} (publisher_handle).`,
          }
        : ownIdentity(file, mine, `The request of ${file.handle} to its publication server: carry it there.`);
    }
    case 'repository-response':
      return repositoryResponse(file, situation);
    case 'tal':
    case 'ta-certificate':
      return publicFile(file, sha256, situation);
  }
}

/** Judges one file as it is at `now`. */
export function judgeFile(
  file: { name: string; sha256: string; facts: FileFacts },
  situation: Situation,
  now: Date,
): Judged {
  const { name, sha256, facts } = file;
  const plain = { opens: null, child: null };
  if (facts.kind === 'unknown')
    return isRecord(name)
      ? { kind: 'unknown', state: 'done', says: 'For the records; it is not opened here.', ...plain }
      : { kind: 'unknown', state: 'unexpected', says: 'No file of a trust anchor.', ...plain };
  if (facts.kind === 'broken')
    return {
      kind: facts.looksLike,
      state: 'damaged',
      says: `It ${facts.fault}. Have it copied again.`,
      ...plain,
    };
  const verdict = verdictOf(facts, sha256, situation, now);
  const claimed = claimedKind(name);
  const judged = { ...plain, kind: facts.kind, ...verdict };
  // Two names of one kind (child-req.xml, child-request.xml) are no swap.
  return claimed === null || claimed === facts.kind
    ? judged
    : {
        ...judged,
        state: 'unexpected',
        says: `It is called ${name} and is ${fileWords(facts.kind)}: two files were swapped or renamed. ${verdict.says}`,
      };
}
