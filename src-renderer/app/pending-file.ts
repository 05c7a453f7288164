/** A file on its way to the screen that takes it: dropped somewhere else, taken up once. */
import { create } from 'zustand';
import { onDrop } from './query-store.ts';

const usePending = create<{ file: File | null }>()(() => ({ file: null }));
onDrop(() => usePending.setState({ file: null }));

export function leavePending(file: File): void {
  usePending.setState({ file });
}

/** The file that waits, taken off the store. */
export function takePending(): File | null {
  const { file } = usePending.getState();
  usePending.setState({ file: null });
  return file;
}
