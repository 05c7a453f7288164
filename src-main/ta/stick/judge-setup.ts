/** A file of a set-up on a stick: who a proxy, signer or child is, where somebody publishes, what a parent answers. */
import { momentText } from '../../lib/moment-text.ts';
import type { FactsOf } from './facts.ts';
import { otherPlace, ownIdentity } from './judge-own.ts';
import type {
  ChildSituation,
  PlaceSituation,
  ProxySituation,
  SignerSituation,
  Situation,
} from './situation.ts';
import { best, short, type Verdict } from './verdict.ts';

/** `otherwise`: what to say of one that nobody waits for. */
export function signerInfo(
  file: FactsOf<'signer-info'>,
  { signer, proxy }: Situation,
  otherwise: string,
): Verdict {
  return best(
    [signer === null ? null : infoAtSigner(file, signer), proxy === null ? null : infoAtProxy(file, proxy)],
    otherwise,
  );
}

function infoAtSigner(file: FactsOf<'signer-info'>, signer: SignerSituation): Verdict | null {
  if (signer.identity !== file.keyId) return null;
  if (signer.certificateSha256 === file.certificateSha256)
    return file.number === signer.number
      ? ownIdentity(file, signer, 'What this signer is: carry it to the proxy.')
      : {
          state: 'stale',
          says: `Older than this signer: it has number ${file.number} (objects.revision), and the signer is at ${signer.number}. Write it once more before it is carried.`,
        };
  const [then, now] = [file.from, signer.certificateFrom].map(momentText);
  return {
    state: 'stale',
    says: `What this signer was with its TA certificate of ${then}; the present one is of ${now} (ta_cert_details.cert). Write it once more.`,
  };
}

function infoAtProxy(file: FactsOf<'signer-info'>, proxy: ProxySituation): Verdict {
  const opens = 'signer-info' as const;
  const { signer, repository } = proxy;
  if (repository === null)
    return { state: 'later', says: 'It comes later: choose the repository of the proxy first.' };
  if (signer === null)
    return {
      state: 'expected',
      says: 'Who the signer is: its fingerprint is compared, then it is associated.',
      opens,
    };
  if (signer.identity !== file.keyId)
    return {
      state: 'unexpected',
      says: `It is of another signer: id is ${short(file.keyId)}, and the associated one is ${short(signer.identity)}.`,
      opens,
    };
  if (file.number < signer.number)
    return {
      state: 'stale',
      says: `Older than what is here: it has number ${file.number} (objects.revision), and ${signer.number} is known. Nothing is taken from it.`,
      opens,
    };
  if (signer.certificateSha256 === file.certificateSha256)
    return file.number === signer.number
      ? { state: 'done', says: 'The signer is associated as it says here.', opens }
      : {
          state: 'expected',
          says: `Newer than what is here: it has number ${file.number} (objects.revision), and ${signer.number} is known. Take it over, unless it is of the open request, whose response brings the same.`,
          opens,
        };
  const [then, present] = [file.from, signer.certificateFrom].map(momentText);
  return file.from.getTime() < signer.certificateFrom.getTime()
    ? {
        state: 'stale',
        says: `It holds the TA certificate of ${then}; the present one is of ${present} (ta_cert_details.cert).`,
        opens,
      }
    : {
        state: 'expected',
        says: `The signer reissued its TA certificate on ${momentText(file.from)}: take it over.`,
        opens,
      };
}

const RRDP = 'repo_info.rrdp_notification_uri';

/** "repo_info.sia_base is A, and it has B"; "" where they are one. `whose`: to whom the second belongs. */
function otherPlaces(
  file: FactsOf<'proxy-repo'>,
  known: { base: string; notify: string | null },
  whose: string,
): string {
  return [
    ...(file.base === known.base
      ? []
      : [`repo_info.sia_base is ${file.base}, and ${whose} has ${known.base}`]),
    ...(file.notify === known.notify
      ? []
      : [`${RRDP} is ${file.notify ?? 'none'}, and ${whose} has ${known.notify ?? 'none'}`]),
  ].join('; ');
}

/** This proxy's own file; null: it is somebody else's. */
function ownFile(file: FactsOf<'proxy-id'> | FactsOf<'proxy-repo'>, proxy: ProxySituation): Verdict | null {
  const own = (what: string): string => `The ${what} of this proxy: carry it to the signer's machine.`;
  if (file.kind === 'proxy-id')
    return file.keyId === proxy.identity ? ownIdentity(file, proxy, own('identity')) : null;
  const { repository } = proxy;
  if (repository?.base !== file.base) return null;
  return repository.contentSha256 === file.contentSha256
    ? { state: 'own', says: own('repository') }
    : {
        state: 'stale',
        says: `Not the repository of this proxy as it is: ${otherPlaces(file, repository, 'this proxy') || 'server_info is another one'}. Write it once more.`,
      };
}

