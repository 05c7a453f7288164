/**
 * Servers of the TAL and of RRDP whose certificate a person compared, because no authority vouches for it: believed by the checks of
 * what relying parties find and by nothing else, each for one host and port.
 */
import * as z from 'zod';
import { type PublicPin, publicPin } from '#shared/contract/ta-net.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import type { Session } from '../../store/store-contract.ts';
import type { TaDeps } from '../ta.ts';
import { serverOfUri } from './server-of-uri.ts';
import { pinFault, pinOf } from './try-server.ts';

const NAME = 'ta.publicPins';
const stored = z.array(publicPin);
const MOST_PINS = 50;

export async function readPublicPins({ store }: Session): Promise<PublicPin[]> {
  const text = await store.run('settings.get', { name: NAME });
  const read = text === null ? null : stored.safeParse(JSON.parse(text));
  return read?.success === true ? read.data : [];
}

export function publicPinChannels({
  session,
  net,
  clock,
  changed,
}: Pick<TaDeps, 'session' | 'net' | 'clock' | 'changed'>): Pick<
  Domain<'ta'>,
  'publicPins' | 'pinPublic' | 'unpinPublic'
> {
  async function keep(pins: PublicPin[], action: string, summary: string, { server, sha256 }: PublicPin) {
    await session().store.run('settings.set', {
      name: NAME,
      value: JSON.stringify(pins),
      audit: {
        action,
        outcome: 'done',
        summary,
        subjects: [{ type: 'tls-certificate', id: server, sha256 }],
      },
    });
    changed('ta', []);
  }

  return {
    async publicPins() {
      return { pins: await readPublicPins(session()) };
    },
    async pinPublic({ server: asked, pin }) {
      const server = serverOfUri(asked);
      const sha256 = pinOf(pin);
      if (server === null || sha256 === null)
        throw new AppError('INVALID_INPUT', 'Name an https server, and type the SHA-256 of its certificate.');
      // SECURITY: what a person typed is held against what the server shows now, and kept only if it is that.
      const fault = await pinFault(net, `${server}/`, sha256);
      if (fault !== null)
        throw new AppError('INVALID_INPUT', fault, { fields: [{ path: 'pin', message: fault }] });
      const others = (await readPublicPins(session())).filter((one) => one.server !== server);
      if (others.length >= MOST_PINS)
        throw new AppError('NOT_ALLOWED_NOW', `${MOST_PINS} servers are pinned already. Remove one first.`);
      const made = { server, sha256, at: clock.now().toISOString() };
      await keep(
        [...others, made],
        'ta.pinPublic',
        `Pinned the certificate of ${server} for the checks of what relying parties find`.slice(0, 300),
        made,
      );
      return {};
    },
    async unpinPublic({ server }) {
      const pins = await readPublicPins(session());
      const pin = pins.find((one) => one.server === server);
      if (pin === undefined)
        throw new AppError('NOT_FOUND', `The certificate of ${server.slice(0, 200)} is not pinned here.`);
      await keep(
        pins.filter((one) => one !== pin),
        'ta.unpinPublic',
        `The certificate of ${server} is pinned no longer`.slice(0, 300),
        pin,
      );
      return {};
    },
  };
}
