/** Building and reading TTLV structures: short names for what every message needs. It knows no message. */
import { TtlvError, type TtlvItem, type TtlvType } from './ttlv.ts';

export const structure = (tag: number, value: TtlvItem[]): TtlvItem => ({ tag, type: 'structure', value });
export const integer = (tag: number, value: number): TtlvItem => ({ tag, type: 'integer', value });
export const enumeration = (tag: number, value: number): TtlvItem => ({ tag, type: 'enumeration', value });
export const boolean = (tag: number, value: boolean): TtlvItem => ({ tag, type: 'boolean', value });
export const text = (tag: number, value: string): TtlvItem => ({ tag, type: 'text', value });
export const bytes = (tag: number, value: Uint8Array): TtlvItem => ({ tag, type: 'bytes', value });

type ValueOf<T extends TtlvType> = Extract<TtlvItem, { type: T }>['value'];

/** All that stand in `parent` under `tag`. Throws TtlvError when one is of another type, or `parent` no structure. */
export function all<T extends TtlvType>(parent: TtlvItem, tag: number, type: T): ValueOf<T>[] {
  return itemsOf(parent)
    .filter((item) => item.tag === tag)
    .map((item) => valueAs(item, type));
}

/** The first, or null. Throws as `all` does. */
export function maybe<T extends TtlvType>(parent: TtlvItem, tag: number, type: T): ValueOf<T> | null {
  return all(parent, tag, type)[0] ?? null;
}

/** The first. Throws TtlvError when there is none. */
export function need<T extends TtlvType>(parent: TtlvItem, tag: number, type: T): ValueOf<T> {
  const found = maybe(parent, tag, type);
  if (found === null) throw new TtlvError(`${hexTag(tag)} is missing`);
  return found;
}

/** The first structure under `tag`, or null. */
export function maybeStructure(parent: TtlvItem, tag: number): TtlvItem | null {
  const found = itemsOf(parent).find((item) => item.tag === tag);
  if (found !== undefined) itemsOf(found);
  return found ?? null;
}

/** The first structure under `tag`. Throws TtlvError when there is none. */
export function needStructure(parent: TtlvItem, tag: number): TtlvItem {
  const found = maybeStructure(parent, tag);
  if (found === null) throw new TtlvError(`${hexTag(tag)} is missing`);
  return found;
}

/** What stands in a structure. Throws TtlvError when it is none. */
export function itemsOf(item: TtlvItem): TtlvItem[] {
  return valueAs(item, 'structure');
}

/** The value of an item of that type. Throws TtlvError when it is of another. */
export function valueAs<T extends TtlvType>(item: TtlvItem, type: T): ValueOf<T> {
  if (item.type !== type) throw new TtlvError(`${hexTag(item.tag)} is ${item.type} and should be ${type}`);
  return item.value as ValueOf<T>;
}

function hexTag(tag: number): string {
  return `tag ${tag.toString(16).toUpperCase()}`;
}
