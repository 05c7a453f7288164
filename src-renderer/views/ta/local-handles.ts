/** The handles of the CAs of this workspace that could become children of the proxy. */
import { useMemo } from 'react';
import { useQuery } from '../../app/use-query.ts';

const NONE: readonly string[] = [];

export function useLocalHandles(): readonly string[] {
  const { data } = useQuery('ta.localChildren', {}, ['ta']);
  return useMemo(() => data?.children.map(({ handle }) => handle) ?? NONE, [data]);
}
