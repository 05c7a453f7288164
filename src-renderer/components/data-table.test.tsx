import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { CallError } from '../app/call.ts';
import { DataTable } from './data-table.tsx';
import { fittingColumns } from './fitting-columns.ts';
import type { Column, DataTableProps } from './data-table.tsx';

beforeAll(() => {
  // happy-dom lays nothing out: the scroll box gets the size it has in the window.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
});
afterEach(cleanup);

interface Row {
  id: string;
  name: string;
}
const columns: Column<Row, 'name'>[] = [
  { id: 'name', title: 'Name', width: '1fr', cell: (row) => row.name, sort: 'name' },
  { id: 'id', title: 'Id', width: '1fr', cell: (row) => row.id },
];
const make = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, name: `n${index}` }));

function table(props: Partial<DataTableProps<Row, 'name'>> = {}) {
  return (
    <DataTable
      label="Things"
      columns={columns}
      rows={make(50)}
      rowId={(row) => row.id}
      empty="Nothing"
      {...props}
    />
  );
}

const activeText = (): string | null => {
  const id = screen.getByRole('grid').getAttribute('aria-activedescendant');
  return id === null ? null : (document.getElementById(id)?.textContent ?? null);
};

describe('DataTable', () => {
  test('one tab stop; arrows, Page, Home and End move; Enter opens', () => {
    const open = vi.fn();
    render(table({ onOpen: open }));
    const grid = screen.getByRole('grid', { name: 'Things' });
    expect(grid.tabIndex).toBe(0);
    expect(activeText()).toBeNull();
    act(() => grid.focus());
    expect(activeText()).toBe('n0r0');
    const press = (key: string) => fireEvent.keyDown(grid, { key });
    press('ArrowDown');
    press('ArrowDown');
    expect(activeText()).toBe('n2r2');
    press('ArrowUp');
    expect(activeText()).toBe('n1r1');
    press('Enter');
    expect(open).toHaveBeenLastCalledWith({ id: 'r1', name: 'n1' });
    press('Home');
    press('ArrowUp');
    expect(activeText()).toBe('n0r0');
    press('End');
    press('Enter');
    expect(open).toHaveBeenLastCalledWith({ id: 'r49', name: 'n49' });
  });

  test('many rows are not all in the document, but their number is said', () => {
    render(table({ rows: make(5000), total: 10_011 }));
    expect(screen.getAllByRole('row').length).toBeLessThan(100);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('10012');
  });

  test('a click opens the row, a button in it does not', () => {
    const open = vi.fn();
    const inner = vi.fn();
    const withButton: Column<Row, 'name'>[] = [
      { id: 'b', title: 'B', width: '1fr', cell: (row) => <button onClick={inner}>{row.name}</button> },
      { id: 'id', title: 'Id', width: '1fr', cell: (row) => row.id },
    ];
    render(table({ columns: withButton, rows: make(2), onOpen: open }));
    fireEvent.click(screen.getByText('n1'));
    expect(inner).toHaveBeenCalledOnce();
    expect(open).not.toHaveBeenCalled();
    fireEvent.click(screen.getByText('r1'));
    expect(open).toHaveBeenCalledOnce();
  });

  test('heads that sort say so and turn round', () => {
    const sort = vi.fn();
    const view = render(table({ onSort: sort, sorting: { by: 'name', descending: false } }));
    const [name, id] = screen.getAllByRole('columnheader');
    expect(name?.getAttribute('aria-sort')).toBe('ascending');
    expect(id?.hasAttribute('aria-sort')).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(sort).toHaveBeenLastCalledWith({ by: 'name', descending: true });
    view.rerender(table({ onSort: sort, sorting: { by: 'name', descending: true } }));
    expect(name?.getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(sort).toHaveBeenLastCalledWith({ by: 'name', descending: false });
  });

  test('asks for more when the end is near, not before', () => {
    const more = vi.fn();
    const view = render(table({ rows: make(500), total: 1000, onMore: more }));
    expect(more).not.toHaveBeenCalled();
    view.rerender(table({ rows: make(10), total: 1000, onMore: more }));
    expect(more).toHaveBeenCalled();
  });

  test('empty, loading and refused each say what they are', () => {
    const view = render(table({ rows: [], empty: <p>Nothing here yet</p> }));
    expect(screen.getByText('Nothing here yet')).toBeTruthy();
    view.rerender(table({ rows: [], loading: true }));
    expect(screen.getByRole('grid').getAttribute('aria-busy')).toBe('true');
    const retry = vi.fn();
    const error = new CallError('keys.list', { code: 'DISK_FULL', message: 'No room.', ref: 'r' });
    view.rerender(table({ rows: [], error, onRetry: retry }));
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });
});

describe('columns', () => {
  const widths = [
    { id: 'name', width: 'minmax(20rem, 2fr)' },
    { id: 'issuer', width: 'minmax(18rem, 2fr)', drop: 2 },
    { id: 'key', width: '9rem', drop: 1 },
    { id: 'state', width: '12rem' },
  ];
  const fitting = (room: number) => fittingColumns(widths, room).map(({ id }) => id);

  test('the least needed leave first when there is no room for all, and the needed ones never', () => {
    expect(fitting(0)).toEqual(['name', 'issuer', 'key', 'state']);
    expect(fitting(59)).toEqual(['name', 'issuer', 'key', 'state']);
    expect(fitting(58)).toEqual(['name', 'issuer', 'state']);
    expect(fitting(49)).toEqual(['name', 'state']);
    expect(fitting(10)).toEqual(['name', 'state']);
  });
});
