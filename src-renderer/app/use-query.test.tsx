import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import type { Topic } from '#shared/bridge.ts';
import { dropWorkspaceData, heldQueries, takeEvent } from './query-store.ts';
import { Refusal, installBridge } from './fake-bridge.ts';
import { usePages, useQuery } from './use-query.ts';

afterEach(cleanup);

const settle = () => act(async () => undefined);

function Key({ id }: { id: string }) {
  const query = useQuery('keys.get', { id }, ['keys'], { ids: [id] });
  return (
    <p>
      {id}:{query.loading ? 'loading' : 'still'}:
      {(query.data as { label: string } | null)?.label ?? 'nothing'}:{query.error?.code ?? 'fine'}
    </p>
  );
}

const changed = (topic: string, ids: string[]) => act(async () => takeEvent({ type: 'changed', topic, ids }));

describe('useQuery', () => {
  test('one call for two who ask the same, and one reload for an event that names it', async () => {
    let label = 'first';
    const bridge = installBridge({ 'keys.get': () => ({ label }) });
    render(
      <>
        <Key id="k-1" />
        <Key id="k-1" />
      </>,
    );
    await settle();
    expect(screen.getAllByText('k-1:still:first:fine')).toHaveLength(2);
    expect(bridge.callsOf('keys.get')).toHaveLength(1);

    label = 'second';
    await changed('keys', ['k-2']);
    await changed('audit', ['k-1']);
    expect(bridge.callsOf('keys.get')).toHaveLength(1);
    await changed('keys', ['k-1']);
    expect(screen.getAllByText('k-1:still:second:fine')).toHaveLength(2);
    await changed('keys', []);
    expect(bridge.callsOf('keys.get')).toHaveLength(3);
  });

  test('two who share an answer each hear of their own topics and ids', async () => {
    const bridge = installBridge({ 'signers.list': () => ({}) });
    function Other({ topics, ids }: { topics: Topic[]; ids?: string[] }) {
      useQuery('signers.list', {}, topics, ids === undefined ? {} : { ids });
      return null;
    }
    const one = render(<Other topics={['signers']} ids={['s-1']} />);
    const both = render(<Other topics={['signers', 'keys']} />);
    await settle();
    expect(bridge.calls).toHaveLength(1);
    await changed('keys', ['k-1']);
    expect(bridge.calls).toHaveLength(2);
    await changed('signers', ['s-2']);
    expect(bridge.calls).toHaveLength(3);
    both.unmount();
    await changed('keys', ['k-1']);
    await changed('signers', ['s-2']);
    expect(bridge.calls).toHaveLength(3);
    await changed('signers', ['s-1']);
    expect(bridge.calls).toHaveLength(4);
    one.unmount();
  });

  test('what does not look like an event is dropped', async () => {
    const bridge = installBridge({ 'keys.get': () => ({ label: 'a' }) });
    render(<Key id="k-1" />);
    await settle();
    await act(async () => {
      takeEvent({ type: 'changed', topic: 'keys', ids: [], extra: 1 });
      takeEvent('keys');
      takeEvent(null);
    });
    expect(bridge.calls).toHaveLength(1);
  });

  test('events while an answer is on its way lead to exactly one more call', async () => {
    const waiting: ((value: unknown) => void)[] = [];
    const bridge = installBridge({ 'keys.get': () => new Promise((resolve) => waiting.push(resolve)) });
    render(<Key id="k-1" />);
    await changed('keys', []);
    await changed('keys', []);
    expect(bridge.calls).toHaveLength(1);
    await act(async () => waiting[0]?.({ label: 'old' }));
    expect(bridge.calls).toHaveLength(2);
    await act(async () => waiting[1]?.({ label: 'new' }));
    expect(screen.getByText('k-1:still:new:fine')).toBeTruthy();
    expect(bridge.calls).toHaveLength(2);
  });

  test('a failed reload keeps what is there; LOCKED does not', async () => {
    let code: 'DISK_FULL' | 'LOCKED' | null = null;
    installBridge({
      'keys.get': () => {
        if (code) throw new Refusal({ code, message: 'no', ref: 'r' });
        return { label: 'a' };
      },
    });
    render(<Key id="k-1" />);
    await settle();
    code = 'DISK_FULL';
    await changed('keys', []);
    expect(screen.getByText('k-1:still:a:DISK_FULL')).toBeTruthy();
    code = 'LOCKED';
    await changed('keys', []);
    expect(screen.getByText('k-1:still:nothing:LOCKED')).toBeTruthy();
  });

  test('lock drops answers, also one that was on its way', async () => {
    const waiting: ((value: unknown) => void)[] = [];
    installBridge({ 'keys.get': () => new Promise((resolve) => waiting.push(resolve)) });
    render(<Key id="k-1" />);
    await act(async () => waiting[0]?.({ label: 'secret name' }));
    expect(heldQueries()).toEqual(['keys.get {"id":"k-1"}']);
    await changed('keys', []);
    await act(async () => dropWorkspaceData());
    expect(heldQueries()).toEqual([]);
    expect(document.body.textContent).not.toContain('secret name');
    await act(async () => waiting[1]?.({ label: 'late name' }));
    expect(heldQueries()).toEqual([]);
    expect(document.body.textContent).not.toContain('late name');
  });

  test('nothing is held when nobody shows it', async () => {
    installBridge({ 'keys.get': () => ({ label: 'a' }) });
    const view = render(<Key id="k-1" />);
    await settle();
    expect(heldQueries()).toHaveLength(1);
    view.unmount();
    expect(heldQueries()).toEqual([]);
  });
});

function Keys({ query }: { query: string }) {
  const pages = usePages('keys.list', { query, limit: 2 }, ['keys']);
  return (
    <button type="button" onClick={pages.onMore}>
      {(pages.rows as unknown as { id: string }[]).map((row) => row.id).join(',')}/{pages.total}
    </button>
  );
}

describe('usePages', () => {
  test('goes on by cursor, keeps its length over an event, starts anew for another filter, drops on lock', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'];
    const bridge = installBridge({
      'keys.list': ({ cursor, query }: { cursor: string | null; query: string }) => {
        const rows = all.filter((id) => id.includes(query));
        const from = Number(cursor ?? 0);
        const next = from + 2 < rows.length ? String(from + 2) : null;
        return { rows: rows.slice(from, from + 2).map((id) => ({ id })), total: rows.length, cursor: next };
      },
    });
    const view = render(<Keys query="" />);
    await settle();
    const button = screen.getByRole('button');
    expect(button.textContent).toBe('a,b/5');
    await act(async () => button.click());
    expect(button.textContent).toBe('a,b,c,d/5');
    all.unshift('z');
    await changed('keys', []);
    expect(button.textContent).toBe('z,a,b,c/6');
    view.rerender(<Keys query="e" />);
    await settle();
    expect(button.textContent).toBe('e/1');
    const before = bridge.calls.length;
    await act(async () => button.click());
    expect(bridge.calls).toHaveLength(before);
    await act(async () => dropWorkspaceData());
    expect(button.textContent).toBe('/0');
  });
});
