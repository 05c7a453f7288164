/**
 * Looking at any file: recognised by content, shown with findings and chain. It needs no workspace and keeps what it
 * looked at in memory only; a private key is described by its public half and never shown.
 */
import type { Topic } from '#shared/bridge.ts';
import type { Inspection } from '#shared/contract/inspect.ts';
import { AppError } from '../lib/app-error.ts';
import { tooLarge } from '../lib/atomic-file.ts';
import { sha256Hex, wipe } from '../lib/bytes.ts';
import type { Domain } from '../lib/domain.ts';
import { newId } from '../lib/ids.ts';
import type { Jobs } from '../lib/jobs.ts';
import { type LongCall, longCall } from '../lib/long-call.ts';
import type { Clock, Random } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { derivationBudget } from '../x509/derivation-budget.ts';
import { bundleFindings, linkChain } from '../x509/links.ts';
import { costOfKeyFile } from '../x509/private-key.ts';
import { recognise } from '../x509/recognise.ts';
import { PrivateKeyError } from '../x509/x509-error.ts';
import { type Item, itemOf, readTwice } from './items.ts';
import { createKept } from './kept.ts';
import { keepObjects } from './keep.ts';
import { openContainers } from './open-containers.ts';
import { refusalOf, unreadable } from './refusals.ts';

/** Where uploaded bytes come from. */
export interface BlobSource {
  take(id: string): { name: string; bytes: Buffer };
  /** Keeps a copy of `bytes` as a blob that main made itself. */
  add(name: string, bytes: Uint8Array): string;
}

export interface OfAnchor {
  severity: 'good' | 'careful';
  /** One sentence. */
  says: string;
}

export interface Inspect {
  domain: Domain<'inspect'>;
  /** Forgets everything looked at; called at lock. */
  clear(): void;
}

interface Held {
  view: Inspection;
  bytes: Buffer;
  items: Item[];
}

/** What `forget` wipes besides the bytes. */
const keyFiles = ({ items }: Held): (Buffer | null)[] => items.map(({ keyFile }) => keyFile);

const LIMIT = 8_388_608;
const MOST_HELD = 20;
const MOST_ISSUERS = 64;

