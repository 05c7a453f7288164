/** The keys of a trust anchor that no roll can move, each with the reason: its own (T-018) and the identities (H-031). */
import type { Roll, RollTarget } from '../signers/migration.ts';
import type { StoredKey } from '../store/columns.ts';
import type { Session } from '../store/store-contract.ts';

const ANCHOR =
  'The TAL that every relying party has names this key: another one is another trust anchor. Set a new one up on the default signer if it has to move.';

const identityText = (knownTo: string): string =>
  `Identity keys cannot be rolled: ${knownTo} know it by this very key (RFC 8183) and would have to enrol it again.`;

function fixed(key: StoredKey, target: RollTarget, words: Pick<Roll, 'title' | 'what' | 'text'>): Roll {
  const there = key.signer === target.id;
  return {
    ...words,
    owner: key.id,
    signers: [key.signer],
    state: there ? 'there' : 'cannot',
    text: there ? 'Its key is on the default signer.' : words.text,
    warning: '',
    action: '',
    roll: null,
  };
}

export async function fixedKeys({ store }: Session, target: RollTarget): Promise<Roll[]> {
  const [signer, proxy, children] = await Promise.all([
    store.run('ta.half', { half: 'signer' }),
    store.run('ta.half', { half: 'proxy' }),
    store.run('ta.children', {}),
  ]);
  const rolls: Roll[] = [];
  const identity = (key: StoredKey, title: string, knownTo: string): void =>
    void rolls.push(fixed(key, target, { title, what: 'identity', text: identityText(knownTo) }));
  if (signer !== null && signer.anchorKey !== null)
    rolls.push(
      fixed(signer.anchorKey, target, { title: 'Trust anchor', what: 'trust-anchor', text: ANCHOR }),
    );
  if (signer !== null)
    identity(
      signer.identityKey,
      'Identity of the trust anchor signer',
      'its proxy and the requests under way',
    );
  if (proxy !== null)
    identity(
      proxy.identityKey,
      'Identity of the trust anchor proxy',
      'the signer, the children and the publication server',
    );
  for (const { handle, identityKey } of children)
    identity(identityKey, `Identity of ${handle}`, 'its parent and its publication server');
  return rolls;
}
