/** What stands in the way of a signature: where, what, and what to do about it. Not a finding about a finished object. */

export interface Problem {
  /** Inside the order, in the words of the wizard's draft: "names.dns", "subject.2", "lifetimeSeconds". */
  path: string;
  /** One sentence. */
  message: string;
  /** What to do next; "" when the sentence says it. */
  fix: string;
}

export function problem(path: string, message: string, fix = ''): Problem {
  return { path, message, fix };
}
