/** The registry of use-case commands: one object per subject, merged. Each is one transaction; see command.ts. */
import { auditCommands } from './audit.ts';
import { authorityCommands } from './authorities.ts';
import { certificateCommands } from './certificates.ts';
import { draftCommands } from './drafts.ts';
import { inventoryCommands } from './inventory.ts';
import { issuePartsCommands } from './issue-parts.ts';
import { keyCommands } from './keys.ts';
import { ledgerCommands } from './ledger.ts';
import { objectCommands } from './objects.ts';
import { restoreCommands } from './restore.ts';
import { settingCommands } from './settings.ts';
import { signerCommands } from './signers.ts';
import { identityKeyCommands } from './identity-keys.ts';
import { unfinishedKeyCommands } from './unfinished-keys.ts';
import { taChildCommands } from './ta-children.ts';
import { taCommands } from './ta.ts';
import { taTakeBackCommands } from './ta-take-back.ts';

export const commands = {
  ...settingCommands,
  ...ledgerCommands,
  ...auditCommands,
  ...draftCommands,
  ...keyCommands,
  ...certificateCommands,
  ...issuePartsCommands,
  ...inventoryCommands,
  ...authorityCommands,
  ...objectCommands,
  ...restoreCommands,
  ...signerCommands,
  ...identityKeyCommands,
  ...unfinishedKeyCommands,
  ...taCommands,
  ...taTakeBackCommands,
  ...taChildCommands,
};

export type Commands = typeof commands;
