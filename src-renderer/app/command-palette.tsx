/**
 * Ctrl K: screens, actions, and objects of the open workspace by name. Objects come from `overview.find`, signers from their
 * own list; nothing found is kept after it closes.
 */
import { ArrowRight, FileBadge, FilePen, FileQuestion, FileX, Key, Shield } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { asCallError, call, toastError } from './call.ts';
import { ACTIONS } from './actions.ts';
import { moveRow } from '../components/row-keys.ts';
import { ROUTE_ICONS } from './route-icons.ts';
import { ROUTES } from './route-table.ts';
import type { RouteEntry, RouteName } from './route-table.ts';
import { useSignerEntries } from './palette-signers.ts';
import type { SignerEntry } from './palette-signers.ts';
import { navigate } from './router.ts';
import { setPaletteOpen, useView } from './state.ts';

type OpenState = 'none' | 'locked' | 'unlocked';

interface Entry {
  key: string;
  group: 'Objects' | 'Screens' | 'Actions';
  title: string;
  detail: string;
  icon: LucideIcon;
  run: () => unknown;
}

const OBJECTS = {
  certificate: { icon: FileBadge, route: 'certificate', param: 'id' },
  authority: { icon: Shield, route: 'authority', param: 'id' },
  key: { icon: Key, route: 'key', param: 'id' },
  draft: { icon: FilePen, route: 'issue', param: 'draft' },
  request: { icon: FileQuestion, route: 'kept-object', param: 'id' },
  crl: { icon: FileX, route: 'kept-object', param: 'id' },
} as const satisfies Record<string, { icon: LucideIcon; route: RouteName; param: string }>;

/** Every word typed must be somewhere in the text. */
export function matches(text: string, query: string): boolean {
  const hay = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => hay.includes(word));
}

function allowed(needs: 'nothing' | 'none' | 'workspace' | 'locked' | 'unlocked', state: OpenState): boolean {
  if (needs === 'nothing') return true;
  return needs === 'workspace' ? state !== 'none' : needs === state;
}

function ownEntries(query: string, state: OpenState): Entry[] {
  const screens = (ROUTES as readonly RouteEntry[])
    .filter((entry) => entry.nav !== null && allowed(entry.needs, state) && matches(entry.title, query))
    .map((entry): Entry => ({
      key: `screen ${entry.name}`,
      group: 'Screens',
      title: entry.title,
      detail: '',
      icon: ROUTE_ICONS[entry.icon as keyof typeof ROUTE_ICONS],
      run: () => navigate(entry.name as RouteName),
    }));
  const actions = ACTIONS.filter(
    (action) => allowed(action.needs, state) && matches(`${action.title} ${action.words}`, query),
  ).map((action): Entry => ({
    key: `action ${action.id}`,
    group: 'Actions',
    title: action.title,
    detail: action.keys ?? '',
    icon: ArrowRight,
    run: action.run,
  }));
  return [...screens, ...actions];
}

/** In groups, in their order. Signers and their actions only for what is typed: they are many. */
function paletteEntries(
  objects: readonly Entry[],
  signers: readonly SignerEntry[],
  own: readonly Entry[],
  query: string,
): Entry[] {
  const found = query.trim() === '' ? [] : signers.filter(({ words }) => matches(words, query));
  const all: Entry[] = [...objects, ...found, ...own];
  return (['Objects', 'Screens', 'Actions'] as const).flatMap((group) =>
    all.filter((entry) => entry.group === group),
  );
}

/** Objects by name, asked 120 ms after the last key. */
function useObjects(query: string, state: OpenState): { entries: Entry[]; problem: string | null } {
  const [found, setFound] = useState<{ entries: Entry[]; problem: string | null }>({
    entries: [],
    problem: null,
  });
  useEffect(() => {
    if (state !== 'unlocked' || query.trim() === '') {
      setFound({ entries: [], problem: null });
      return;
    }
    let current = true;
    const timer = setTimeout(() => {
      call('overview.find', { query: query.trim().slice(0, 200) }).then(
        ({ hits }) => {
          if (!current) return;
          const entries = hits.map((hit): Entry => {
            const { icon, route, param } = OBJECTS[hit.type];
            const run = (): void => navigate(route, { [param]: hit.id });
            return {
              key: `${hit.type} ${hit.id}`,
              group: 'Objects',
              title: hit.title,
              detail: hit.detail,
              icon,
              run,
            };
          });
          setFound({ entries, problem: null });
        },
        (thrown: unknown) => {
          if (current) setFound({ entries: [], problem: asCallError('overview.find', thrown).message });
        },
      );
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query, state]);
  return found;
}

export function CommandPalette({ state }: { state: OpenState }) {
  const open = useView((view) => view.paletteOpen);
  return (
    <ModalOverlay className="modal-shade" data-top isOpen={open} onOpenChange={setPaletteOpen} isDismissable>
      <Modal className="modal">
        <Dialog className="palette" aria-label="Command palette">
          <PaletteBody state={state} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteBody({ state }: { state: OpenState }) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const objects = useObjects(query, state);
  const signers = useSignerEntries(state === 'unlocked');
  const entries = paletteEntries(objects.entries, signers, ownEntries(query, state), query);
  const at = Math.min(active, entries.length - 1);

  const run = (entry: Entry | undefined): void => {
    if (!entry) return;
    setPaletteOpen(false);
    Promise.resolve(entry.run()).catch(toastError);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      run(entries[at]);
      return;
    }
    // Home and End belong to the text.
    if (event.key === 'Home' || event.key === 'End') return;
    const next = moveRow(event.key, at, entries.length, 8);
    if (next === null) return;
    event.preventDefault();
    setActive(next);
    document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <>
      <input
        className="palette-input"
        role="combobox"
        aria-label="Find a certificate, key, signer, screen or action"
        aria-expanded
        aria-controls={list}
        aria-autocomplete="list"
        {...(at >= 0 ? { 'aria-activedescendant': `${list}-${at}` } : {})}
        autoFocus
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        placeholder="Find a certificate, key, signer, screen or action"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={keys}
      />
      <div className="palette-list" role="listbox" id={list} aria-label="Found">
        {entries.map((entry, index) => (
          <PaletteRow
            key={entry.key}
            entry={entry}
            id={`${list}-${index}`}
            head={entry.group !== entries[index - 1]?.group}
            selected={index === at}
            onPick={() => run(entry)}
          />
        ))}
        {entries.length === 0 ? (
          <div className="load-line" role="option" aria-selected="false" aria-disabled="true">
            {objects.problem ?? 'Nothing with these words.'}
          </div>
        ) : null}
      </div>
      <div className="palette-foot" aria-hidden>
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> choose
        </span>
        <span>
          <kbd>Enter</kbd> open
        </span>
        <span>
          <kbd>Esc</kbd> close
        </span>
      </div>
    </>
  );
}

function PaletteRow(props: {
  entry: Entry;
  id: string;
  head: boolean;
  selected: boolean;
  onPick: () => void;
}) {
  const { entry } = props;
  const Icon = entry.icon;
  return (
    <>
      {props.head ? (
        <div className="palette-group" role="presentation">
          {entry.group}
        </div>
      ) : null}
      <div
        role="option"
        id={props.id}
        aria-selected={props.selected}
        className="palette-option"
        onClick={props.onPick}
      >
        <Icon aria-hidden />
        <span>{entry.title}</span>
        <span className="quiet">{entry.detail}</span>
      </div>
    </>
  );
}
