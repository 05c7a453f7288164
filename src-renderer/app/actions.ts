/**
 * What the command palette can do besides going to a screen. Each action says what it needs; a domain adds
 * its own line here.
 */
import { setAppearance } from './appearance.ts';
import { call } from './call.ts';
import { reloadQuery } from './query-store.ts';
import { navigate } from './router.ts';
import { isServing, quit } from './serving.ts';
import { emptyWindow, lock } from './session.ts';
import { useView } from './state.ts';

export interface PaletteAction {
  id: string;
  title: string;
  /** Other words it is found by. */
  words: string;
  /** `none`: while no workspace is open. */
  needs: 'nothing' | 'none' | 'workspace' | 'locked' | 'unlocked';
  keys?: string;
  run: () => void | Promise<unknown>;
}

/** Closes the workspace, or asks first while its trust anchor serves. */
export async function closeWorkspace(): Promise<void> {
  if (await isServing()) useView.setState({ leaving: 'workspace' });
  else await closeNow();
}

/** Closes the workspace: the window is emptied first, and begins anew. */
export async function closeNow(): Promise<void> {
  emptyWindow();
  await call('workspace.close', {});
  reloadQuery('workspace.state', {});
  navigate('start');
}

/** Opens a workspace from a folder that is chosen now. */
export async function openFolder(): Promise<void> {
  const { chosen } = await call('dialogs.folder', { purpose: 'open' });
  if (!chosen) return;
  await call('workspace.openFolder', { folder: chosen.ticket });
  reloadQuery('workspace.state', {});
}

