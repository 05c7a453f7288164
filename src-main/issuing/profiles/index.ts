/** Every profile by id, checked against the schema when the application starts. No data of its own. */
import { profile, type Profile } from '../profile.ts';
import { krillServer } from './krill-home.ts';
import { meshAgent, meshCa, meshClient } from './mesh.ts';
import { stepClient, stepIntermediate, stepRoot, stepServer, stepServerClient } from './step.ts';

const SOURCES = {
  'step-root': stepRoot,
  'step-intermediate': stepIntermediate,
  'step-server': stepServer,
  'step-client': stepClient,
  'step-server-client': stepServerClient,
  'krill-server': krillServer,
  'mesh-ca': meshCa,
  'mesh-agent': meshAgent,
  'mesh-client': meshClient,
} as const;

export type ProfileId = keyof typeof SOURCES;

/** `as`: fromEntries forgets the keys it was given. */
export const PROFILES = Object.fromEntries(
  Object.entries(SOURCES).map(([id, source]) => [id, profile.parse(source)]),
) as Record<ProfileId, Profile>;
