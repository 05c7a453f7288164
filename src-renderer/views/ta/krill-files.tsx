/** Both files of a set-up from the Krill that is connected, in the place of a stick. Its fingerprint is still read and typed. */
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import type { SignerStepProps } from './signer-model.ts';

export function KrillFiles({ change }: Pick<SignerStepProps, 'change'>) {
  const found = useQuery('ta.krill', {}, ['ta']);
  const take = useAction('ta.krillProxy', async () => {
    const { proxyId, repository } = await call('ta.krillProxy', {});
    change({
      proxyId: { name: 'proxy-id.json', text: proxyId },
      repository: { name: 'proxy-repo.json', text: repository },
    });
    showToast('proxy-id.json and proxy-repo.json are taken from Krill');
  });
  const link = found.data?.link ?? null;
  if (link === null) return null;
  return (
    <>
      <div className="row-wrap">
        <Button busy={take.busy} onPress={() => void take.run()}>
          Take both files from the connected Krill
        </Button>
        <span className="dim wrap">{link.server}</span>
      </div>
      {take.error ? <ErrorState error={take.error} onRetry={() => void take.run()} /> : null}
    </>
  );
}
