/** Variables whose values are not shown: a vendor's library may take its password from one. Names decide; nobody reads the values. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { MASK } from './toml-fields.ts';

const SECRET_NAME = /PIN|PASS|PWD|SECRET|TOKEN|CRED|APIKEY|API_KEY|PRIVATE/i;

export function shownVariables(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, SECRET_NAME.test(name) ? MASK : value]),
  );
}

/** Settings as they may be shown to others. */
export function shownSettings(settings: SignerSettings | null): SignerSettings | null {
  return settings?.kind === 'pkcs11'
    ? { ...settings, environment: shownVariables(settings.environment) }
    : settings;
}
