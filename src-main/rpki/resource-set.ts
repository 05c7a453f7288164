/** What a certificate can hold: AS numbers and addresses of both families, as sets. How they are written is elsewhere. */
import { equalRanges, type Ranges } from './ranges.ts';

export interface ResourceSet {
  asn: Ranges;
  ipv4: Ranges;
  ipv6: Ranges;
}

export function sameResources(a: ResourceSet, b: ResourceSet): boolean {
  return equalRanges(a.asn, b.asn) && equalRanges(a.ipv4, b.ipv4) && equalRanges(a.ipv6, b.ipv6);
}
