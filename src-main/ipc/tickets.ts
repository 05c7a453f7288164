/**
 * Places on disk the operator chose in a dialog of main, handed to the renderer as one-time tickets.
 * SECURITY: the renderer never names a path, so a page that went wrong cannot read or overwrite files.
 */
import type { PlacePurpose, Ticket } from '#shared/contract/app.ts';
import { AppError } from '../lib/app-error.ts';
import { exists } from '../lib/atomic-file.ts';
import { newId } from '../lib/ids.ts';
import type { Random } from '../ports.ts';

export interface Tickets {
  /** null in, null out: the operator cancelled the dialog. */
  issue(path: string | null, purpose: PlacePurpose): Promise<Ticket | null>;
  /**
   * The path behind a ticket. It stays valid until `end`, so that a refused overwrite can be tried again.
   * Throws AppError TICKET_EXPIRED, also for a place that was chosen for something else.
   */
  path(ticket: string, purpose: PlacePurpose): string;
  end(ticket: string): void;
}

const MOST_TICKETS = 32;

export function createTickets(deps: { random: Random }): Tickets {
  const places = new Map<string, { path: string; purpose: PlacePurpose }>();
  return {
    async issue(path, purpose) {
      if (path === null) return null;
      const oldest = places.keys().next().value;
      if (places.size >= MOST_TICKETS && oldest !== undefined) places.delete(oldest);
      const ticket = newId('place', deps.random);
      places.set(ticket, { path, purpose });
      return { ticket, path, exists: await exists(path) };
    },
    path(ticket, purpose) {
      const place = places.get(ticket);
      if (place === undefined)
        throw new AppError('TICKET_EXPIRED', 'The chosen place is no longer known. Choose it again.');
      // SECURITY: the operator was told in the dialog what would be written or read there, and nothing else is.
      if (place.purpose !== purpose)
        throw new AppError(
          'TICKET_EXPIRED',
          'That place was chosen for something else. Choose one for this.',
        );
      return place.path;
    },
    end(ticket) {
      places.delete(ticket);
    },
  };
}
