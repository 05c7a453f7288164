/** The one map of channels. Who adds a channel adds it in its domain's file and a handler in main, nothing else. */
import type * as z from 'zod';
import { appChannels } from './app.ts';
import { auditChannels } from './audit.ts';
import { blobChannels } from './blob.ts';
import { caChannels } from './ca.ts';
import { overviewChannels } from './overview.ts';
import { draftChannels } from './drafts.ts';
import { inspectChannels } from './inspect.ts';
import { keyChannels } from './keys.ts';
import { signerMigrationChannels } from './signer-migration.ts';
import { signerChannels } from './signers.ts';
import { signerDoctorChannels } from './signer-doctor.ts';
import { signerTomlChannels } from './signer-toml.ts';
import { taChildChannels } from './ta-child.ts';
import { taStickChannels } from './ta-stick.ts';
import { taChannels } from './ta.ts';
import { workspaceChannels } from './workspace.ts';

export const contract = {
  ...appChannels,
  ...blobChannels,
  ...workspaceChannels,
  ...auditChannels,
  ...draftChannels,
  ...keyChannels,
  ...signerChannels,
  ...signerTomlChannels,
  ...signerDoctorChannels,
  ...signerMigrationChannels,
  ...caChannels,
  ...overviewChannels,
  ...inspectChannels,
  ...taChannels,
  ...taChildChannels,
  ...taStickChannels,
};

export type Contract = typeof contract;
export type ChannelName = keyof Contract;
/** What a caller may pass (defaults still absent) and what a handler receives (defaults filled in). */
export type Payload<C extends ChannelName> = z.input<Contract[C]['in']>;
export type Parsed<C extends ChannelName> = z.output<Contract[C]['in']>;
export type Answer<C extends ChannelName> = z.output<Contract[C]['out']>;
