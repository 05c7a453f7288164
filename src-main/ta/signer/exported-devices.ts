/**
 * The devices that hold keys of a trust anchor, for a krillta that goes on with them: the key by which Krill finds each again, and
 * a krillta.conf with its [[signers]]. Nothing secret is in it; the device is not contacted.
 */
import { AppError } from '../../lib/app-error.ts';
import type { RoutedKey } from '../../signers/router.ts';
import { MASK } from '../../signers/config/toml-fields.ts';
import { shownSettings } from '../../signers/config/secret-variables.ts';
import { writeSignersToml } from '../../signers/config/write-toml.ts';
import type { DeviceFacts } from '../../signers/device.ts';
import { keyAlgorithmOf } from '../../signers/stored-key.ts';
import type { StoredSigner } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { type ExportedDevice, OPENSSL_NAME } from './export-store.ts';
import { krilltaConf } from './krillta-conf.ts';
import { readKrilltaSettings } from './krillta-settings.ts';
import type { Timing } from './trust-anchor.ts';

/** What Krill's own words of a device begin with; nothing depends on the rest. */
function infoOf({ kind, device }: StoredSigner): string {
  const facts = device === null ? null : (JSON.parse(device) as { facts: DeviceFacts }).facts;
  const vendor = `${facts?.manufacturer ?? ''} ${facts?.firmware ?? ''}`.trim();
  return kind === 'pkcs11'
    ? `PKCS#11 Signer [token: ${facts?.label ?? ''} (model: ${facts?.model ?? ''}, vendor: ${vendor}), slot: ${facts?.slot ?? ''}, library: ${facts?.library ?? ''}]`
    : `KMIP Signer [vendor: ${vendor}]`;
}

const asksSecret = ({ settings, sealed }: StoredSigner): boolean =>
  settings?.kind === 'pkcs11' ? settings.login && !settings.pinPad : sealed !== null;

/** Throws AppError NOT_FOUND, NOT_ALLOWED_NOW when krillta could not find the device again. */
function deviceOf(stored: StoredSigner | undefined): ExportedDevice {
  if (stored === undefined || stored.kind === 'software')
    throw new AppError(
      'NOT_FOUND',
      'The signer that possesses a key of this trust anchor is not configured here. Add it again under Signers.',
    );
  const { kind, name, binding } = stored;
  if (binding === null)
    throw new AppError('NOT_ALLOWED_NOW', `“${name}” was never contacted here. Test it under Signers first.`);
  if (keyAlgorithmOf(binding.spkiDer)?.startsWith('rsa-') !== true)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `krillta knows a device by an RSA key on it, and that of “${name}” is of another type: krillta could not find it again.`,
    );
  const { spkiDer, handle } = binding;
  return { kind, name, info: infoOf(stored), identity: { spkiDer, handle } };
}

/** `path`: where the data directory will lie. `conf`: "" when every key lies in a file. */
export async function exportedDevices(
  session: Session,
  keys: { identity: RoutedKey; ta: RoutedKey },
  path: string,
  timing: Timing,
): Promise<{ of(signer: string): ExportedDevice | null; words: string; conf: string }> {
  const { signers } = await session.store.run('signers.config', {});
  const ids = [...new Set([keys.ta.signer, keys.identity.signer])];
  const inFiles = ids.includes('software');
  const used = ids
    .filter((id) => id !== 'software')
    .map((id) => ({ id, stored: signers.find((one) => one.id === id) }));
  const devices = new Map(used.map(({ id, stored }) => [id, deviceOf(stored)]));
  const names = [...devices.values()].map(({ name }) => name);
  if (names.length === 0) return { of: () => null, words: 'with its keys UNENCRYPTED', conf: '' };
  const written = used.flatMap(({ stored }) =>
    stored === undefined
      ? []
      : [
          {
            name: stored.name,
            settings: shownSettings(stored.settings),
            secret: asksSecret(stored) ? MASK : null,
          },
        ],
  );
  const toml = writeSignersToml({
    signers: [...written, ...(inFiles ? [{ name: OPENSSL_NAME, settings: null, secret: null }] : [])],
    defaultSigner: devices.get(keys.ta.signer)?.name ?? OPENSSL_NAME,
    oneOffSigner: null,
  });
  const settings = { ...(await readKrilltaSettings(session)), storageUri: path };
  return {
    of: (signer) => devices.get(signer) ?? null,
    words: `whose keys stay on ${names.join(', ')}${inFiles ? ', one of them UNENCRYPTED,' : ''}`,
    conf: krilltaConf(
      timing,
      settings,
      'ta_timing',
      `# Type each PIN or password in its line, and take the # before it away. What shows ${MASK} was left out.\n${toml}`,
    ),
  };
}
