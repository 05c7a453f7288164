/**
 * The marks of the PINs of one device, as one signer on it sees and makes them: the refused ones, and those that were sent and not
 * answered to. A mark is written before the PIN goes to the device and taken away when it took it, so that neither a crash nor a hang
 * sends a PIN twice. What one signer on a device marked, no other sends.
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import type { Clock, Random } from '../../ports.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import type { PinBook, PinUser } from './pin-book.ts';
import type { Why } from './pins-contract.ts';
import { knownRefusal, refusedPin } from './refused-pins.ts';

type Reason = Why['reason'];

/** So many are known again: the one of the login, that of signatures, and those before. */
const MOST_SIGNED = 4;

/** Whether a mark forbids to send a PIN for this. A signature may want another PIN than the login; nothing is sent for it that was refused for either. */
const concerns = (reason: Reason, mark: RefusedPin): boolean =>
  reason === 'signature' || mark.signature !== true;

export function createPinMarks(deps: {
  clock: Clock;
  random: Random;
  session: Session;
  signer(): { id: string; name: string };
  book: PinBook;
  /** Where the PINs go, when that is not in force. */
  place?: SignerSettings | undefined;
  subjects(): AuditEntry['subjects'];
  /** Whether it is the PIN in the vault. */
  kept(pin: Uint8Array): boolean;
}) {
  const { clock, random, session, signer, subjects, book } = deps;
  const at = deps.place === undefined ? {} : { pending: deps.place };

  // In memory first: a disk that cannot be written must not cost the device a try.
  const put = (into: PinBook, mark: RefusedPin): void => {
    into.marks = [...into.marks.filter(({ salt }) => salt !== mark.salt), mark];
  };
  /** Each once, whoever made it. */
  const all = (): RefusedPin[] => [
    ...new Map(
      book
        .device()
        .toReversed()
        .flatMap(({ marks }) => marks.map((mark) => [mark.salt, mark] as const)),
    ).values(),
  ];
  function remove(salts: readonly string[]): void {
    for (const one of book.device()) one.marks = one.marks.filter(({ salt }) => !salts.includes(salt));
  }
  async function erase(pin: Uint8Array, which: (mark: RefusedPin) => boolean): Promise<void> {
    const salts: string[] = [];
    for (const mark of all())
      if (which(mark) && (await knownRefusal(pin, [mark])) !== null) salts.push(mark.salt);
    if (salts.length === 0) return;
    await session.store.run('signers.taken', { salts });
    remove(salts);
  }
  /** Whether this device took it for a signature. */
  async function signs(pin: Uint8Array): Promise<boolean> {
    const here = book.where() ?? '';
    const known = book.device().flatMap(({ signed }) => signed.filter(({ device }) => device === here));
    return (await knownRefusal(pin, known)) !== null;
  }
  const users = (): [PinBook, PinUser][] =>
    book.device().flatMap((one) => [...one.users].map((user): [PinBook, PinUser] => [one, user]));
  /** The other signers in force on this device, with their books. */
  const others = (): [PinBook, PinUser][] =>
    users().filter(([, user]) => user.inForce && user.id !== signer().id);

  /** The device took a PIN for the login: what it refused before waits for nobody any more. */
  async function passed(): Promise<void> {
    const salts = all()
      .filter(({ over, signature }) => over !== true && signature !== true)
      .map(({ salt }) => salt);
    if (salts.length === 0) return;
    await session.store.run('signers.passed', { salts });
    for (const one of book.device())
      one.marks = one.marks.map((mark) => (salts.includes(mark.salt) ? { ...mark, over: true } : mark));
  }

  return {
    passed,
    /** Of all on this device that concern the login. */
    ofLogin: (): RefusedPin[] => all().filter((mark) => concerns('login', mark)),
    /** Of this signer alone. */
    own: (): readonly RefusedPin[] => book.marks,
    /** The mark that forbids to send it without a person; null: there is none. */
    known: (pin: Uint8Array, reason: Reason) =>
      knownRefusal(
        pin,
        all().filter((mark) => concerns(reason, mark)),
      ),
    /** The mark of its refusal; null: it was not refused. */
    refusal: (pin: Uint8Array, reason: Reason) =>
      knownRefusal(
        pin,
        all().filter((mark) => mark.unanswered !== true && concerns(reason, mark)),
      ),
    signs,
    /** The device took it for a signature. Durable where the signer is in force. */
    async signed(pin: Uint8Array): Promise<void> {
      const { salt, hash, at: when } = await refusedPin(pin, random, clock.now());
      const device = book.where() ?? '';
      book.signed = [...book.signed, { salt, hash, at: when, device }].slice(-MOST_SIGNED);
      if (deps.place === undefined)
        await session.store.run('signers.signed', { id: signer().id, pins: [...book.signed] });
    },
    /** It is about to be sent; `apart`: for a signature, and was never taken for one, so that it may be good for the login. Durable when it resolves. */
    async sending(pin: Uint8Array, apart: boolean): Promise<RefusedPin> {
      const base = { ...(await refusedPin(pin, random, clock.now())), unanswered: true };
      const mark = { ...base, kept: !apart && deps.kept(pin), ...(apart ? { signature: true } : {}) };
      put(book, mark);
      const twins = apart ? [] : others().filter(([, user]) => user.stores(pin));
      for (const [into] of twins) put(into, { ...base, kept: true });
      const keptBy = twins.map(([, { id }]) => id);
      await session.store.run('signers.sending', { id: signer().id, pin: mark, keptBy, ...at });
      return mark;
    },
    /** The device took what bears this mark. */
    taken: (pin: Uint8Array, { signature }: RefusedPin) =>
      erase(pin, (mark) => mark.unanswered === true && mark.signature === signature),
    /** The device refused the PIN that bears this mark. */
    async refused(mark: RefusedPin): Promise<void> {
      const settled = { ...mark, at: clock.now().toISOString(), unanswered: false };
      put(book, settled);
      const keptBy: string[] = [];
      for (const [into, { id }] of others()) {
        if (!into.marks.some(({ salt }) => salt === mark.salt)) continue;
        put(into, { ...settled, kept: true });
        keptBy.push(id);
      }
      const { id, name } = signer();
      const audit = {
        action: 'signers.pinRefused',
        outcome: 'refused' as const,
        summary: `${name} refused the PIN; it is not sent again`,
        subjects: subjects(),
      };
      await session.store.run('signers.refused', { id, pin: settled, keptBy, ...at, audit });
    },
    /** The PIN of the device is this one from now on, whatever was said of it before, and no longer the other. */
    async changed(oldPin: Uint8Array, newPin: Uint8Array): Promise<void> {
      await erase(newPin, ({ signature }) => signature !== true);
      await erase(oldPin, ({ unanswered, signature }) => unanswered === true && signature !== true);
      await passed();
    },
    /** Another PIN lies in the vault: none of the marks is of it. */
    replaced(): void {
      book.marks = book.marks.map((mark) => ({ ...mark, kept: false }));
    },
    /** The operator looked at it: every PIN may be sent again. */
    async forget(): Promise<void> {
      const { id, name } = signer();
      await session.store.run('signers.forgetRefused', {
        ids: [id, ...others().map(([, user]) => user.id)],
        pending: users().flatMap(([, user]) => (user.inForce ? [] : [user.id])),
        audit: {
          action: 'signers.forgetRefusal',
          outcome: 'done',
          summary: `PINs that ${name} refused or did not answer to may be sent to it again`,
          subjects: subjects(),
        },
      });
      for (const one of book.device()) one.marks = [];
    },
  };
}
