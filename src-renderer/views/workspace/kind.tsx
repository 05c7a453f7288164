/** The three kinds of workspace in words: chosen once, at creation, for ever. */
import type { WorkspaceKind } from '#shared/contract/workspace.ts';
import type { Option } from '../../components/choices.tsx';
import { Tag } from '../../components/tag.tsx';

export const KINDS: readonly Option<WorkspaceKind>[] = [
  {
    value: 'online',
    label: 'Online',
    tag: 'usual',
    detail:
      'For a machine with a network: issues and inspects, and later renews and checks servers. Connections are made only when you ask for them.',
  },
  {
    value: 'offline',
    label: 'Offline station',
    detail:
      'For the machine that holds a root or a trust anchor. Never opens a network connection, in this or any later version; files come and go by hand.',
  },
  {
    value: 'rehearsal',
    label: 'Rehearsal',
    detail:
      'For practising. A coloured frame and a watermark stay on every screen for ever, and what is made here can never become production.',
  },
];

export const KIND_NAMES: Record<WorkspaceKind, string> = {
  online: 'online',
  offline: 'offline station',
  rehearsal: 'rehearsal',
};

export function KindTag({ kind }: { kind: WorkspaceKind }) {
  return (
    <Tag tone={kind === 'rehearsal' ? 'careful' : kind === 'offline' ? 'note' : 'plain'}>
      {KIND_NAMES[kind]}
    </Tag>
  );
}
