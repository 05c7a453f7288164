/**
 * Places on disk the operator chose in a dialog of main, handed to the renderer as one-time tickets.
 * SECURITY: the renderer never names a path, so a page that went wrong cannot read or overwrite files.
 */
import type { Ticket } from '#shared/contract/app.ts';
import { AppError } from '../lib/app-error.ts';
import { exists } from '../lib/atomic-file.ts';
import { newId } from '../lib/ids.ts';
import type { Random } from '../ports.ts';

export interface Tickets {
  /** null in, null out: the operator cancelled the dialog. */
  issue(path: string | null): Promise<Ticket | null>;
  /** The path behind a ticket. It stays valid until `end`, so that a refused overwrite can be tried again. */
  path(ticket: string): string;
  end(ticket: string): void;
}

const MOST_TICKETS = 32;

export function createTickets(deps: { random: Random }): Tickets {
  const paths = new Map<string, string>();
  return {
    async issue(path) {
      if (path === null) return null;
      const oldest = paths.keys().next().value;
      if (paths.size >= MOST_TICKETS && oldest !== undefined) paths.delete(oldest);
      const ticket = newId('place', deps.random);
      paths.set(ticket, path);
      return { ticket, path, exists: await exists(path) };
    },
    path(ticket) {
      const path = paths.get(ticket);
      if (path === undefined)
        throw new AppError('TICKET_EXPIRED', 'The chosen place is no longer known. Choose it again.');
      return path;
    },
    end(ticket) {
      paths.delete(ticket);
    },
  };
}
