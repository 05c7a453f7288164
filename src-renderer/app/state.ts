/**
 * View state: where we are, what is open, what was just said. No data of a workspace is kept here; those live
 * in query-store.ts and are dropped on lock, as is everything here that could quote them.
 */
import { create } from 'zustand';
import type { Appearance } from '#shared/contract/app.ts';
import type { Answer } from '#shared/contract/index.ts';
import type { CallError } from './call.ts';
import { parsePath } from './router.ts';
import type { Route } from './router.ts';
import type { StrayTaFile } from './sniff-ta-file.ts';

export type Tone = 'good' | 'note' | 'bad';

export interface Toast {
  id: number;
  tone: Tone;
  text: string;
  undo: (() => void) | null;
}

/** `here`: what it is to the halves of this workspace; null: nothing. */
export interface StrayFile {
  name: string;
  kind: StrayTaFile;
  here: Answer<'ta.judgeFile'> | null;
}

export interface ViewState {
  /** null: the address names no screen; the guard chooses one. */
  route: Route | null;
  /** The path asked for while it could not be shown (locked); taken up after unlocking. */
  wanted: string | null;
  paletteOpen: boolean;
  toasts: readonly Toast[];
  /** The last file that could not be inspected; the inspector says why until another one is tried. */
  refusedFile: { name: string; error: CallError } | null;
  /** A file that was dropped on the window and is being read; `share` of it is at main. */
  reading: { name: string; share: number } | null;
  /** A trust anchor's file that is opened nowhere here; the inspector says where it belongs. */
  strayFile: StrayFile | null;
  appearance: Appearance;
  mainGone: boolean;
  /** Ending the application, or closing the workspace, waits for the operator's word, because others are served. */
  leaving: 'application' | 'workspace' | null;
}

const initial = (): ViewState => ({
  route: parsePath(globalThis.location?.hash ?? ''),
  wanted: null,
  paletteOpen: false,
  toasts: [],
  refusedFile: null,
  reading: null,
  strayFile: null,
  appearance: { theme: 'system', zoom: 1 },
  mainGone: false,
  leaving: null,
});

export const useView = create<ViewState>()(initial);

let lastToast = 0;

/** Says something in passing. With `undo`, the step can be taken back while the toast is there. */
export function showToast(text: string, options: { tone?: Tone; undo?: () => void } = {}): number {
  lastToast += 1;
  const toast: Toast = { id: lastToast, tone: options.tone ?? 'good', text, undo: options.undo ?? null };
  useView.setState((state) => ({ toasts: [...state.toasts.slice(-3), toast] }));
  return toast.id;
}

export function dismissToast(id: number): void {
  useView.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

export function setPaletteOpen(paletteOpen: boolean): void {
  useView.setState({ paletteOpen });
}

/** Drops what may quote the workspace. The route stays: it holds ids only, and unlocking returns to it. */
export function emptyOnLock(): void {
  useView.setState({ toasts: [], paletteOpen: false, refusedFile: null, reading: null, strayFile: null });
}

/** Follows the address. Returns the function that ends it. */
export function followLocation(): () => void {
  const read = (): void => useView.setState({ route: parsePath(location.hash) });
  window.addEventListener('hashchange', read);
  read();
  return () => window.removeEventListener('hashchange', read);
}