export function createInspect(deps: {
  clock: Clock;
  random: Random;
  jobs: Jobs;
  blobs: BlobSource;
  /** Throws AppError LOCKED or NO_WORKSPACE. */
  session(): Session;
  /** null while no workspace is unlocked: looking works without one. */
  openSession(): Session | null;
  changed(topic: Topic, ids: string[]): void;
  /** What the trust anchor of the open workspace says of each certificate (DER); null: it is none of its own. */
  anchors(ders: readonly Uint8Array[]): Promise<(OfAnchor | null)[]>;
}): Inspect {
  const held = new Map<string, Held>();
  const long = <T>(kind: string, title: string, work: (call: LongCall) => Promise<T>): Promise<T> =>
    longCall(deps, { kind, title }, work);
  /** Raised by every clearing: what was begun before it is not kept after it. */
  let generation = 0;

  /** SECURITY: a lock may come while a file is being opened; then its keys are wiped instead of kept. */
  function stillOpen(made: Held | null, begun: number): void {
    if (begun === generation) return;
    if (made !== null) wipe(made.bytes, ...keyFiles(made));
    throw new AppError('LOCKED', 'The workspace was locked meanwhile. Open the file again.');
  }

  /** What is in the bytes. SECURITY: the key files of the result are wiped by `forget`. */
  async function look(
    name: string,
    bytes: Buffer,
    passphrase: string | null,
    ancestors: readonly Uint8Array[],
    call: LongCall,
  ): Promise<Held> {
    if (bytes.length > LIMIT) throw tooLarge(name, bytes.length, LIMIT);
    const now = deps.clock.now();
    // One for the file: armour may hold several keys.
    const budget = derivationBudget();
    const { recognised, objects: outside, notes } = recognise(bytes);
    const { objects, notes: inside, closed, secrets } = await openContainers(outside, passphrase, budget);
    const items: Item[] = [];
    try {
      if (passphrase !== null)
        for (const object of objects)
          if (object.kind === 'privateKey') budget.take(costOfKeyFile(object.file));
      for (const [at, object] of objects.entries()) {
        await call.turn(at / objects.length, `Looking at object ${at + 1} of ${objects.length}`);
        items.push(...(await itemOf(object, passphrase, now)));
      }
    } catch (error) {
      wipe(...items.map(({ keyFile }) => keyFile));
      throw error;
    } finally {
      wipe(...secrets);
    }
    const unread = await readTwice(items, () => call.turn(1, 'Reading a second time'));
    const certificates = items.flatMap(({ keep }) => (keep?.kind === 'certificate' ? [keep.der] : []));
    const [first, ...others] = certificates;
    const inFile = new Set(certificates.map(sha256Hex));
    const view: Inspection = {
      id: newId('look', deps.random),
      name,
      size: bytes.length,
      fileSha256: sha256Hex(bytes),
      recognised,
      needsPassphrase:
        closed ||
        (passphrase === null &&
          objects.some((object) => object.kind === 'privateKey' && object.file.encrypted)),
      items: items.map((item) => item.view),
      notes: [...notes, ...inside, ...bundleFindings(certificates, ancestors), ...unread],
      chain:
        first === undefined
          ? []
          : linkChain(first, [...others, ...ancestors], now).map(({ der, ...link }) => {
              const sha256 = sha256Hex(der);
              return {
                ...link,
                sha256,
                from: inFile.has(sha256) ? ('file' as const) : ('workspace' as const),
              };
            }),
    };
    return { view, bytes, items };
  }

  /** CA certificates of the open workspace that may stand above what is in the file; none while it is locked. */
  async function knownIssuers(bytes: Buffer, call: LongCall): Promise<Uint8Array[]> {
    const session = deps.openSession();
    if (session === null || bytes.length > LIMIT) return [];
    // Each name is asked for once; those that are found on the way come behind.
    const wanted = new Set<string>();
    for (const object of recognise(bytes).objects) {
      await call.turn(0, 'Looking for issuers in the workspace');
      if (object.kind === 'certificate') wanted.add(sha256Hex(parseCertificate(object.der).issuer.raw));
    }
    const found = new Map<string, Uint8Array>();
    for (const subjectNameSha256 of wanted) {
      if (found.size >= MOST_ISSUERS) break;
      await call.turn(0, 'Looking for issuers in the workspace');
      for (const { id, der } of await session.store.run('certificates.issuers', { subjectNameSha256 })) {
        if (found.has(id)) continue;
        found.set(id, der);
        wanted.add(sha256Hex(parseCertificate(der).issuer.raw));
      }
    }
    return [...found.values()];
  }

  async function hold(name: string, bytes: Buffer): Promise<Inspection> {
    const begun = generation;
    try {
      const made = await long('inspect.open', `Opening ${name}`, async (call) =>
        look(name, bytes, null, await knownIssuers(bytes, call), call),
      );
      stillOpen(made, begun);
      held.set(made.view.id, made);
      const oldest = held.keys().next().value;
      if (held.size > MOST_HELD && oldest !== undefined) forget(oldest);
      return made.view;
    } catch (error) {
      const refusal = bytes.length > LIMIT ? unreadable(error, name) : refusalOf(error, bytes, name);
      wipe(bytes);
      throw refusal;
    }
  }

  function find(id: string): Held {
    const found = held.get(id);
    if (found === undefined)
      throw new AppError('NOT_FOUND', 'What was inspected is no longer in memory. Open the file again.');
    return found;
  }

  function forget(id: string): void {
    const found = held.get(id);
    if (found !== undefined) wipe(found.bytes, ...keyFiles(found));
    held.delete(id);
  }

  /**
   * The same file once more, with its passphrase. SECURITY: what was forgotten meanwhile stays forgotten, and what two
   * openings at once have made is kept once.
   */
  async function openAgain(id: string, passphrase: string): Promise<Inspection> {
    const { view, bytes } = find(id);
    const begun = generation;
    let opened: Held;
    try {
      opened = await long('inspect.open', `Opening ${view.name}`, async (call) =>
        look(view.name, bytes, passphrase, await knownIssuers(bytes, call), call),
      );
    } catch (error) {
      // The bytes may have been wiped under the reader: then its words mean nothing.
      stillOpen(null, begun);
      find(id);
      if (error instanceof PrivateKeyError && error.reason === 'wrongPassphrase')
        throw new AppError('WRONG_PASSPHRASE', 'Wrong passphrase: the file was not opened. Try again.', {
          subject: view.name,
        });
      throw unreadable(error, view.name);
    }
    stillOpen(opened, begun);
    const before = held.get(id);
    wipe(...keyFiles(before ?? opened));
    find(id);
    held.set(id, { ...opened, view: { ...opened.view, id } });
    return find(id).view;
  }

  return {
    clear() {
      generation += 1;
      for (const id of [...held.keys()]) forget(id);
    },
    domain: {
      ...createKept(deps),
      blob({ blob }) {
        const { name, bytes } = deps.blobs.take(blob);
        return hold(name, bytes);
      },
      text: ({ text }) => hold('pasted text', Buffer.from(text, 'utf8')),
      openWith: ({ id, passphrase }) => openAgain(id, passphrase),
      keyBlob({ id, item }) {
        const { view, items } = find(id);
        const keyFile = items[item]?.keyFile;
        if (!keyFile) throw new AppError('NOT_FOUND', 'There is no private key at this place of the file.');
        return { blob: deps.blobs.add(view.name, keyFile) };
      },
      requestBlob({ id, item }) {
        const { view, items } = find(id);
        const found = items[item]?.keep;
        if (found?.kind !== 'request')
          throw new AppError('NOT_FOUND', 'There is no certificate request at this place of the file.');
        return { blob: deps.blobs.add(view.name, found.der) };
      },
      get: ({ id }) => find(id).view,
      async known({ id }) {
        const { items } = find(id);
        const hashes = items.map(({ keep }) => (keep === null ? '' : sha256Hex(keep.der)));
        const found = await deps
          .session()
          .store.run('objects.known', { sha256: hashes.filter((hash) => hash !== '') });
        const there = new Set(found.map(({ sha256 }) => sha256));
        const ders = items.map(({ keep }) => (keep?.kind === 'certificate' ? keep.der : new Uint8Array()));
        const anchors = (await deps.anchors(ders)).flatMap((one, item) =>
          one === null ? [] : [{ item, ...one }],
        );
        return { items: hashes.flatMap((hash, index) => (there.has(hash) ? [index] : [])), anchors };
      },
      async keep({ id, items: wanted }) {
        const { view, items } = find(id);
        const objects = [...new Set(wanted)].map((index) => {
          const object = items[index]?.keep;
          if (!object)
            throw new AppError(
              'INVALID_INPUT',
              'Only certificates, requests and CRLs are kept here; a private key is imported.',
            );
          return object;
        });
        const now = deps.clock.now();
        const { store } = deps.session();
        const known = await store.run('objects.known', { sha256: objects.map(({ der }) => sha256Hex(der)) });
        const missing = objects.filter(({ der }) => !known.some(({ sha256 }) => sha256 === sha256Hex(der)));
        const there = known.map((one) => one.id);
        if (missing.length === 0) return { added: [], alreadyThere: there };
        const kept = await long('inspect.keep', `Keeping what is in ${view.name}`, (call) =>
          keepObjects(store, missing, { random: deps.random, now, from: view.name, call }),
        );
        deps.changed('certificates', kept.added);
        return { added: kept.added, alreadyThere: [...there, ...kept.alreadyThere] };
      },
      forget({ id }) {
        forget(id);
        return {};
      },
    },
  };
}
