/** What differs between two requests with one nonce, as sentences. */
import { sameResources } from '../../rpki/resource-set.ts';
import type { Request } from '../documents.ts';
import { resourceTexts } from './child-review.ts';

/** Empty: they ask for the same. */
export function differences(before: Request, now: Request): string[] {
  const found: string[] = [];
  const [old, late] = [before, now].map(
    ({ children }) => new Map(children.map((child) => [child.handle, child])),
  );
  for (const handle of old?.keys() ?? [])
    if (!late?.has(handle)) found.push(`${handle} asked for something then and does not now.`);
  for (const [handle, child] of late ?? []) {
    const then = old?.get(handle);
    if (then === undefined) {
      found.push(`${handle} asks for something now and did not then.`);
      continue;
    }
    if (!sameResources(then.resources, child.resources))
      found.push(
        `${handle} had ${resourceTexts(then.resources).join(', ')} then and has ${resourceTexts(child.resources).join(', ')} now.`,
      );
    for (const [key, wish] of child.requests) {
      const earlier = then.requests.get(key);
      if (earlier === undefined) found.push(`${handle}: key ${key} is asked for now and was not then.`);
      else if (JSON.stringify(plain(earlier)) !== JSON.stringify(plain(wish)))
        found.push(`${handle}: key ${key} is asked for differently.`);
    }
    for (const key of then.requests.keys())
      if (!child.requests.has(key)) found.push(`${handle}: key ${key} was asked for then and is not now.`);
  }
  return found;
}

function plain(
  wish: Request['children'][number]['requests'] extends Map<string, infer W> ? W : never,
): unknown {
  return wish.type === 'revocation'
    ? [wish.type, wish.className, wish.key]
    : [wish.type, wish.className, resourceTexts(wish.limit), Buffer.from(wish.csrDer).toString('base64')];
}
