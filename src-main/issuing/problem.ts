/** What stands in the way of a signature: where, what, and what to do about it. Not a finding about a finished object. */

export interface Problem {
  /** Inside the order, in the words of the wizard's draft: "names.dns", "subject.2", "lifetimeSeconds". */
  path: string;
  /** One sentence. */
  message: string;
  /** What to do next; "" when the sentence says it. */
  fix: string;
  /** The same as step says it, for those who look for its words. */
  quote?: string;
}

export function problem(path: string, message: string, fix = ''): Problem {
  return { path, message, fix };
}

export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** "invalid URL: x" as a sentence beside another one: "Invalid URL: x." */
export function sentence(text: string): string {
  return `${capital(text)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
