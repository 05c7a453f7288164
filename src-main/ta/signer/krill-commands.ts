/** The commands of one aggregate in Krill's store (krill-ta.md 4.12): files in order, read. */
import { JsonError, type JsonObject, type JsonValue, readJson } from '../../lib/json-reader.ts';
import { asArray, asObject, asText, asWhole } from '../../lib/json-shape.ts';
import { instantText } from '../objects.ts';

/** What one command did, and when: the init's content, an event, or nothing, because it was refused. */
export type KrillEffect = { at: string; path: string } & (
  | { kind: 'init'; effect: JsonObject }
  | { kind: 'event'; event: JsonValue }
  | { kind: 'refused'; details: JsonValue; why: string }
);

/** `read` with the file's path before the place that is wrong in it. */
export function inFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new JsonError(error.message, error.path === '' ? path : `${path}: ${error.path}`);
  }
}

const COMMAND = /^command-(\d+)\.json$/;

/**
 * Goes through the commands below `folder` ("signer/ta") in order and gives each effect to `take`, whose refusals name the file.
 * Throws JsonError when one is missing or broken.
 */
export function replayCommands(
  files: ReadonlyMap<string, Uint8Array>,
  folder: string,
  take: (effect: KrillEffect) => void,
): void {
  const commands = [...files]
    .flatMap(([path, bytes]) => {
      const number = path.startsWith(`${folder}/`)
        ? COMMAND.exec(path.slice(folder.length + 1))?.[1]
        : undefined;
      return number === undefined ? [] : [{ path, bytes, number: Number(number) }];
    })
    .toSorted((a, b) => a.number - b.number);
  for (const [index, { path, bytes, number }] of commands.entries()) {
    if (number !== index) throw new JsonError(`command-${index}.json is missing`, folder);
    inFile(path, () => {
      const command = asObject(readJson(bytes), '', { required: ['version', 'time', 'effect'], open: true });
      if (Number(asWhole(command.get('version'), 'version')) !== number)
        throw new JsonError('the version is not the number of the file', 'version');
      const effect = asObject(command.get('effect'), 'effect', { required: ['result'], open: true });
      const at = instantText(command.get('time'), 'time');
      const result = asText(effect.get('result'), 'effect.result');
      if (result === 'init') take({ kind: 'init', effect, at, path: 'effect' });
      // Kept by krillta too; they change nothing.
      if (result === 'error') {
        const why = asText(effect.get('msg'), 'effect.msg');
        take({ kind: 'refused', details: command.get('details') ?? null, why, at, path: 'details' });
      }
      if (result !== 'success') return;
      for (const [event, place] of asArray(effect.get('events'), 'effect.events'))
        take({ kind: 'event', event, at, path: place });
    });
  }
}
