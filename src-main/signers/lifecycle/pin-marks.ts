/**
 * The marks of one signer's PINs: the refused ones, and those that were sent and not answered to. A mark is written before the
 * PIN goes to the device and taken away when it took it, so that neither a crash nor a hang sends a PIN twice.
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import type { PinBook } from './pin-book.ts';
import { knownRefusal, refusedPin } from './refused-pins.ts';

export function createPinMarks(deps: {
  clock: Clock;
  random: Random;
  session: Session;
  signer(): { id: string; name: string };
  book: PinBook;
  /** false: the marks are of this session alone. */
  stored?: boolean;
  subjects(): AuditEntry['subjects'];
  /** Whether it is the PIN in the vault. */
  kept(pin: Uint8Array): boolean;
}) {
  const { clock, random, session, signer, subjects, book, stored: lasting = true } = deps;

  // In memory first: a disk that cannot be written must not cost the device a try.
  const put = (mark: RefusedPin): void => {
    book.marks = [...book.marks.filter(({ salt }) => salt !== mark.salt), mark];
  };

  return {
    all: (): readonly RefusedPin[] => book.marks,
    /** The mark that forbids to send it without a person; null: there is none. */
    known: (pin: Uint8Array) => knownRefusal(pin, book.marks),
    /** The mark of its refusal; null: it was not refused. */
    refusal: (pin: Uint8Array) =>
      knownRefusal(
        pin,
        book.marks.filter(({ unanswered }) => unanswered !== true),
      ),
    /** It is about to be sent. Durable when it resolves. */
    async sending(pin: Uint8Array): Promise<RefusedPin> {
      const mark = {
        ...(await refusedPin(pin, random, clock.now())),
        unanswered: true,
        kept: deps.kept(pin),
      };
      put(mark);
      if (lasting) await session.store.run('signers.sending', { id: signer().id, pin: mark });
      return mark;
    },
    /** The device took it. */
    async taken(pin: Uint8Array): Promise<void> {
      const salts: string[] = [];
      for (const mark of book.marks)
        if (mark.unanswered === true && (await knownRefusal(pin, [mark])) !== null) salts.push(mark.salt);
      if (salts.length === 0) return;
      if (lasting) await session.store.run('signers.taken', { id: signer().id, salts });
      book.marks = book.marks.filter(({ salt }) => !salts.includes(salt));
    },
    /** The device refused the PIN that bears this mark. */
    async refused(mark: RefusedPin): Promise<void> {
      const { id, name } = signer();
      const settled = { ...mark, at: clock.now().toISOString(), unanswered: false };
      put(settled);
      const audit = {
        action: 'signers.pinRefused',
        outcome: 'refused' as const,
        summary: `${name} refused the PIN; it is not sent again`,
        subjects: subjects(),
      };
      if (lasting) await session.store.run('signers.refused', { id, pin: settled, audit });
      else await session.store.run('audit.add', { audit });
    },
    /** Another PIN lies in the vault: none of the marks is of it. */
    replaced(): void {
      book.marks = book.marks.map((mark) => ({ ...mark, kept: false }));
    },
    /** The operator looked at it: every PIN may be sent again. */
    async forget(): Promise<void> {
      const { id, name } = signer();
      await session.store.run('signers.forgetRefused', {
        id,
        audit: {
          action: 'signers.forgetRefusal',
          outcome: 'done',
          summary: `PINs that ${name} refused or did not answer to may be sent to it again`,
          subjects: subjects(),
        },
      });
      book.marks = [];
    },
  };
}
