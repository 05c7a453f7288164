/** The channels of taking an own response back: opened and judged, shown, judged again and made the state. */
import type { TakeBackReview } from '#shared/contract/ta-take-back.ts';
import type { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Domain } from '../../lib/domain.ts';
import { createHeldFiles } from '../proxy/held-files.ts';
import { requireFile } from '../require-file.ts';
import { resourceTexts } from '../review/child-review.ts';
import { requestNonce } from '../review/history.ts';
import type { TaDeps } from '../ta.ts';
import type { HeldSigner } from './held-signer.ts';
import { type BackFile, judgeTakeBack, type TakeBack } from './judge-take-back.ts';
import { takeBack } from './take-back.ts';

type Names = 'openTakeBack' | 'takeBackRequest' | 'takeBackReview' | 'takeBack';

function remarksOf({ response, above, request, otherCertificate }: TakeBack, held: HeldSigner): string[] {
  const { number } = response.objects;
  const mine = held.anchor.objects.number;
  const remarks: string[] = [];
  if (above)
    remarks.push(
      `Number ${mine} is here, which was signed after the restore and without this: it is set aside. CRL and manifest are made anew above it, and the certificates it issued go on the CRL. Do this only when the proxy has published none of it.`,
    );
  else if (number > mine + 1n)
    remarks.push(
      `Numbers between ${mine} and ${number} are missing too. Take those responses back first, if you have them: afterwards they are not in the record.`,
    );
  if (!above && held.highest > number)
    remarks.push(
      `Number ${held.highest} was used here as well: take the responses up to it back after this one.`,
    );
  if (request === null)
    remarks.push(
      'Its request is not here: what was issued and revoked is known again, and the record has no exchange of it. Add request.json if you have it.',
    );
  if (otherCertificate)
    remarks.push(
      'It was signed with another TA certificate than this signer has: a reissue was lost with the restore as well. Reissue once more afterwards.',
    );
  return remarks;
}

function viewOf(held: HeldSigner, { name, bytes }: BackFile, back: TakeBack): TakeBackReview {
  const { response, at, request, above } = back;
  const { objects, answers, nonce } = response;
  const mine = held.anchor.objects;
  return {
    file: { name, sha256: sha256Hex(bytes) },
    nonce,
    at: at.toISOString(),
    number: String(objects.number),
    before: String(mine.number),
    after: String(above ? held.highest + 1n : objects.number),
    request: request !== null,
    wishes: [...answers].flatMap(([child, own]) =>
      [...own].flatMap(([keyId, answer]) =>
        answer.type === 'error'
          ? []
          : [
              {
                child,
                keyId,
                what: answer.type === 'issuance' ? ('issued' as const) : ('revoked' as const),
                resources: answer.type === 'issuance' ? resourceTexts(answer.resources) : [],
                notAfter: answer.type === 'issuance' ? new Date(answer.notAfter).toISOString() : null,
              },
            ],
      ),
    ),
    certificates: { before: mine.issued.size, after: objects.issued.size },
    revoked: { before: mine.revocations.length, after: objects.revocations.length },
    remarks: remarksOf(back, held),
  };
}

export function takeBackChannels(
  deps: TaDeps & {
    signer(): Promise<HeldSigner>;
    refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
  },
): {
  channels: Pick<Domain<'ta'>, Names>;
  /** As the channel, for a file that was carried here another way, with the requests that lie beside it. */
  openCarried(name: string, bytes: Uint8Array, beside: readonly Uint8Array[]): Promise<string>;
  clear(): void;
} {
  const { clock, jobs, signer } = deps;
  const now = (): Date => clock.now();
  const files = createHeldFiles<{ file: BackFile }>(deps, 'back');

  async function open(name: string, bytes: Uint8Array, beside: readonly Uint8Array[]): Promise<string> {
    const held = await signer();
    requireFile(name, bytes, 'response');
    const alone: BackFile = { name, bytes, request: null };
    const { response } = judgeTakeBack(held, alone, now());
    const request = beside.find((one) => requestNonce(one) === response.nonce) ?? null;
    return files.put({ file: { ...alone, request } });
  }

  return {
    openCarried: open,
    clear: () => files.clear(),
    channels: {
      async openTakeBack({ blob }) {
        await signer();
        const { name, bytes } = deps.blobs.take(blob);
        return { back: await open(name, bytes, []) };
      },
      async takeBackRequest({ id, blob }) {
        const held = await signer();
        const { name, bytes } = deps.blobs.take(blob);
        const kept = files.get(id);
        requireFile(name, bytes, 'request');
        const file = { ...kept.file, request: bytes };
        judgeTakeBack(held, file, now());
        kept.file = file;
        return {};
      },
      async takeBackReview({ id }) {
        const held = await signer();
        const { file } = files.get(id);
        return viewOf(held, file, judgeTakeBack(held, file, now()));
      },
      async takeBack({ id }) {
        const held = await signer();
        const { file } = files.get(id);
        judgeTakeBack(held, file, now());
        const title = 'Take a response back';
        return {
          job: jobs.start({
            kind: 'ta.takeBack',
            title,
            async run(job) {
              const ids = await takeBack({ ...deps, now }, held, file, job);
              files.forget(id);
              deps.changed('ta', ids);
              return ids;
            },
            refused: deps.refusedEntry('ta.takeBack', title),
          }),
        };
      },
    },
  };
}
