/**
 * The large table: virtual rows, sortable heads, moved through by keyboard, pages loaded on the way down.
 * It sorts and filters nothing itself; main does, and the view asks again.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { CSSProperties, KeyboardEvent, ReactNode } from 'react';
import type { CallError } from '../app/call.ts';
import { useView } from '../app/state.ts';
import { fittingColumns, leastWidth, useWidth } from './fitting-columns.ts';
import { TabStops } from './hint.tsx';
import { ErrorState } from './state-box.tsx';
import { moveRow } from './row-keys.ts';

export interface Column<R, S extends string = string> {
  id: string;
  title: string;
  cell: (row: R) => ReactNode;
  /** CSS grid width: "minmax(18rem, 2fr)", "12rem". 1rem is 10 px at 100 %. */
  width: string;
  /** Leaves when there is no room: 1 first, then 2; missing: it stays. */
  drop?: number;
  align?: 'start' | 'end';
  /** The key main sorts by; missing: this column does not sort. */
  sort?: S;
}

export interface Sorting<S extends string> {
  by: S;
  descending: boolean;
}

export interface DataTableProps<R, S extends string> {
  /** What the rows are, for screen readers: "Certificates". */
  label: string;
  columns: readonly Column<R, S>[];
  rows: readonly R[];
  rowId: (row: R) => string;
  /** How many there are in all; more than `rows` when pages are missing. */
  total?: number;
  loading?: boolean;
  error?: CallError | null;
  onRetry?: () => void;
  /** Said when there is no row: an EmptyState. */
  empty: ReactNode;
  sorting?: Sorting<S>;
  onSort?: (sorting: Sorting<S>) => void;
  /** Enter or a click on a row. */
  onOpen?: (row: R) => void;
  selected?: string | null;
  /** Called when the end of the loaded rows comes into sight. */
  onMore?: () => void;
  /** Fill the page's remaining height and scroll inside (page with `fill`); otherwise as high as `maxRows`. */
  fill?: boolean;
  maxRows?: number;
  /** Inside a card: no border of its own. */
  plain?: boolean;
}

const ROW_PX = 30;
const REM_PX = 10;

