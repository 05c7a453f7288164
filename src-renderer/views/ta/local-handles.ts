/** The CAs of this workspace that could be children of the trust anchor, by handle; empty while they are being asked for. */
import { useQuery } from '../../app/use-query.ts';

export function useLocalHandles(): readonly string[] {
  const found = useQuery('ta.localChildren', {}, ['ta']);
  return found.data?.children.map(({ handle }) => handle) ?? [];
}
