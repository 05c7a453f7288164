/** The handles of CAs in this workspace that could become children. There are none before such CAs exist (ta.localChildren). */
export function useLocalHandles(): readonly string[] {
  return NONE;
}

const NONE: readonly string[] = [];
