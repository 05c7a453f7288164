/** The pinned fingerprint of a KMIP server in what is stored, and beside what a TOML file says. */
import { expect, test } from 'vitest';
import { kmipSettings, storedSettings } from '#shared/contract/signer-settings.ts';
import { documentOf, type PendingSigner } from './document.ts';
import { mergeToml } from './import-toml.ts';
import { readSignersToml } from './read-toml.ts';

const PIN = 'A1'.repeat(32);
const pinned = kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1', serverSha256: PIN });
const { serverSha256: _, ...older } = pinned;
const signer = (settings: PendingSigner['settings']): PendingSigner => ({
  ...{ id: 'signer-1', name: 'K', kind: 'kmip', settings, secret: { do: 'keep' } },
});

test('settings that are older than the pin have none', () => {
  expect(storedSettings(older as typeof pinned)).toEqual({ ...pinned, serverSha256: null });
  expect(storedSettings(pinned)).toEqual(pinned);
  const roles = { defaultSigner: null, oneOffSigner: null };
  const pending = JSON.stringify({ signers: [signer(older as typeof pinned)], roles });
  const { signers } = documentOf({ revision: 1, signers: [], roles, pending });
  expect(signers[0]?.settings).toMatchObject({ serverSha256: null });
});

test.each([
  ['the same address', '', PIN],
  ['another port', 'port = 5697\n', null],
  ['nobody checked', 'insecure = true\n', null],
])('a file with %s: what is pinned afterwards', async (_name, more, after) => {
  const toml = readSignersToml(
    Buffer.from(`[[signers]]\ntype = "KMIP"\nname = "K"\nhost = "127.0.0.1"\n${more}`),
  );
  const notes: string[] = [];
  const document = { signers: [signer(pinned)], roles: { defaultSigner: null, oneOffSigner: null } };
  const merged = await mergeToml(document, toml, notes, {
    ...{ offline: false, newId: () => 'signer-2', keeps: () => false },
    seal: () => ({ do: 'keep' }),
  });
  expect(notes.filter((note) => note.includes('is pinned no more'))).toHaveLength(after === null ? 1 : 0);
  expect(merged.signers).toHaveLength(1);
  expect(merged.signers[0]?.settings).toMatchObject({ serverSha256: after });
});
