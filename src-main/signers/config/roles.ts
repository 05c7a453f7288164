/** Which signer is for what, by Krill's rules and in its words (H-015 to H-017). */

export interface RoleNames {
  defaultSigner: string | null;
  oneOffSigner: string | null;
}

/** At the field of a name that another signer has; a file is told in Krill's words below. */
export const nameTaken = (name: string): string => `Another signer is called “${name}”. Choose another name.`;

/** Why a set of signers with these roles cannot be used; an empty list when it can. */
export function roleFaults(names: readonly string[], roles: RoleNames): string[] {
  const faults = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map(
    (name) => `Signer name '${name}' is not unique`,
  );
  if (roles.defaultSigner === null && names.length > 1)
    faults.push("'default_signer' must be set when more than one [[signers]] configuration is defined");
  for (const [key, name] of [
    ['default_signer', roles.defaultSigner],
    ['one_off_signer', roles.oneOffSigner],
  ] as const)
    if (name !== null && !names.includes(name))
      faults.push(`'${name}' cannot be used as the '${key}' as no signer with that name is defined`);
  return faults;
}
