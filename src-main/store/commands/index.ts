/** The registry of use-case commands: one object per subject, merged. Each is one transaction; see command.ts. */
import { auditCommands } from './audit.ts';
import { draftCommands } from './drafts.ts';
import { ledgerCommands } from './ledger.ts';
import { settingCommands } from './settings.ts';

export const commands = {
  ...settingCommands,
  ...ledgerCommands,
  ...auditCommands,
  ...draftCommands,
};

export type Commands = typeof commands;
