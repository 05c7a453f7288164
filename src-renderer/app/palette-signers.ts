/** Signers and what can be done with each, for the command palette. Which there are is asked once, when it opens. */
import { ArrowRight, Cpu } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { KIND_WORD, labelsOf, listed, serialOf, stateWord } from '../views/signers/signer-words.ts';
import type { ListedSigner } from '../views/signers/signer-words.ts';
import { call } from './call.ts';
import { navigate } from './router.ts';

export interface SignerEntry {
  key: string;
  group: 'Objects' | 'Actions';
  title: string;
  detail: string;
  /** What it is found by, the title among it. */
  words: string;
  icon: LucideIcon;
  run: () => unknown;
}

/** A job of main on a signer, watched on its page. */
const onPage = (id: string, channel: 'signers.probe' | 'signers.login' | 'signers.logout') => (): unknown => {
  navigate('signer', { id });
  return call(channel, { id });
};

/** A dialog of the signer's page. */
const onDialog = (id: string, open: 'rename' | 'pin' | 'remove') => (): void =>
  navigate('signer', { id }, { open });

function actionsOf({ id, name, kind, row, pending }: ListedSigner): SignerEntry[] {
  const action = (title: string, words: string, run: () => unknown): SignerEntry => ({
    key: `signer ${id} ${title}`,
    group: 'Actions',
    title,
    detail: '',
    words: `${title} ${words} ${KIND_WORD[kind]} signer ${kind === 'software' ? '' : 'hsm token device'}`,
    icon: ArrowRight,
    run,
  });
  const rename = action(`Rename ${name}…`, 'name call', onDialog(id, 'rename'));
  if (kind === 'software') return pending === null ? [] : [rename];
  const settings = row?.settings ?? null;
  const asksSecret = settings?.kind === 'pkcs11' ? settings.login : (settings?.username ?? null) !== null;
  const inForce =
    row === null
      ? []
      : [
          action(`Test ${name}`, 'probe contact try', onPage(id, 'signers.probe')),
          ...(!asksSecret
            ? []
            : row.state === 'ready'
              ? [action(`Log out of ${name}`, 'logout end pin', onPage(id, 'signers.logout'))]
              : [action(`Log in to ${name}`, 'login pin password', onPage(id, 'signers.login'))]),
        ];
  const hasPin = row !== null && settings?.kind === 'pkcs11' && settings.login;
  return [
    ...inForce,
    ...(hasPin ? [action(`Change the PIN of ${name}…`, 'pin new', onDialog(id, 'pin'))] : []),
    action(`Doctor of ${name}`, 'examine check report', () => navigate('signer-doctor', { id })),
    ...(pending === null
      ? []
      : [
          action(`Settings of ${name}…`, 'edit configure', () => navigate('signer-edit', { id })),
          rename,
          action(`Remove ${name}…`, 'delete forget', onDialog(id, 'remove')),
        ]),
  ];
}

/** What is done with the configuration as a whole. `softhsm`: it is installed here. */
function wholeOf(waiting: number, softhsm: boolean): SignerEntry[] {
  const action = (open: string, title: string, words: string, detail = ''): SignerEntry => ({
    key: `signers ${open}`,
    group: 'Actions',
    title,
    detail,
    words: `${title} ${words} signer hsm`,
    icon: ArrowRight,
    run: () => navigate('signers', {}, { open }),
  });
  const changes = `${waiting} ${waiting === 1 ? 'change' : 'changes'}`;
  return [
    ...(waiting === 0
      ? []
      : [
          action('apply', 'Apply the changes of the signers…', 'pending use', changes),
          action('discard', 'Discard the changes of the signers…', 'pending forget undo', changes),
        ]),
    ...(softhsm
      ? [action('rehearsal', 'Make a rehearsal token…', 'softhsm practise try token pkcs11 new create')]
      : []),
  ];
}

function entriesOf(one: ListedSigner): SignerEntry[] {
  const { id, name, kind, row } = one;
  const state = row === null ? 'not in use yet' : stateWord(row);
  // A fingerprint is pasted with or without its spaces.
  const marks = [labelsOf(one), serialOf(one) ?? '', row?.device?.serial ?? ''];
  return [
    {
      key: `signer ${id}`,
      group: 'Objects',
      title: name,
      detail: `${KIND_WORD[kind]} signer, ${state}`,
      words: `${name} ${KIND_WORD[kind]} signer ${kind === 'software' ? '' : `hsm token device ${marks.join(' ')}`}`,
      icon: Cpu,
      run: () => navigate('signer', { id }),
    },
    ...actionsOf(one),
  ];
}

/** Nothing while it is not `unlocked`, or when the list is refused. */
export function useSignerEntries(unlocked: boolean): readonly SignerEntry[] {
  const [entries, setEntries] = useState<readonly SignerEntry[]>([]);
  useEffect(() => {
    if (!unlocked) return;
    let current = true;
    // Screens and objects are found all the same when either is refused.
    void Promise.allSettled([call('signers.list', {}), call('signers.discover', {})]).then(([list, here]) => {
      if (!current || list.status === 'rejected') return;
      const softhsm = here.status === 'fulfilled' && here.value.softhsm !== null;
      const { changes } = list.value.pending;
      setEntries([...listed(list.value).flatMap(entriesOf), ...wholeOf(changes.length, softhsm)]);
    });
    return () => {
      current = false;
    };
  }, [unlocked]);
  return entries;
}
