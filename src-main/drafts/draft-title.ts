/** What lists call a draft, by its kind and what it holds so far. */
import { type AnyDraft, DRAFT_KINDS, type DraftKind } from '#shared/contract/drafts.ts';
import { shownText } from '#shared/hidden-characters.ts';
import type { IssueDraft, Purpose } from '#shared/contract/issue-draft.ts';

const PURPOSES: Record<Purpose, string> = {
  root: 'Root CA',
  intermediate: 'Intermediate CA',
  server: 'Server certificate',
  client: 'Client certificate',
  'server-client': 'Server and client certificate',
};

/** What a person would call it: its CN, else the first name it is for, else whatever its subject says. */
function nameOf({ subject, names, key }: IssueDraft): string {
  const called = subject.findLast(({ type }) => type === 'CN')?.value ?? '';
  const [first = ''] = [names.dns, names.ip, names.uri, names.email].flatMap((list) =>
    list.split(/[\s,;]+/u).filter((entry) => entry !== ''),
  );
  return called || first || (key.from === 'request' ? key.name : (subject.at(-1)?.value ?? ''));
}

export function issueTitle(data: IssueDraft): string {
  const name = nameOf(data);
  const what =
    data.replaces === null
      ? PURPOSES[data.purpose]
      : `${data.replaces.action === 'renew' ? 'Renewal' : 'New key'}: ${PURPOSES[data.purpose]}`;
  return name === '' ? what : `${what} "${shownText(name)}"`;
}

const ROUTES: Record<DraftKind, string> = { 'ca.issue': '/issue', 'ta.signer': '/trust-anchor/signer' };

export function draftTitle(draft: Pick<AnyDraft, 'kind' | 'data'>): string {
  if (draft.kind === 'ca.issue') return issueTitle(draft.data as IssueDraft);
  return 'Trust anchor signer';
}

/** Title and screen of a stored draft; null when this version cannot read it. */
export function storedDraftLink(stored: {
  id: string;
  kind: string;
  data: string;
}): { title: string; route: string } | null {
  if (!Object.hasOwn(DRAFT_KINDS, stored.kind)) return null;
  const kind = stored.kind as DraftKind;
  const data = DRAFT_KINDS[kind].data.safeParse(JSON.parse(stored.data));
  if (!data.success) return null;
  return { title: draftTitle({ kind, data: data.data }), route: `${ROUTES[kind]}/${stored.id}` };
}
