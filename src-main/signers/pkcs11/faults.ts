/** From a code of PKCS#11 or of our own to what it means: the trouble for the lifecycle, the sentences for the operator. */
import { DeviceError } from '../device.ts';
import { CKR_OF_KEY } from './ckr-key.ts';
import { CKR_OF_LIBRARY } from './ckr-library.ts';
import { CKR_OF_TOKEN } from './ckr-token.ts';
import type { FaultText } from './fault-text.ts';
import { OWN_FAULTS } from './own-faults.ts';

/** Every known code. */
export const FAULTS: Readonly<Record<string, FaultText>> = {
  ...CKR_OF_TOKEN,
  ...CKR_OF_KEY,
  ...CKR_OF_LIBRARY,
  ...OWN_FAULTS,
};

const UNKNOWN: FaultText = {
  trouble: 'unreachable',
  text: 'The device answered with a code of its own; it is tried again. Look the code up in the manual of the vendor.',
  cause: 'A fault that only the vendor can name.',
  check: 'Look the code up in the manual or the log of the device.',
  fix: 'Do what the vendor says of this code.',
};

/** What a code means; one that nobody knows is a vendor's. */
export function explainFault(code: string): FaultText {
  return (Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined) ?? UNKNOWN;
}

/** The same for a code of PKCS#11 or of its child; null: it comes from another part. */
export function knownFault(code: string): FaultText | null {
  return Object.hasOwn(FAULTS, code) || code.startsWith('CKR_') ? explainFault(code) : null;
}

/** The error for a code. `library`: the raw text for "details". `text`: the sentence, where it has to name something. */
export function faultOf(code: string, library = '', text?: string): DeviceError {
  const known = explainFault(code);
  return new DeviceError(known.trouble, code, text ?? known.text, library);
}

/** Ends a child in which one call was cancelled: for all other calls it is out of reach for a moment. */
export function endedForOne(): DeviceError {
  return faultOf(
    'SIGNER_CLOSED',
    'another call was cancelled',
    'Another call on this device was cancelled, which ended the connection; it is begun anew.',
  );
}

const GONE = new Set(['KEY_NOT_FOUND', 'CKR_KEY_HANDLE_INVALID', 'CKR_OBJECT_HANDLE_INVALID']);
/** The key is not there, as far as this connection sees. */
export const isGone = (error: unknown): boolean => error instanceof DeviceError && GONE.has(error.code);
