/** Variables whose values are not shown: a vendor's library may take its password from one. Names decide; nobody reads the values. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { Session } from '../../store/store-contract.ts';
import { documentOf } from './document.ts';
import { MASK } from './toml-fields.ts';

const SECRET_NAME = /PIN|PASS|PWD|SECRET|TOKEN|CRED|APIKEY|API_KEY|PRIVATE/i;

export function shownVariables(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, SECRET_NAME.test(name) ? MASK : value]),
  );
}

/** An edited form sends the mask back where nothing was typed: what it stood for, from `before`; without one it stays. */
export function keptVariables(
  environment: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value === MASK && SECRET_NAME.test(name) ? (before[name] ?? value) : value,
    ]),
  );
}

/** The same for a library that no signer was named with: from the signers that load it. */
export async function variablesFor(
  session: Session,
  library: { libPath: string; environment: Record<string, string> },
): Promise<Record<string, string>> {
  const stored = await session.store.run('signers.config', {});
  const known = [...stored.signers, ...documentOf(stored).signers].flatMap(({ settings }) =>
    settings?.kind === 'pkcs11' && settings.libPath === library.libPath ? [settings.environment] : [],
  );
  return keptVariables(library.environment, Object.assign({}, ...known) as Record<string, string>);
}

/** Names whose value is but the mask: nobody knows what it stood for. */
export const untypedVariables = (environment: Readonly<Record<string, string>>): string[] =>
  Object.keys(environment).filter((name) => environment[name] === MASK && SECRET_NAME.test(name));

/** Those whose values may go to another place, and the names of the others. */
export function publicVariables(environment: Readonly<Record<string, string>>): {
  environment: Record<string, string>;
  left: string[];
} {
  const left = Object.keys(environment).filter((name) => SECRET_NAME.test(name));
  return {
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => !left.includes(name))),
    left,
  };
}

/** Settings as they may be shown to others. */
export function shownSettings(settings: SignerSettings | null): SignerSettings | null {
  return settings?.kind === 'pkcs11'
    ? { ...settings, environment: shownVariables(settings.environment) }
    : settings;
}
