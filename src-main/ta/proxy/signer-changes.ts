/** What a signer-info.json changes against the signer that is associated, for the eye of the proxy's operator. */
import { shortKey } from '../short-key.ts';
import type { SignerInfoView } from '#shared/contract/ta-proxy-files.ts';
import { equalBytes, sha256Hex } from '../../lib/bytes.ts';
import { momentText } from '../../lib/moment-text.ts';
import type { TaObjects } from '../objects.ts';
import { resourceTexts } from '../review/child-review.ts';
import { type AssociatedSigner, numberShown, type ProxyState } from './proxy-state.ts';
import { withdrawnKeys } from './withdrawn.ts';

/** By key, the child that has it or asked for it. */
export function ownersIn(state: ProxyState): Map<string, string> {
  return new Map(
    [...state.children.values()].flatMap(({ handle, usedKeys, openRequests }) =>
      [...usedKeys.keys(), ...openRequests.keys(), ...withdrawnKeys(state, handle)].map(
        (key) => [key, handle] as const,
      ),
    ),
  );
}

/** What it signed and this proxy never got: its number, and which key got which certificate or lost it. */
function signedSince(state: ProxyState, before: TaObjects, after: TaObjects): SignerInfoView['changes'] {
  if (after.number <= numberShown(state)) return [];
  const owners = ownersIn(state);
  const said = (objects: TaObjects, key: string): string => {
    const info = objects.issued.get(key);
    return info === undefined
      ? 'none'
      : `${resourceTexts(info.resources).join(', ')}, until ${momentText(info.notAfter)}`;
  };
  const keys = [...new Set([...before.issued.keys(), ...after.issued.keys()])].filter((key) => {
    const [old, late] = [before.issued.get(key), after.issued.get(key)];
    return old === undefined || late === undefined || !equalBytes(old.der, late.der);
  });
  return [
    { what: 'Manifest number', before: String(numberShown(state)), after: String(after.number) },
    ...keys.map((key) => ({
      what: `${owners.get(key) ?? 'No child here'}, key ${shortKey(key)}`,
      before: said(before, key),
      after: said(after, key),
    })),
  ];
}

/** For the record: which signer, and what it changed. */
export function associatedText(before: ProxyState, { identity, objects, ...rest }: AssociatedSigner): string {
  const who = `the signer ${identity.keyId} of the trust anchor ${objects.keyId}`;
  if (before.signer === null) return `Associated ${who}`;
  const changes = changesOf(before, before.signer, { identity, objects, ...rest });
  return `Updated ${who}: ${changes.map((one) => `${one.what} ${one.before} -> ${one.after}`).join('; ') || 'nothing new'}`;
}

/** What `after` brings; `state` is what it brings it to. */
export function changesOf(
  state: ProxyState,
  before: AssociatedSigner,
  after: AssociatedSigner,
): SignerInfoView['changes'] {
  const say = (what: string, old: string, late: string) =>
    old === late ? [] : [{ what, before: old, after: late }];
  const facts = (signer: AssociatedSigner) => ({
    identity: signer.identity.keyId,
    key: sha256Hex(signer.certificate.spkiDer),
    uris: [...signer.tal.https, signer.tal.rsync].join(' '),
    certificate: sha256Hex(signer.certificate.der),
    ends: momentText(signer.certificate.notAfter),
    notify: signer.certificate.rpkiNotify ?? 'none',
  });
  const [old, late] = [facts(before), facts(after)];
  return [
    ...say('Signer identity', old.identity, late.identity),
    ...say('TAL', old.uris, late.uris),
    ...say('TAL key (SHA-256)', old.key, late.key),
    ...say('TA certificate', old.certificate, late.certificate),
    // Made anew a minute later, it ends a minute later.
    ...(old.ends.slice(0, 10) === late.ends.slice(0, 10)
      ? []
      : say('TA certificate ends', old.ends, late.ends)),
    ...say('RRDP', old.notify, late.notify),
    ...signedSince(state, before.objects, after.objects),
  ];
}
