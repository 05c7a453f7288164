/** What is known of a device: what it says of itself, what it can do, and how it is configured. */
import { inFours } from '#shared/fingerprint-text.ts';
import type { SignerRow } from '#shared/contract/signers.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { Check, Minus, X } from 'lucide-react';
import { Card, KeyValue } from '../../components/card.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { KEY_TYPES } from '../keys/key-words.ts';
import { placeText, slotIdText } from './signer-words.ts';

function typesText(row: SignerRow): string {
  return KEY_TYPES.filter(({ value }) => row.algorithms.includes(value))
    .map(({ label }) => label)
    .join(', ');
}

/** Nothing before it was contacted. */
export function DeviceCard({ row }: { row: SignerRow }) {
  const { device } = row;
  if (device === null) return null;
  return (
    <Card title="Device">
      <KeyValue
        items={[
          [
            row.kind === 'kmip' ? 'Known by the SHA-256 of its certificate' : 'Serial',
            <span key="v" className="mono wrap">
              {inFours(device.serial)}
            </span>,
          ],
          device.before !== null && [
            row.kind === 'kmip' ? 'Another certificate before' : 'Another serial before',
            <span key="v">
              <span className="mono wrap">{inFours(device.before.serial)}</span>, until{' '}
              <Time at={device.before.at} clock />; the identity key is the same
            </span>,
          ],
          device.label !== '' && ['Label', device.label],
          device.slot !== null && [
            'Slot',
            <span key="v" className="mono">
              {slotIdText(device.slot)}
            </span>,
          ],
          ['Made by', `${device.manufacturer} ${device.model}`.trim()],
          device.firmware !== '' && ['Firmware', device.firmware],
          device.library !== '' && ['Library', device.library],
          row.algorithms.length > 0 && ['Makes', typesText(row)],
          ['Seen', <Time key="v" at={device.at} clock />],
        ]}
      />
    </Card>
  );
}

export function CapabilitiesCard({ row }: { row: SignerRow }) {
  if (row.capabilities.length === 0) return null;
  const missing = row.capabilities.filter(({ present, needed }) => needed && present === false).length;
  const unseen = row.capabilities.some(({ present, needed }) => needed && present === null);
  // The operator said that it does what it does not announce.
  const forced = row.settings?.kind === 'kmip' && row.settings.force;
  return (
    <Card
      title="What it can do"
      aside={
        missing === 0 ? (
          <Tag tone="good">{unseen ? 'all that was used so far' : 'all that is needed'}</Tag>
        ) : forced ? (
          <Tag tone="careful">{missing} not announced, used all the same</Tag>
        ) : (
          <Tag tone="bad">{missing} missing</Tag>
        )
      }
    >
      <ul className="plain-list capabilities" aria-label="Capabilities">
        {row.capabilities.map(({ name, present, needed }) => (
          <li key={name}>
            {present ? (
              <Check aria-label="present" className="tone-good" />
            ) : present === null ? (
              <Minus aria-label="not used yet" className="tone-note" />
            ) : (
              <X
                aria-label={needed && forced ? 'not announced' : 'missing'}
                className={needed ? (forced ? 'tone-careful' : 'tone-bad') : 'tone-note'}
              />
            )}
            <span className="mono">{name}</span>
            {present === null && <span className="quiet">not used yet: it shows when it is used</span>}
            {needed || present !== false ? null : <span className="quiet">not needed</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function secretText(row: { secretStored: boolean; secretHeld: boolean }, settings: SignerSettings): string {
  if (settings.kind === 'pkcs11' && !settings.login) return 'none: no login';
  if (settings.kind === 'pkcs11' && settings.pinPad) return 'typed on the device';
  if (settings.kind === 'kmip' && settings.username === null) return 'none';
  if (row.secretStored) return 'in the encrypted workspace';
  return row.secretHeld ? 'in memory until the workspace is locked, then asked' : 'asked when it is needed';
}

/** `met`: the serial of the device that it was bound to at its first contact; null: it was never met. */
export function SettingsCard(props: {
  settings: SignerSettings;
  secretStored: boolean;
  /** It was typed, and is kept in memory until the lock. */
  secretHeld: boolean;
  met: string | null;
  note?: string;
}) {
  const { settings, note } = props;
  const environment = settings.kind === 'pkcs11' ? Object.entries(settings.environment) : [];
  return (
    <Card title="Settings" {...(note === undefined ? {} : { note })}>
      <KeyValue
        items={[
          settings.kind === 'pkcs11' && [
            'Library',
            <span key="v" className="mono wrap">
              {settings.libPath}
            </span>,
          ],
          [
            'Where',
            <span key="v" className="wrap">
              {placeText(settings)}
            </span>,
          ],
          settings.kind === 'pkcs11' && [
            'Serial',
            settings.serial === null ? (
              props.met === null ? (
                'learned at the first contact'
              ) : (
                <span key="v">
                  <span className="mono wrap">{props.met}</span>, learned at the first contact
                </span>
              )
            ) : (
              <span key="v" className="mono wrap">
                {settings.serial}
              </span>
            ),
          ],
          settings.kind === 'kmip' && [
            'Server known by',
            settings.insecure ? (
              <span key="v" className="tone-bad">
                nothing: it is not checked
              </span>
            ) : (
              <span key="v" className="mono wrap">
                {settings.serverSha256 === null ? null : `SHA-256 ${inFours(settings.serverSha256)}, pinned`}
                {settings.serverSha256 === null &&
                  (settings.serverCertPath ?? settings.serverCaCertPath ?? 'the CAs of this system')}
              </span>
            ),
          ],
          settings.kind === 'kmip' &&
            settings.clientCertPath !== null && [
              'Our certificate',
              <span key="v" className="mono wrap">
                {settings.clientCertPath}
              </span>,
            ],
          settings.kind === 'kmip' &&
            settings.clientCertPrivateKeyPath !== null && [
              'Our key',
              <span key="v" className="mono wrap">
                {settings.clientCertPrivateKeyPath}
              </span>,
            ],
          settings.kind === 'kmip' &&
            settings.force && ['Force', 'yes: it is used although it announces less than is needed'],
          [settings.kind === 'kmip' ? 'Password' : 'PIN', secretText(props, settings)],
          ...environment.map(
            ([name, value]) =>
              [
                name,
                <span key={name} className="mono wrap">
                  {value}
                </span>,
              ] as const,
          ),
          [
            'Retries',
            `after ${settings.retrySeconds} s, each ${settings.backoffMultiplier} times longer, ${settings.maxRetrySeconds} s in all`,
          ],
        ]}
      />
    </Card>
  );
}
