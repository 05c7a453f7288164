/** Where the trust anchor listens, as the workspace keeps it, and what that makes of URIs. It opens no port. */
import * as z from 'zod';
import type { ServiceSettings } from '#shared/contract/ta-service.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Session } from '../../store/store-contract.ts';
import { isServiceUri } from '../../rpki/plain-name.ts';
import { TA_HANDLE } from './repository.ts';

const NAME = 'ta.service';

const DEFAULTS: ServiceSettings = { host: '127.0.0.1', port: 3492, publicUri: null, certificate: null };

/** What this module wrote; another version's is left aside. */
const stored = z.strictObject({
  host: z.string(),
  port: z.number().int(),
  publicUri: z.string().nullable(),
  certificate: z.string().nullable(),
});

export async function readSettings(session: Session): Promise<ServiceSettings> {
  const text = await session.store.run('settings.get', { name: NAME });
  if (text === null) return DEFAULTS;
  const read = stored.safeParse(JSON.parse(text));
  return read.success ? read.data : DEFAULTS;
}

/** Throws AppError INVALID_INPUT at the field. */
export function requireSettings(settings: ServiceSettings): void {
  const fields: { path: string; message: string }[] = [];
  if (!/^[0-9a-fA-F:.]{2,64}$/.test(settings.host))
    fields.push({ path: 'host', message: 'An address of this machine, like 127.0.0.1' });
  if (settings.port < 1 || settings.port > 65_535)
    fields.push({ path: 'port', message: 'A port from 1 to 65535' });
  if (settings.publicUri !== null && !isServiceUri(settings.publicUri))
    fields.push({ path: 'publicUri', message: 'An http or https URI, like https://rpki.example.net/' });
  const [first] = fields;
  if (first !== undefined) throw new AppError('INVALID_INPUT', `${first.message}.`, { fields });
}

export async function writeSettings(session: Session, settings: ServiceSettings): Promise<void> {
  await session.store.run('settings.set', {
    name: NAME,
    value: JSON.stringify(settings),
    audit: {
      action: 'ta.setService',
      outcome: 'done',
      summary: `The trust anchor listens at ${settings.host} port ${settings.port}${settings.certificate === null ? ' without TLS' : ' with TLS'}`,
      subjects: [],
    },
  });
}

/** Without a slash at the end. */
export function rootUri({ host, port, publicUri, certificate }: ServiceSettings): string {
  if (publicUri !== null) return publicUri.replace(/\/+$/, '');
  const name = host.includes(':') ? `[${host}]` : host;
  return `${certificate === null ? 'http' : 'https'}://${name}:${port}`;
}

/** Paths of what relying parties fetch. */
export const CERTIFICATE_PATH = '/ta/ta.cer';
export const TAL_PATH = '/ta/ta.tal';

/** Every address of this machine: it can be listened at, and nobody can send anything there. */
const isUnspecified = (host: string): boolean => /^[0:.]+$/.test(host);

const LOOPBACK = /^(?:localhost|127\.[0-9.]+|\[::1\])$/;

/** Nobody on another machine reaches it. */
export function isOnlyHere(settings: ServiceSettings): boolean {
  const root = rootUri(settings);
  return URL.canParse(root) && LOOPBACK.test(new URL(root).hostname);
}

/**
 * Where `child` sends its messages. A handle may hold slashes: it is one segment here. Throws AppError NOT_ALLOWED_NOW when it
 * would be an address that nobody can reach.
 */
export function childServiceUri(settings: ServiceSettings, child: string): string {
  if (settings.publicUri === null && isUnspecified(settings.host))
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `Nobody can send messages to ${settings.host}. Give the public URI in the settings of the listener first.`,
    );
  return `${rootUri(settings)}/rfc6492/${TA_HANDLE}/${encodeURIComponent(child)}`;
}
