/** Checks a list of audit records: order, chain, hashes, MACs. Pure; where the records came from is the caller's business. */
import type * as z from 'zod';
import type { auditFault } from '#shared/contract/audit.ts';
import { genesisHash, recordHash, recordMac, type StoredAuditRecord } from './audit-record.ts';

export type Fault = z.infer<typeof auditFault>;

export interface Chain {
  workspaceId: string;
  auditKey: Uint8Array;
}

/** At most this many faults are told; one broken place usually breaks all after it. */
const MOST_FAULTS = 20;

function faultOf(chain: Chain, record: StoredAuditRecord, expected: number, previous: string): Fault | null {
  const at = (kind: Fault['kind'], text: string): Fault => ({ seq: expected, kind, text });
  if (record.seq > expected) return at('missing', `entries ${expected} to ${record.seq - 1} are missing`);
  if (record.seq < expected)
    return at('reordered', `entry ${record.seq} stands where entry ${expected} should be`);
  const hashFits = recordHash(chain.workspaceId, record) === record.hash;
  const macFits = recordMac(chain.auditKey, chain.workspaceId, record) === record.mac;
  if (hashFits && macFits && record.previous === previous) return null;
  if (hashFits && !macFits)
    return at('forged', `altered at entry ${expected}: its hash was recomputed without the workspace's key`);
  if (hashFits) return at('altered', `altered at entry ${expected}: it does not follow the entry before it`);
  return at('altered', `altered at entry ${expected}: its content does not fit its hash`);
}

/** Every break, located. After one the check goes on from what is there, so that two alterations are two faults. */
export function checkRecords(chain: Chain, records: readonly StoredAuditRecord[]): Fault[] {
  const faults: Fault[] = [];
  let expected = 1;
  let previous = genesisHash(chain.workspaceId);
  for (const record of records) {
    const fault = faultOf(chain, record, expected, previous);
    if (fault !== null && faults.length < MOST_FAULTS) faults.push(fault);
    expected = record.seq + 1;
    previous = record.hash;
  }
  return faults;
}
