/** Both files of a set-up, and the fingerprint, from the proxy of this workspace: nothing is carried, so nothing can be exchanged on the way. */
import { useQuery } from '../../app/use-query.ts';
import { showToast } from '../../app/state.ts';
import { Button } from '../../components/button.tsx';
import { Tag } from '../../components/tag.tsx';
import type { SignerStepProps } from './signer-model.ts';

export function OwnProxyFiles({ change }: Pick<SignerStepProps, 'change'>) {
  const found = useQuery('ta.proxySetup', {}, ['ta']);
  const files = found.data?.files ?? null;
  if (files === null) return null;
  return (
    <div className="row-wrap">
      <Button
        onPress={() => {
          change({
            proxyId: { name: 'proxy-id.json', text: files.proxyId },
            repository: { name: 'proxy-repo.json', text: files.repository },
            fingerprint: files.fingerprint,
          });
          showToast("This workspace's proxy is taken, with its fingerprint: go on with Next");
        }}
      >
        Take the proxy of this workspace
      </Button>
      <Tag tone="careful">one machine: not air-gapped</Tag>
    </div>
  );
}
