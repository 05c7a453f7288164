/**
 * The channels of the exchange station: sticks listed, a file read and handed to where it is opened, a file written and read
 * back. Every file that is read or written is on record with its hash, a refused one too.
 */
import { join } from 'node:path';
import type { Topic } from '#shared/bridge.ts';
import type { ErrorDetails } from '#shared/errors.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Domain, TicketPaths } from '../../lib/domain.ts';
import { readBack } from '../../lib/read-back.ts';
import type { Clock, Volumes } from '../../ports.ts';
import { fileWords } from '../../rpki/exchange-file.ts';
import { WRITERS } from '../writers.ts';
import { factsOf } from './facts.ts';
import { type Judged, judgeFile } from './judge-file.ts';
import { type OfAnchor, ofAnchor } from './judge-own.ts';
import { createStickLister, limitOf } from './list-stick.ts';
import { createMedia } from './media.ts';
import { type Medium, mediumName, readFault } from './medium.ts';
import { readSteady, type SteadyFile } from './read-steady.ts';
import { fillSetup } from './setup-draft.ts';
import { waitsOf } from './situation.ts';
import { createSituations, type SituationDeps } from './situations.ts';
import { claimedKind, orderName } from './stick-names.ts';
import { lyingThere, writeChecked } from './write-checked.ts';

type Names =
  | 'judgeFile'
  | 'sticks'
  | 'handedOut'
  | 'stickFolder'
  | 'forgetStickFolder'
  | 'stickOpen'
  | 'stickWrite';
type Opener = (name: string, bytes: Uint8Array) => Promise<string>;

export interface StickDeps extends SituationDeps {
  clock: Clock;
  volumes: Volumes;
  tickets: TicketPaths;
  blobs: { take(id: string): { name: string; bytes: Buffer } };
  changed(topic: Topic, ids: string[]): void;
  /** Where each file is opened; they answer what it is known by there. */
  open: {
    request: Opener;
    response: Opener;
    /** With the requests that lie beside it. */
    takeBack(name: string, bytes: Uint8Array, beside: readonly Uint8Array[]): Promise<string>;
    signerInfo: Opener;
    childInfo: Opener;
    /** Answers what came of it, as a sentence. */
    localChild(handle: string, name: string, bytes: Uint8Array): Promise<string>;
  };
}

type Opened = Awaited<ReturnType<Domain<'ta'>['stickOpen']>>;
type Sticks = Awaited<ReturnType<Domain<'ta'>['sticks']>>;

const REQUEST = 'request.json';
const SHOWN_CHARACTERS = 65_536;

/** The refusal with the file it is about, so that its record has the hash. */
async function about<T>(file: NonNullable<ErrorDetails['file']>, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(
      error.code,
      error.message,
      { ...error.details, file },
      error.cause === undefined ? {} : { cause: error.cause },
    );
  }
}

/**
 * A message that is wrong is on record as what it is. SECURITY: without the digits of a request, which are asked for and read from
 * the proxy's screen alone.
 */
function whatWas({ kind, state }: Judged, name: string, sha256: string): NonNullable<ErrorDetails['file']> {
  const wrong = state === 'damaged' || state === 'unexpected';
  return {
    name,
    sha256: kind === 'request' ? null : sha256,
    ...(wrong && (kind === 'request' || kind === 'response') ? { kind } : {}),
  };
}

