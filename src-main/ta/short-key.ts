/** "F038768D…": a child's key in a sentence, the same digits everywhere, so that it is found in a list of keys. */
export const shortKey = (keyId: string): string => `${keyId.slice(0, 8)}…`;
