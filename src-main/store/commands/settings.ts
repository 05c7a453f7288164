/** Workspace settings: small JSON values by name, each with its record. */
import { change, read, type Tx, write } from '../command.ts';

function put(tx: Tx, name: string, value: string): void {
  tx.run('INSERT INTO settings VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = $value', {
    name,
    value,
  });
}

export const settingCommands = {
  'settings.get': read(
    (tx, { name }: { name: string }): string | null =>
      tx.get<{ value: string }>('SELECT value FROM settings WHERE name = $name', { name })?.value ?? null,
  ),
  /** Several at once. */
  'settings.put': change((tx, { values }: { values: Record<string, string> }): void => {
    for (const [name, value] of Object.entries(values)) put(tx, name, value);
  }),
  /** What Baleen remembers for itself and nobody did. */
  'settings.keep': write((tx, { name, value }: { name: string; value: string }): void =>
    put(tx, name, value),
  ),
  'settings.set': change((tx, { name, value }: { name: string; value: string }): void => {
    put(tx, name, value);
  }),
};
