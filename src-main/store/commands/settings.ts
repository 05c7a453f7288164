/** Workspace settings: small JSON values by name, each with its record. */
import { change, read } from '../command.ts';

export const settingCommands = {
  'settings.get': read(
    (tx, { name }: { name: string }): string | null =>
      tx.get<{ value: string }>('SELECT value FROM settings WHERE name = $name', { name })?.value ?? null,
  ),
  'settings.set': change((tx, { name, value }: { name: string; value: string }): void => {
    tx.run('INSERT INTO settings VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = $value', {
      name,
      value,
    });
  }),
};
