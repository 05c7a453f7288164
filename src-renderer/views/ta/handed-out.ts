/** Which files were written since the workspace was unlocked, so that the guide goes on. Not a record: the audit log is. */
import { create } from 'zustand';
import { onDrop } from '../../app/query-store.ts';

const useMarks = create<{ marks: ReadonlySet<string> }>()(() => ({ marks: new Set() }));
onDrop(() => useMarks.setState({ marks: new Set() }));

export function useHandedOut(): ReadonlySet<string> {
  return useMarks((state) => state.marks);
}

/** `what`: "proxy-id", "request 3F2A…", as guide-model.ts asks for it. */
export function markHandedOut(what: string): void {
  useMarks.setState(({ marks }) => ({ marks: new Set([...marks, what]) }));
}

/** The file has other content by now. */
export function forgetHandedOut(what: string): void {
  useMarks.setState(({ marks }) => ({ marks: new Set([...marks].filter((mark) => mark !== what)) }));
}
