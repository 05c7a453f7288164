/** The line that starts krillta with the variables of the exported signers. Krill gives one environment to all of its libraries. Pure. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { shellWord } from '#shared/shell-word.ts';
import { publicVariables } from './secret-variables.ts';

/** No shell reads them as they are written, and no line shows them. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** `command` null: no variable that may be shown, or two signers that want one otherwise; `notes` say what it does not do. */
export function startLine(signers: readonly { name: string; settings: SignerSettings | null }[]): {
  command: string | null;
  notes: string[];
} {
  const variables = new Map<string, { value: string; name: string }>();
  const secret = new Set<string>();
  for (const { name, settings } of signers) {
    if (settings?.kind !== 'pkcs11') continue;
    const { environment, left } = publicVariables(settings.environment);
    for (const one of left) secret.add(one);
    for (const [variable, value] of Object.entries(environment)) {
      const known = variables.get(variable);
      if (known !== undefined && known.value !== value)
        return {
          command: null,
          notes: [
            `"${known.name}" and "${name}" want another ${variable} each, and Krill has one environment for all of its libraries. Export them for two Krills, or let one configuration name the tokens of both.`,
          ],
        };
      if (!CONTROL.test(value)) variables.set(variable, { value, name });
    }
  }
  if (variables.size === 0) return { command: null, notes: [] };
  const words = [...variables].map(([variable, { value }]) => `${variable}=${shellWord(value)}`);
  return {
    command: `env ${words.join(' ')} krillta signer --config krillta.conf show`,
    notes:
      secret.size === 0
        ? []
        : [
            `The command has no ${[...secret].join(', ')}, which may be secret. Set it where nobody reads it.`,
          ],
  };
}
