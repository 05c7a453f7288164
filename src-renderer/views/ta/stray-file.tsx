/** A trust anchor's file that is opened nowhere on this screen: what it is, from whom to whom, where it belongs. */
import type { StrayTaFile } from '../../app/sniff-ta-file.ts';
import { hrefOf } from '../../app/router.ts';
import type { StrayFile as Stray } from '../../app/state.ts';
import { LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Tag } from '../../components/tag.tsx';
import { FileRow } from './file-rows.tsx';
import { STATE_WORDS } from './stick-words.ts';

interface Belongs {
  from: string;
  to: string;
  says: string;
}

const BELONGS: Record<StrayTaFile, Belongs> = {
  'proxy-id': {
    from: 'Proxy',
    to: 'Signer',
    says: "The identity of a proxy. It goes into the set-up of its signer, on the signer's machine.",
  },
  'proxy-repo': {
    from: 'Proxy',
    to: 'Signer',
    says: "The repository of a proxy. It goes into the set-up of its signer, on the signer's machine.",
  },
  request: {
    from: 'Proxy',
    to: 'Signer',
    says: 'The request of a proxy. It is reviewed and signed where its signer is, which is not in this workspace.',
  },
  response: {
    from: 'Signer',
    to: 'Proxy',
    says: 'The response of a signer. It is reviewed and published where its proxy is, which is not in this workspace.',
  },
  'signer-info': {
    from: 'Signer',
    to: 'Proxy',
    says: 'Who a signer is. Its proxy takes it over, which is not in this workspace.',
  },
  child: {
    from: 'Child',
    to: 'Proxy',
    says: 'A child asks for its parent. The proxy of the trust anchor adds it, which is not in this workspace.',
  },
  'publisher-request': {
    from: 'Publisher',
    to: 'Publication server',
    says: 'Asks to publish there (RFC 8183). Give it to the operator of the server; the answer is repo-res.xml.',
  },
  'parent-response': {
    from: 'Parent',
    to: 'Child',
    says: 'Tells a child where its parent is (RFC 8183). Give it to the child that it names.',
  },
  tal: {
    from: 'Trust anchor',
    to: 'Relying parties',
    says: 'A trust anchor locator. Validators begin with it; put it into their folder of TALs.',
  },
};

/** What it is to this workspace is said instead of what it is to anybody. */
export function StrayFile({ name, kind, here }: Stray) {
  const belongs = BELONGS[kind];
  return (
    <Card title="A file of a trust anchor" note="nothing was changed" flush>
      <ul className="object-list">
        <FileRow file={{ name, ...belongs, says: here?.says ?? belongs.says }}>
          {here === null ? null : (
            <Tag tone={STATE_WORDS[here.state].tone}>{STATE_WORDS[here.state].word}</Tag>
          )}
          <LinkButton size="small" href={hrefOf('trust-anchor')}>
            Trust anchor
          </LinkButton>
        </FileRow>
      </ul>
    </Card>
  );
}