/** Beside the signer that is set up: what its set-up took, or another proxy's. */
function atSigner(file: FactsOf<'proxy-id'> | FactsOf<'proxy-repo'>, signer: SignerSituation): Verdict {
  if (file.kind === 'proxy-id')
    return file.keyId === signer.proxy
      ? { state: 'done', says: 'The identity of the enrolled proxy: the set-up took it.' }
      : {
          state: 'unexpected',
          says: `The identity of another proxy: public_key is ${short(file.keyId)}, and the enrolled one has ${short(signer.proxy)}.`,
        };
  const taken = signer.repositorySha256;
  const differs = otherPlaces(file, signer, 'the trust anchor');
  if (taken === null ? differs === '' : taken === file.contentSha256)
    return {
      state: 'done',
      says:
        taken === null
          ? 'Base and RRDP are those of the trust anchor.'
          : 'The repository of the enrolled proxy: the set-up took it.',
    };
  return {
    state: 'unexpected',
    says: `Not what the set-up took, but the repository of another proxy or an earlier one: ${differs || 'server_info is another one'}.`,
  };
}

/** proxy-id.json and proxy-repo.json: into the set-up of a signer, unless there is one. */
export function setupFile(
  file: FactsOf<'proxy-id'> | FactsOf<'proxy-repo'>,
  sha256: string,
  situation: Situation,
): Verdict {
  const { signer, proxy, setup, settingUp } = situation;
  const isId = file.kind === 'proxy-id';
  const ofProxy = proxy === null ? null : ownFile(file, proxy);
  if (setup === null) return best([ofProxy, signer === null ? null : atSigner(file, signer)], '');
  const there = isId ? setup.proxyId : setup.repository;
  const ofSetup: Verdict =
    there === sha256
      ? { state: 'done', says: 'The set-up of the signer has it already.', opens: 'setup' }
      : {
          state: settingUp || proxy === null ? 'expected' : 'unexpected',
          says: `The ${isId ? 'identity' : 'repository'} of a proxy: it goes into the set-up of its signer.`,
          opens: 'setup',
        };
  return best([ofProxy, ofSetup], '');
}

export function ofChild(
  file: FactsOf<'child-info'> | FactsOf<'child-request'>,
  { proxy, children }: Situation,
): Verdict {
  const opens = 'child-info' as const;
  const mine = children.find(({ identity }) => identity === file.keyId);
  const own: Verdict | null =
    mine === undefined
      ? null
      : mine.parent
        ? { state: 'done', says: `The child ${mine.handle} of this workspace; it has its parent.` }
        : ownIdentity(file, mine, `The child ${mine.handle} of this workspace.`);
  const known = proxy?.children.get(file.handle);
  const atProxy: Verdict | null =
    proxy === null
      ? null
      : proxy.signer === null
        ? { state: 'later', says: `The child ${file.handle}: associate the signer first.` }
        : known === undefined
          ? { state: 'expected', says: `The child ${file.handle} asks to be added.`, opens }
          : known === file.keyId
            ? { state: 'done', says: `The child ${file.handle} is added.` }
            : {
                state: 'unexpected',
                says: `It says it is the child ${file.handle}, with the identity ${short(file.keyId)} (id_cert); the one that was added is ${short(known)}.`,
                opens,
              };
  return best([own, atProxy], 'A child asks for its parent, and there is no proxy in this workspace.');
}

export function forChild(
  children: readonly ChildSituation[],
  handle: string,
  needs: 'parent' | 'repository',
): Verdict | null {
  const child = children.find((one) => one.handle === handle);
  if (child === undefined) return null;
  const what = needs === 'parent' ? 'parent' : 'publication server';
  return child[needs]
    ? { state: 'done', says: `The child ${handle} has its ${needs} already.` }
    : {
        state: 'expected',
        says: `The answer of a ${what} to the child ${handle}.`,
        opens: 'local-child',
        child: handle,
      };
}

export function repositoryResponse(
  file: FactsOf<'repository-response'>,
  { proxy, children }: Situation,
): Verdict {
  const taken = (known: PlaceSituation, whose: string, says: string): Verdict => {
    const differs = otherPlace(file, known, whose);
    return differs === ''
      ? { state: 'done', says }
      : { state: 'stale', says: `Not the repository that was taken: ${differs}. Nothing is taken from it.` };
  };
  const place = children.find(({ handle }) => handle === file.handle)?.repository ?? null;
  const atProxy: Verdict | null =
    proxy === null
      ? null
      : proxy.repository === null
        ? {
            state: 'expected',
            says: `The answer of a publication server: publish at ${file.base} (sia_base).`,
            opens: 'repository',
          }
        : proxy.repository.base === file.base
          ? taken(proxy.repository, 'this proxy', 'The repository of this proxy; it was taken already.')
          : null;
  const atChild =
    place === null
      ? forChild(children, file.handle, 'repository')
      : taken(place, 'the child', `The child ${file.handle} has its publication server already.`);
  return best(
    [atChild, atProxy],
    `It answers the publisher ${file.handle} (publisher_handle), whom nobody here knows as waiting.`,
  );
}