export function stickChannels(deps: StickDeps): {
  channels: Pick<Domain<'ta'>, Names>;
  /** What the anchor here says of each certificate (DER); null: it is none of its own. */
  ofAnchor(ders: readonly Uint8Array[]): Promise<(OfAnchor | null)[]>;
  clear(): void;
} {
  const { session, clock, changed, drafts, open } = deps;
  const media = createMedia(deps);
  const lister = createStickLister();
  const situations = createSituations(deps);
  let listing: Promise<Sticks> | null = null;

  async function list(): Promise<Sticks> {
    const { situation, offers } = await situations.now();
    const now = clock.now();
    const sticks: Sticks['sticks'] = [];
    for (const { id, kind, label, path, totalBytes, freeBytes } of await media.list())
      sticks.push({
        ...{ id, kind, label, path, totalBytes, freeBytes },
        ...(await lister.list({ id, kind, label, path }, (file) => judgeFile(file, situation, now))),
      });
    return { sticks, offers, waits: waitsOf(situation) };
  }

  async function read(medium: Medium, name: string): Promise<SteadyFile & { judged: Judged }> {
    const file = await readSteady(join(medium.path, name), limitOf(name)).catch((error: unknown) => {
      throw readFault(error, medium, name);
    });
    const { situation } = await situations.now();
    const facts = factsOf(file.bytes, claimedKind(name));
    return { ...file, judged: judgeFile({ name, sha256: file.sha256, facts }, situation, clock.now()) };
  }

  /** request.json on the same medium, where there is one that can be read. */
  async function requestBeside(medium: Medium): Promise<Uint8Array[]> {
    try {
      return [(await readSteady(join(medium.path, REQUEST), limitOf(REQUEST))).bytes];
    } catch {
      // It is taken back without it then, and may be added.
      return [];
    }
  }

  /** Hands it over; the place it goes to judges it for good. */
  async function handOver(
    { opens, kind, child, says }: Judged,
    name: string,
    bytes: Buffer,
    medium: Medium,
  ): Promise<Opened> {
    const at = (id: string): Opened => ({ opens: opens ?? 'review', id, says, text: null });
    switch (opens) {
      case null:
        throw new AppError('NOT_ALLOWED_NOW', `${name} is not opened here. ${says}`);
      case 'review':
        return at(await open.request(name, bytes));
      case 'response':
        return at(await open.response(name, bytes));
      case 'take-back':
        return at(await open.takeBack(name, bytes, await requestBeside(medium)));
      case 'signer-info':
        return at(await open.signerInfo(name, bytes));
      case 'child-info':
        return at(await open.childInfo(name, bytes));
      case 'setup':
        return at(
          await fillSetup(drafts, kind === 'proxy-id' ? 'proxy-id' : 'proxy-repo', {
            name,
            text: bytes.toString('utf8'),
          }),
        );
      case 'repository':
        return { ...at(''), text: bytes.toString('utf8').slice(0, SHOWN_CHARACTERS) };
      case 'local-child': {
        const handle = child ?? '';
        return { ...at(handle), says: await open.localChild(handle, name, bytes) };
      }
    }
  }

  async function record(
    action: 'ta.stickOpen' | 'ta.stickWrite',
    summary: string,
    subject: { type: string; id: string; sha256: string | null },
  ): Promise<void> {
    await session().store.run('audit.add', {
      audit: { action, outcome: 'done', summary: summary.slice(0, 300), subjects: [subject] },
    });
    changed('audit', []);
  }

  /** What lies under the name already: the same file, another one that may be replaced, or nothing. */
  async function already(
    medium: Medium,
    name: string,
    sha256: string,
    overwrite: boolean,
  ): Promise<{ fromMedium: boolean } | null> {
    if ((await lyingThere(medium, name)) === null) return null;
    const lying = await read(medium, name).catch((error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    });
    if (!(lying instanceof AppError) && lying.sha256 === sha256) {
      const { bytes, fromMedium } = await readBack(join(medium.path, name));
      if (sha256Hex(bytes) === sha256) return { fromMedium };
    }
    // Nothing is lost with what was taken, answered, withdrawn, replaced, or has ended.
    const over = !(lying instanceof AppError) && ['done', 'stale'].includes(lying.judged.state);
    if (overwrite || over) return null;
    throw new AppError(
      'FILE_EXISTS',
      `There is another ${name} on ${mediumName(medium)}. ${lying instanceof AppError ? lying.message : lying.judged.says} Agree to replace it; it is not kept.`,
      { subject: name },
    );
  }

  return {
    async ofAnchor(ders) {
      const { situation } = await situations.now();
      return ders.map((der) => ofAnchor(der, situation));
    },
    clear() {
      situations.clear();
      lister.clear();
    },
    channels: {
      sticks: () =>
        (listing ??= list().finally(() => {
          listing = null;
        })),
      async judgeFile({ blob }) {
        const { name, bytes } = deps.blobs.take(blob);
        const { situation } = await situations.now();
        const seen = { name, sha256: sha256Hex(bytes), facts: factsOf(bytes, claimedKind(name)) };
        const { state, says } = judgeFile(seen, situation, clock.now());
        return { state, says };
      },
      async handedOut() {
        const { offers } = await situations.now();
        const recorded = new Set(
          await session().store.run('audit.recorded', {
            actions: [...WRITERS],
            hashes: offers.map(({ sha256 }) => sha256),
          }),
        );
        return {
          files: offers
            .filter(({ sha256 }) => recorded.has(sha256))
            .map(({ order, sha256 }) => ({ order, sha256 })),
        };
      },
      async stickFolder({ folder }) {
        const path = deps.tickets.path(folder, 'stick');
        await media.setFolder(path);
        deps.tickets.end(folder);
        return { path };
      },
      async forgetStickFolder() {
        await media.forgetFolder();
        return {};
      },
      async stickOpen({ stick, name }) {
        const medium = await media.find(stick);
        const { bytes, sha256, judged } = await read(medium, name);
        const opened = await about(whatWas(judged, name, sha256), () =>
          handOver(judged, name, bytes, medium),
        );
        await record('ta.stickOpen', `Read ${name} from ${mediumName(medium)}: ${fileWords(judged.kind)}`, {
          type: judged.kind,
          id: name,
          // SECURITY: the digits of a request are asked for, and read from the proxy's screen alone.
          sha256: judged.opens === 'review' ? null : sha256,
        });
        return opened;
      },
      async stickWrite({ stick, order, overwrite }) {
        const medium = await media.find(stick);
        const name = orderName(order);
        const { content, id } = await deps.file(order);
        const sha256 = sha256Hex(content);
        const { path, ...how } = await about({ name, sha256 }, async () => {
          const there = await already(medium, name, sha256, overwrite);
          return there === null
            ? { ...(await writeChecked(medium, name, content)), already: false }
            : { path: join(medium.path, name), ...there, already: true };
        });
        await record(
          'ta.stickWrite',
          `${how.already ? 'Found' : 'Wrote'} ${name} on ${mediumName(medium)}; ${how.fromMedium ? 'read back from it' : 'read back'} and the same`,
          { type: order.what, id, sha256 },
        );
        return { name, path, sha256, ...how };
      },
    },
  };
}
