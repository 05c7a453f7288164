/** The `overview.get` channel: what needs a person, from what the workspace itself knows. It changes nothing. */
import type { Domain } from '../lib/domain.ts';
import type { Clock } from '../ports.ts';
import type { Vault } from '../vault/vault-contract.ts';

type Answer = Awaited<ReturnType<Domain<'overview'>['get']>>;

const RECENT = 8;

/** What nobody did yet although it matters. */
function attention(recoveryVerified: boolean): Answer['attention'] {
  if (recoveryVerified) return [];
  return [
    {
      severity: 'careful',
      subject: 'Recovery key',
      text: 'was not checked yet',
      detail: 'If the passphrase is forgotten and the paper is wrong, nothing opens this workspace.',
      action: { label: 'Check it…', route: '/create/recovery' },
    },
  ];
}

export function createOverview({
  clock,
  vault,
}: {
  clock: Clock;
  vault: Vault;
}): Pick<Domain<'overview'>, 'get'> {
  return {
    async get() {
      const { store } = vault.session();
      const { rows } = await store.run('audit.list', {
        query: '',
        outcome: null,
        action: null,
        from: null,
        to: null,
        cursor: null,
        limit: RECENT,
      });
      const drafts = await store.run('drafts.list', {});
      return {
        checkedAt: clock.now().toISOString(),
        attention: attention(vault.opened()?.header.recoveryVerified ?? false),
        signers: [{ name: 'Software', state: 'good', keys: 0, text: 'keys in the encrypted workspace' }],
        counts: { authorities: 0, certificates: 0, keys: 0, drafts: drafts.length },
        lanes: [],
        recent: rows.map(({ seq, at, summary, outcome }) => ({ seq, at, summary, outcome })),
      };
    },
  };
}
