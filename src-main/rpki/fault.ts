/** What is wrong with an RPKI object, each with the clause it breaks. Judging collects all of it and stops at nothing. */
import { X509Error } from '../x509/x509-error.ts';
import { RpkiError } from './rpki-error.ts';

export interface Fault {
  text: string;
  /** "RFC 6487 4.8.4". */
  clause: string;
}

export class Faults {
  readonly found: Fault[] = [];

  /** Notes a fault unless `holds`. Answers `holds`. */
  check(holds: boolean, text: string, clause: string): boolean {
    if (!holds) this.found.push({ text, clause });
    return holds;
  }

  /** Runs a reader; what it refuses becomes a fault. */
  read<T>(clause: string, reader: () => T): T | null {
    try {
      return reader();
    } catch (error) {
      if (!(error instanceof X509Error || error instanceof RpkiError)) throw error;
      this.found.push({ text: error.message, clause });
      return null;
    }
  }
}