export const ACTIONS: readonly PaletteAction[] = [
  {
    id: 'new-workspace',
    title: 'New workspace…',
    words: 'create make begin vault folder',
    needs: 'none',
    run: () => navigate('create-workspace'),
  },
  {
    id: 'open-folder',
    title: 'Open a folder…',
    words: 'workspace existing recent copied',
    needs: 'none',
    run: openFolder,
  },
  {
    id: 'restore-new',
    title: 'Restore a backup…',
    words: 'recover copy workspace',
    needs: 'none',
    run: () => navigate('start', {}, { open: 'restore' }),
  },
  {
    id: 'lock',
    title: 'Lock the workspace',
    words: 'sign out leave',
    needs: 'unlocked',
    keys: 'Ctrl L',
    run: lock,
  },
  {
    id: 'new-root',
    title: 'New root authority…',
    words: 'create ca issue wizard',
    needs: 'unlocked',
    run: () => navigate('issue', { draft: 'new' }, { purpose: 'root' }),
  },
  {
    id: 'new-intermediate',
    title: 'New intermediate authority…',
    words: 'create ca issue wizard',
    needs: 'unlocked',
    run: () => navigate('issue', { draft: 'new' }, { purpose: 'intermediate' }),
  },
  {
    id: 'new-certificate',
    title: 'New certificate…',
    words: 'create leaf server client issue wizard',
    needs: 'unlocked',
    run: () => navigate('issue', { draft: 'new' }, { purpose: 'server' }),
  },
  {
    id: 'new-signer',
    title: 'Add a signer…',
    words: 'hsm pkcs11 kmip token device library',
    needs: 'unlocked',
    run: () => navigate('signer-new'),
  },
  {
    id: 'import-signers',
    title: 'Import signers from TOML…',
    words: 'krill conf krillta hsm configuration file',
    needs: 'unlocked',
    run: () => navigate('signers', {}, { open: 'import' }),
  },
  {
    id: 'export-signers',
    title: 'Export the signers as TOML…',
    words: 'krill conf krillta hsm configuration file',
    needs: 'unlocked',
    run: () => navigate('signers', {}, { open: 'export' }),
  },
  {
    id: 'signer-migration',
    title: 'Move keys to the default signer…',
    words: 'hsm migration roll',
    needs: 'unlocked',
    run: () => navigate('signer-migration'),
  },
  {
    id: 'trust-anchor-request',
    title: 'Review a request for the trust anchor…',
    words: 'rpki ta signer exchange json sign',
    needs: 'unlocked',
    run: () => navigate('trust-anchor'),
  },
  {
    id: 'trust-anchor-check',
    title: 'Check an exchange file of a trust anchor…',
    words: 'rpki ta exchanges json record audit verify years',
    needs: 'unlocked',
    run: () => navigate('ta-record', {}, { open: 'check' }),
  },
  {
    id: 'trust-anchor-network',
    title: 'Serve the children of the trust anchor…',
    words: 'rpki ta proxy network krill listen tal publish check',
    needs: 'unlocked',
    run: () => navigate('ta-network'),
  },
  {
    id: 'inspect',
    title: 'Inspect a file or pasted text',
    words: 'open certificate csr crl pem der pkcs12 look',
    needs: 'nothing',
    run: () => navigate('inspect'),
  },
  {
    id: 'theme-light',
    title: 'Theme: light',
    words: 'appearance colour',
    needs: 'nothing',
    run: () => setAppearance({ theme: 'light' }),
  },
  {
    id: 'theme-dark',
    title: 'Theme: dark',
    words: 'appearance colour night',
    needs: 'nothing',
    run: () => setAppearance({ theme: 'dark' }),
  },
  {
    id: 'theme-contrast',
    title: 'Theme: high contrast',
    words: 'appearance accessibility',
    needs: 'nothing',
    run: () => setAppearance({ theme: 'contrast' }),
  },
  {
    id: 'theme-system',
    title: 'Theme: as the system',
    words: 'appearance automatic',
    needs: 'nothing',
    run: () => setAppearance({ theme: 'system' }),
  },
  {
    id: 'change-passphrase',
    title: 'Change the passphrase…',
    words: 'password settings',
    needs: 'unlocked',
    run: () => navigate('settings', {}, { open: 'passphrase' }),
  },
  {
    id: 'renew',
    title: 'Renew a certificate…',
    words: 'rekey new key replace extend expire again',
    needs: 'unlocked',
    run: () => navigate('certificates'),
  },
  {
    id: 'recovery-key',
    title: 'Make a new recovery key…',
    words: 'paper sheet print check settings passphrase forgotten',
    needs: 'unlocked',
    run: () => navigate('settings', {}, { open: 'recovery' }),
  },
  {
    id: 'recover',
    title: 'Open with the recovery key…',
    words: 'passphrase forgotten lost paper sheet unlock',
    needs: 'locked',
    run: () => navigate('recover'),
  },
  {
    id: 'backup',
    title: 'Back up the workspace…',
    words: 'backup save copy settings',
    needs: 'unlocked',
    run: () => navigate('settings', {}, { open: 'backup' }),
  },
  {
    id: 'restore',
    title: 'Restore a backup…',
    words: 'recover copy settings',
    needs: 'unlocked',
    run: () => navigate('settings', {}, { open: 'restore' }),
  },
  {
    id: 'verify-audit',
    title: 'Verify the audit…',
    words: 'check chain head tampering log',
    needs: 'unlocked',
    run: () => navigate('audit', {}, { open: 'verify' }),
  },
  {
    id: 'export-audit',
    title: 'Export the audit…',
    words: 'save log json lines head',
    needs: 'unlocked',
    run: () => navigate('audit', {}, { open: 'export' }),
  },
  {
    id: 'import-key',
    title: 'Import a private key…',
    words: 'pkcs8 pem file',
    needs: 'unlocked',
    run: () => navigate('keys', {}, { open: 'import' }),
  },
  {
    id: 'close-workspace',
    title: 'Close the workspace',
    words: 'switch other',
    needs: 'workspace',
    run: closeWorkspace,
  },
  {
    id: 'quit',
    title: 'Quit Baleen',
    words: 'exit leave end',
    needs: 'nothing',
    keys: 'Ctrl Q',
    run: quit,
  },
];
