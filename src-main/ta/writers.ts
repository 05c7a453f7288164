/** What writes a file for another machine, and says so in the audit with its hash. */
export const WRITERS = ['ta.export', 'ta.proxyExport', 'ta.stickWrite'] as const;
