/** The files a trust anchor hands out: signer-info.json, TAL, TA certificate, responses, reports of exchanges. Public, all of them. */
import type { TaExport } from '#shared/contract/ta.ts';
import { AppError } from '../lib/app-error.ts';
import { type JsonValue, readJson, writeJson } from '../lib/json-reader.ts';
import type { WholeExchange } from '../store/commands/ta.ts';
import type { Session } from '../store/store-contract.ts';
import { recordJson } from './record-events.ts';
import { exchangeContent, signedTime } from './review/history.ts';
import { exchangeText } from './review/krill-text.ts';
import type { HeldSigner } from './signer/held-signer.ts';
import { krillConfPart, krilltaConf } from './signer/krillta-conf.ts';
import { readKrilltaSettings } from './signer/krillta-settings.ts';
import { talText } from './signer/signer-view.ts';
import { signerInfoJson } from './signer/trust-anchor.ts';

/** As this application writes JSON for other machines. */
export const printed = (value: JsonValue): Uint8Array => Buffer.from(`${writeJson(value)}\n`, 'utf8');

/** `[{time, request, response}]` with the reduced shape of a request (krill-ta.md 4.8). */
export function exchangeJson(exchange: WholeExchange): JsonValue {
  const reduced = (bytes: Uint8Array, name: string): JsonValue => {
    const file = readJson(bytes);
    if (!(file instanceof Map)) return file;
    return new Map([...file].filter(([member]) => member === 'signed' || member === name));
  };
  return new Map<string, JsonValue>([
    ['time', signedTime(exchange)],
    ['request', reduced(exchange.request, 'request')],
    ['response', reduced(exchange.response, 'response')],
  ]);
}

/** Exchanges as krillta prints them, or as JSON in Krill's form; `past` oldest first. */
export async function exchangesFile(
  { store }: Session,
  past: readonly { id: string }[],
  form: 'text' | 'json',
): Promise<Uint8Array> {
  const all = await Promise.all(past.map(({ id }) => store.run('ta.exchangeFiles', { id })));
  if (form === 'json') return printed(all.map(exchangeJson));
  const texts = all.map((exchange) => {
    const { request, objects } = exchangeContent(exchange);
    return exchangeText(signedTime(exchange), request, objects);
  });
  return Buffer.from(texts.join('\n'), 'utf8');
}

/** The bytes of what is asked. Throws AppError NOT_FOUND. */
export async function exportContent(
  session: Session,
  held: HeldSigner,
  asked: { what: TaExport; id: string | null },
): Promise<Uint8Array> {
  switch (asked.what) {
    case 'signer-info':
      return printed(signerInfoJson(held.anchor));
    case 'tal':
      return Buffer.from(talText(held.anchor), 'utf8');
    case 'certificate':
      return held.anchor.certificate.der;
    case 'response':
      if (asked.id === null) throw new AppError('INVALID_INPUT', 'Say which response.');
      return (await session.store.run('ta.exchangeFiles', { id: asked.id })).response;
    case 'krillta-conf':
    case 'krillta-conf-old':
      return Buffer.from(
        krilltaConf(
          held.anchor.timing,
          await readKrilltaSettings(session),
          asked.what === 'krillta-conf' ? 'ta_timing' : 'timing_config',
        ),
        'utf8',
      );
    case 'krill-conf':
      return Buffer.from(krillConfPart(held.anchor.timing), 'utf8');
    case 'exchanges-json':
      return exchangesFile(session, held.past, 'json');
    case 'record-json':
      return printed(await recordJson(session, 'signer'));
    case 'exchanges-text':
      return exchangesFile(session, held.past, 'text');
  }
}