export function DataTable<R, S extends string = string>(props: DataTableProps<R, S>) {
  const { rows, onMore } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const zoom = useView((state) => state.appearance.zoom);
  const room = useWidth(frame) / (REM_PX * zoom);
  const columns = useMemo(() => fittingColumns(props.columns, room), [props.columns, room]);
  const prefix = useId();
  const [active, setActive] = useState(-1);
  const at = Math.min(active, rows.length - 1);
  const rowPx = ROW_PX * zoom;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: 12,
    getItemKey: (index) => props.rowId(rows[index] as R),
    // The head lies over the first row's height.
    scrollPaddingStart: rowPx,
    initialRect: { width: 800, height: 600 },
  });
  useEffect(() => virtual.measure(), [rowPx, virtual]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (onMore && rows.length > 0 && last >= rows.length - 20) onMore();
  }, [last, rows.length, onMore]);

  const keys = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 300) / rowPx) - 2);
    const row = rows[at];
    if (event.key === 'Enter' && row !== undefined && event.target === scroll.current) {
      event.preventDefault();
      props.onOpen?.(row);
      return;
    }
    const next = moveRow(event.key, at, rows.length, page);
    if (next === null || event.target !== scroll.current) return;
    event.preventDefault();
    setActive(next);
    virtual.scrollToIndex(next);
  };

  const style = useMemo(
    () =>
      ({
        '--columns': columns.map((column) => column.width).join(' '),
        // The same for every row, whatever it holds: narrower than this, the table scrolls sideways.
        '--columns-min': `calc(${columns.map((column) => leastWidth(column.width)).join(' + ')})`,
      }) as CSSProperties,
    [columns],
  );
  const height = props.fill
    ? undefined
    : `calc(var(--row) * ${Math.min(rows.length, props.maxRows ?? 12) + 1} + 1rem)`;

  if (props.error && rows.length === 0) {
    return <ErrorState error={props.error} onRetry={props.onRetry} />;
  }
  if (rows.length === 0 && !props.loading) {
    return (
      <div className="grid" data-plain={props.plain || undefined}>
        {props.empty}
      </div>
    );
  }
  return (
    <div
      ref={setFrame}
      className="grid"
      data-fill={props.fill || undefined}
      data-plain={props.plain || undefined}
      style={style}
    >
      <div
        ref={scroll}
        className="grid-scroll"
        role="grid"
        aria-label={props.label}
        aria-rowcount={(props.total ?? rows.length) + 1}
        aria-busy={props.loading === true}
        tabIndex={0}
        {...(at >= 0 ? { 'aria-activedescendant': `${prefix}-${at}` } : {})}
        style={height === undefined ? {} : { maxHeight: height }}
        onKeyDown={keys}
        onFocus={(event) => {
          if (event.target === scroll.current && at < 0 && rows.length > 0) setActive(0);
        }}
      >
        <div role="rowgroup" className="grid-head">
          <div role="row" aria-rowindex={1} style={{ display: 'contents' }}>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sorting={props.sorting} onSort={props.onSort} />
            ))}
          </div>
        </div>
        <div
          role="rowgroup"
          className="grid-body"
          style={{ height: rows.length === 0 ? rowPx * 6 : virtual.getTotalSize() }}
        >
          {rows.length === 0 ? <SkeletonRows columns={columns} rowPx={rowPx} /> : null}
          <TabStops value={false}>
            {items.map((item) => {
              const row = rows[item.index] as R;
              const id = props.rowId(row);
              return (
                <div
                  key={item.key}
                  role="row"
                  id={`${prefix}-${item.index}`}
                  aria-rowindex={item.index + 2}
                  aria-selected={props.selected === id}
                  className="grid-row"
                  data-active={item.index === at || undefined}
                  data-clickable={props.onOpen ? true : undefined}
                  style={{ transform: `translateY(${item.start}px)` }}
                  onClick={(event) => {
                    setActive(item.index);
                    // A button or link in the row does its own work.
                    if (!(event.target as Element).closest('button, a')) props.onOpen?.(row);
                  }}
                >
                  {columns.map((column) => (
                    <div key={column.id} role="gridcell" className="grid-cell" data-align={column.align}>
                      <span className="truncate">{column.cell(row)}</span>
                    </div>
                  ))}
                </div>
              );
            })}
          </TabStops>
        </div>
      </div>
      {props.error ? <ErrorState error={props.error} onRetry={props.onRetry} /> : null}
    </div>
  );
}

function HeadCell<R, S extends string>(props: {
  column: Column<R, S>;
  sorting: Sorting<S> | undefined;
  onSort: ((sorting: Sorting<S>) => void) | undefined;
}) {
  const { column, sorting, onSort } = props;
  const key = column.sort;
  const mine = key !== undefined && sorting?.by === key;
  const order = mine ? (sorting.descending ? 'descending' : 'ascending') : 'none';
  return (
    <div
      role="columnheader"
      className="grid-head-cell"
      data-align={column.align}
      {...(key === undefined ? {} : { 'aria-sort': order })}
    >
      {key === undefined || !onSort ? (
        column.title
      ) : (
        <button type="button" onClick={() => onSort({ by: key, descending: mine && !sorting.descending })}>
          {column.title}
          {mine ? (
            sorting.descending ? (
              <ArrowDown aria-hidden />
            ) : (
              <ArrowUp aria-hidden />
            )
          ) : (
            <ChevronsUpDown aria-hidden />
          )}
        </button>
      )}
    </div>
  );
}

function SkeletonRows<R, S extends string>({
  columns,
  rowPx,
}: {
  columns: readonly Column<R, S>[];
  rowPx: number;
}) {
  return [0, 1, 2, 3, 4, 5].map((row) => (
    <div key={row} role="row" className="grid-row" style={{ transform: `translateY(${row * rowPx}px)` }}>
      {columns.map((column) => (
        <div key={column.id} role="gridcell" aria-label="loading" className="grid-cell">
          <span className="skeleton" aria-hidden />
        </div>
      ))}
    </div>
  ));
}
