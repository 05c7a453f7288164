/** A word of a POSIX shell, quoted where it has to be: for commands that people copy. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./:=,@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
