/**
 * The shape every domain has for the bridge: one method per channel, typed by the contract. It lies on the lowest
 * floor so that domains can name it without pointing up at ipc; it does nothing.
 */
import type { PlacePurpose } from '#shared/contract/app.ts';
import type { Answer, ChannelName, Parsed } from '#shared/contract/index.ts';

export type Handlers = {
  [C in ChannelName]: (payload: Parsed<C>) => Promise<Answer<C>> | Answer<C>;
};

/** The methods a domain must offer: one per channel whose name begins with `D.`. */
export type Domain<D extends string> = {
  [C in ChannelName as C extends `${D}.${infer Method}` ? Method : never]: Handlers[C];
};

/** What a domain needs of the tickets: the path the operator chose, and the end of its use. */
export interface TicketPaths {
  /** Throws AppError TICKET_EXPIRED. */
  path(ticket: string, purpose: PlacePurpose): string;
  end(ticket: string): void;
}
