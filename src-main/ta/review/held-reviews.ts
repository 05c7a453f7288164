/**
 * Requests that were opened and wait for a person: the exact bytes, what was reviewed, which digits were asked. They live in
 * memory until they are signed, rejected or the workspace is locked; nothing is signed here.
 */
import type { FieldError } from '#shared/errors.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import { groupOfWords } from '../../lib/pgp-words.ts';
import type { Random } from '../../ports.ts';
import type { NewExchange } from '../../store/commands/ta.ts';
import { requireFile } from '../require-file.ts';
import type { HeldSigner } from '../signer/held-signer.ts';
import { missingUpTo } from '../signer/missing.ts';
import { listed } from './child-review.ts';
import { differences } from './differences.ts';
import { exchangeContent, requestNonce, type SetAside } from './history.ts';
import { type Reviewed, reviewRequest } from './review.ts';

interface Held {
  name: string;
  bytes: Uint8Array;
  /** Of these bytes, upper-case hex. */
  sha256: string;
  /** The nonce it claims, or null when it cannot be read. */
  nonce: string | null;
  groups: number[];
  approvers: number;
}

export interface HeldReviews {
  /** Throws AppError INVALID_INPUT when the file is something else. */
  open(name: string, bytes: Uint8Array, how: { approvers: number; airGapped: boolean }): string;
  /**
   * The review as it is now. SECURITY: what is approved is what was shown, because both read the octets that were held when the file
   * was opened, and no file again. Throws AppError NOT_FOUND.
   */
  look(id: string, context: ReviewContext): Reviewed & { bytes: Uint8Array; name: string };
  /** SHA-256 of the file. Throws AppError NOT_FOUND. */
  sha256(id: string): string;
  /** The nonce it claims, or null when it cannot be read. Throws AppError NOT_FOUND. */
  nonce(id: string): string | null;
  /** Which groups are those of another file; null: every one was read right. Throws AppError INVALID_INPUT for what is no group. */
  wrongDigits(id: string, typed: readonly string[]): { message: string; fields: FieldError[] } | null;
  forget(id: string): void;
  clear(): void;
}

export interface ReviewContext {
  held: HeldSigner;
  now: Date;
  /** The exchange that used the request's nonce, if there is one. */
  before: NewExchange | null;
  /** It was answered here, and a restore took that exchange away. */
  lost: boolean;
  /** What `before` was, where it is an answer that the signer went on without. */
  setAside: SetAside | null;
  /** Another number than the next one. */
  number: { value: string; reason: string } | null;
  rejected: { at: string; reason: string } | null;
}

const GROUPS = 16;
const ASKED = 3;
const MOST_HELD = 4;
const MOST_ASKED = 1000;

/** Three of the sixteen groups of four digits for each approver, in ascending order, none twice. */
function randomGroups(random: Random, approvers: number): number[] {
  const left = Array.from({ length: GROUPS }, (_, at) => at + 1);
  const chosen: number[] = [];
  while (chosen.length < ASKED * approvers) {
    // One octet over at most 16: the bias of the modulus gives nobody anything here.
    const [octet = 0] = random.bytes(1);
    chosen.push(...left.splice(octet % left.length, 1));
  }
  return Array.from({ length: approvers }, (_, at) =>
    chosen.slice(at * ASKED, (at + 1) * ASKED).toSorted((x, y) => x - y),
  ).flat();
}

/** What was typed for one group, as digits: they may also be read as the two words of the proxy's card. */
function typedGroup(text: string): string {
  return groupOfWords(text) ?? text.replaceAll(/\s/g, '').toUpperCase();
}

export function createHeldReviews(deps: { random: Random }): HeldReviews {
  const held = new Map<string, Held>();
  /** By file and approvers: one that is opened again is asked for the same digits, so that nobody waits for other ones. */
  const asked = new Map<string, number[]>();

  function find(id: string): Held {
    const found = held.get(id);
    if (found === undefined)
      throw new AppError('NOT_FOUND', 'This request is no longer in memory. Open its file again.');
    return found;
  }

  function groupsFor(sha256: string, approvers: number): number[] {
    const file = `${approvers} ${sha256}`;
    const groups = asked.get(file) ?? randomGroups(deps.random, approvers);
    asked.delete(file);
    asked.set(file, groups);
    const oldest = asked.keys().next().value;
    if (asked.size > MOST_ASKED && oldest !== undefined) asked.delete(oldest);
    return groups;
  }

  return {
    open(name, bytes, { approvers, airGapped }) {
      requireFile(name, bytes, 'request');
      const id = newId('review', deps.random);
      const sha256 = sha256Hex(bytes);
      held.set(id, {
        name,
        bytes,
        sha256,
        nonce: requestNonce(bytes),
        // Digits read from the same machine's screen would compare a file with itself (C-11).
        groups: airGapped ? groupsFor(sha256, approvers) : [],
        approvers,
      });
      const oldest = held.keys().next().value;
      if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest);
      return id;
    },
    look(id, { held: signer, now, before, lost, setAside, number, rejected }) {
      const one = find(id);
      const next = signer.highest + 1n;
      // What is not above the next one is refused when it is to be signed.
      const chosen = number !== null && BigInt(number.value) > next ? number : null;
      const order = {
        name: one.name,
        bytes: one.bytes,
        anchor: signer.anchor,
        history: signer.history,
        now,
        number: chosen === null ? next : BigInt(chosen.value),
        numberReason: chosen?.reason ?? null,
        lastAt: signer.lastAt,
        lost,
        missing: missingUpTo(signer),
        rejected,
        groups: one.groups,
        approvers: one.approvers,
        keySigner: signer.keySigner,
      };
      const review = (differs: string[]): Reviewed =>
        reviewRequest({
          ...order,
          setAside: setAside === null ? null : { ...setAside, differs },
          earlier:
            before === null || setAside !== null ? null : { id: before.id, number: before.number, differs },
        });
      const first = review([]);
      const differs =
        before === null || first.request === null
          ? []
          : differences(exchangeContent(before).request, first.request);
      const reviewed = differs.length === 0 ? first : review(differs);
      return { ...reviewed, bytes: one.bytes, name: one.name };
    },
    sha256: (id) => find(id).sha256,
    nonce: (id) => find(id).nonce,
    wrongDigits(id, typed) {
      const { sha256: digest, groups } = find(id);
      const none = groups.filter((_group, at) => !/^[0-9A-F]{4}$/.test(typedGroup(typed[at] ?? '')));
      if (none.length > 0)
        throw new AppError(
          'INVALID_INPUT',
          `What was typed for group ${listed(none.map(String))} is not a group: type four digits of 0 to 9 and A to F, or its two words. Nothing was signed.`,
          {
            fields: none.map((group) => ({
              path: `typed.${group}`,
              message: 'Not a group: four digits of 0 to 9 and A to F, or its two words.',
            })),
          },
        );
      const wrong = groups.filter(
        (group, at) => typedGroup(typed[at] ?? '') !== digest.slice((group - 1) * 4, group * 4),
      );
      if (wrong.length === 0) return null;
      return {
        message: `${wrong.length === 1 ? `Group ${wrong[0]} of the digest is another one` : `Groups ${listed(wrong.map(String))} of the digest are others`} on this machine: this is not the file the proxy made, or it was misread. Nothing was signed.`,
        fields: wrong.map((group) => ({ path: `groups.${group}`, message: `Read group ${group} again` })),
      };
    },
    forget: (id) => void held.delete(id),
    clear: () => held.clear(),
  };
}
