/**
 * What all who send PINs to one device share, however often a signer is started anew and whichever signer it is: the marks, and whose
 * turn it is. SECURITY: who looks up a PIN, marks it and sends it keeps the turn until the answer is known, so that nobody sends it
 * beside him.
 */
import type { RefusedPin, SignaturePin } from '../../store/signer-columns.ts';

/** Who sends PINs by a book and may keep some, as the others on the same device know him. */
export interface PinUser {
  /** Of the signer. */
  id: string;
  /** The signer is in force, and so are the marks that are stored for it. */
  inForce: boolean;
  /** Whether it is the PIN in its vault. */
  stores(pin: Uint8Array): boolean;
  /** Another signer learned that the device refuses what bears this mark. */
  refusedElsewhere(mark: RefusedPin): Promise<void>;
  /** The PIN of the device was changed through another signer. The arrays stay the caller's. */
  changedElsewhere(oldPin: Uint8Array, newPin: Uint8Array): Promise<void>;
}

export interface PinBook {
  /** Of this signer: what it sent, and what others sent that it keeps. */
  marks: readonly RefusedPin[];
  /** The PINs that were taken for signatures by this signer. */
  signed: readonly SignaturePin[];
  users: Set<PinUser>;
  /** The device said its serial. */
  meet(serial: string): void;
  /** The device and the account on it; null: nobody knows. */
  where(): string | null;
  /** The books of all signers on this device, this one first. */
  device(): readonly PinBook[];
  /** Waits for the turn; answers the function that ends it, once. Rejects with what `until` rejects with: the turn is passed on then. */
  turn(until: Promise<never>): Promise<() => void>;
}

/** Which device, and which account on it, by the serial that it said itself; null: nobody knows. */
type Place = (met: string | null) => string | null;

interface Shelved extends PinBook {
  place: Place;
}

export interface PinShelf {
  /** The book of a signer, with what is stored of it; `place` as it is from now on. */
  book(id: string, stored: readonly RefusedPin[], place: Place): PinBook;
}

export function createPinShelf(): PinShelf {
  const books = new Map<string, Shelved>();
  /** The end of the last turn, by signer and by device. */
  const turns = new Map<string, Promise<void>>();

  async function turnOf(what: string, until: Promise<never>): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = turns.get(what) ?? Promise.resolve();
    turns.set(
      what,
      before.then(() => promise),
    );
    try {
      await Promise.race([before, until]);
      return resolve;
    } catch (error) {
      resolve();
      throw error;
    }
  }

  function made(id: string, place: Place): Shelved {
    let met: string | null = null;
    const book: Shelved = {
      marks: [],
      signed: [],
      users: new Set(),
      place,
      where: () => book.place(met),
      meet(serial) {
        met = serial;
      },
      device() {
        const here = book.where();
        const others = [...books.values()].filter((one) => one !== book && one.where() === here);
        return here === null ? [book] : [book, ...others];
      },
      async turn(until) {
        // Always in this order, so that nobody waits for one who waits for him.
        const endOwn = await turnOf(`signer ${id}`, until);
        const here = book.where();
        if (here === null) return endOwn;
        try {
          const endThere = await turnOf(`device ${here}`, until);
          return () => {
            endThere();
            endOwn();
          };
        } catch (error) {
          endOwn();
          throw error;
        }
      },
    };
    return book;
  }

  return {
    book(id, stored, place) {
      const book = books.get(id) ?? made(id, place);
      books.set(id, book);
      book.place = place;
      const known = new Set(book.marks.map(({ salt }) => salt));
      book.marks = [...stored.filter(({ salt }) => !known.has(salt)), ...book.marks];
      return book;
    },
  };
}

/** Of a signer that shares its device with nobody. */
export function createPinBook(marks: readonly RefusedPin[]): PinBook {
  return createPinShelf().book('', marks, () => null);
}

/** The turns of one who is ended some day: `end` sends away for ever who waits. `cancelled`: what it is when a signal did. */
export function createTurns(book: PinBook, cancelled: () => Error) {
  const leaving = new Set<(why: Error) => void>();
  return {
    take: async (signal?: AbortSignal): Promise<() => void> => {
      const { promise: until, reject } = Promise.withResolvers<never>();
      const leave = (): void => reject(cancelled());
      leaving.add(reject);
      signal?.addEventListener('abort', leave, { once: true });
      if (signal?.aborted === true) leave();
      try {
        return await book.turn(until);
      } finally {
        leaving.delete(reject);
        signal?.removeEventListener('abort', leave);
      }
    },
    end(why: Error): void {
      for (const reject of leaving) reject(why);
    },
  };
}
