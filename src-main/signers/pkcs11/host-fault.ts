/** What went wrong in the child, in the words of the library. Runs in the child. */
import type { HostFailure } from './protocol.ts';

/** A refusal of the host's own, with one of HOST_CODE. */
export class HostError extends Error {
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/** pkcs11js says `CKR_NAME:number`, sometimes in the message and sometimes in the stack. */
export function failureOf(error: unknown): HostFailure {
  if (error instanceof HostError)
    return { code: error.code, function: '', text: error.message.slice(0, 900) };
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? `${message}\n${error.stack ?? ''}` : message;
  const [, name, number] = /\b(CKR_[A-Z0-9_]+)(?::(\d+))?/.exec(stack) ?? [];
  const [, called = ''] = /\b(C_[A-Za-z]+)\b/.exec(stack) ?? [];
  if (name === undefined) return { code: 'HOST_FAULT', function: called, text: message.slice(0, 900) };
  const code =
    name === 'CKR_VENDOR_DEFINED' && number !== undefined
      ? `CKR_VENDOR_DEFINED_0x${Number(number).toString(16).toUpperCase()}`
      : name;
  return { code, function: called, text: `${called === '' ? '' : `${called}: `}${code}` };
}
