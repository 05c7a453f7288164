/**
 * What each refusal means to the operator and what to do next, complete over ERROR_CODES. The particular
 * sentence ("which file, why") comes with the error from main.
 */
import type { ErrorCode } from '#shared/errors.ts';

export interface ErrorGuide {
  /** What happened, as a heading. */
  title: string;
  /** What was not changed, and what to do next. */
  next: string;
  /** The same call may simply be tried again. */
  retry: boolean;
}

/** For NOT_FOUND about a place on disk instead of an object of the workspace: main names the place. */
export const PLACE_NOT_FOUND: ErrorGuide = {
  title: 'That place is not there',
  next: 'Nothing was changed. Connect the disk or stick, or choose another place.',
  retry: true,
};

export const ERROR_GUIDE: Record<ErrorCode, ErrorGuide> = {
  INTERNAL: {
    title: 'Baleen made a mistake',
    next: 'Nothing was changed. Try once more; if it happens again, report it with the log reference under Details.',
    retry: true,
  },
  BAD_REQUEST: {
    title: 'The window asked in a form that is not allowed',
    next: 'Nothing was changed. Reload the window with Ctrl R; if it happens again, report it with the log reference.',
    retry: false,
  },
  FORBIDDEN: {
    title: 'This page may not ask that',
    next: 'Nothing was changed. Close the window and start Baleen again.',
    retry: false,
  },
  UNKNOWN_CHANNEL: {
    title: 'Window and main process do not fit together',
    next: 'Nothing was changed. Close Baleen and start it again; after an update, install it anew.',
    retry: false,
  },
  NO_WORKSPACE: {
    title: 'No workspace is open',
    next: 'Open or create a workspace first.',
    retry: false,
  },
  LOCKED: {
    title: 'The workspace is locked',
    next: 'Unlock it and do the step again. Wizards continue where they were.',
    retry: false,
  },
  WRONG_PASSPHRASE: {
    title: 'Wrong passphrase',
    next: 'Nothing was changed and nothing is destroyed by trying. Look at Caps Lock and the keyboard layout.',
    retry: false,
  },
  SLOW_DOWN: {
    title: 'Too many wrong passphrases',
    next: 'Wait until the countdown ends, then try again. The right passphrase still works.',
    retry: false,
  },
  WORKSPACE_IN_USE: {
    title: 'Another Baleen has this workspace open',
    next: 'Two processes never write to one workspace.',
    retry: true,
  },
  WORKSPACE_DAMAGED: {
    title: 'The workspace is damaged',
    next: 'It was not changed. Keep the folder as it is, and restore a backup into a new folder.',
    retry: false,
  },
  WORKSPACE_NEWER: {
    title: 'The workspace was written by a newer Baleen',
    next: 'It was not changed. Open it with the newer version.',
    retry: false,
  },
  NOT_A_WORKSPACE: {
    title: 'That folder is not a workspace',
    next: 'Choose the folder that holds the vault header, or create a new workspace.',
    retry: false,
  },
  DISK_FULL: {
    title: 'The disk is full',
    next: 'The step was undone as a whole. Make room on the disk and do it again.',
    retry: true,
  },
  PERMISSION_DENIED: {
    title: 'The system refused the access',
    next: 'Nothing was written. Choose another place, or give yourself the right to this one.',
    retry: true,
  },
  FILE_EXISTS: {
    title: 'There is something already',
    next: 'It was not overwritten. Choose another place, or move away what is there.',
    retry: false,
  },
  TICKET_EXPIRED: {
    title: 'The chosen place is no longer remembered',
    next: 'Nothing was written. Choose the file or folder again.',
    retry: false,
  },
  NOT_FOUND: {
    title: 'It is not there any more',
    next: 'Go back to the list; somebody may have removed it, or the link is old.',
    retry: false,
  },
  CONFLICT: {
    title: 'It was changed somewhere else meanwhile',
    next: 'Your change was not stored. Load the present state, then do it again.',
    retry: false,
  },
  TOO_LARGE: {
    title: 'The file is too large',
    next: 'It was not read. Choose a smaller one.',
    retry: false,
  },
  INVALID_INPUT: {
    title: 'Something in the input does not fit',
    next: 'Nothing was changed. Put right what is named here, then try again.',
    retry: false,
  },
  PASSPHRASE_NEEDED: {
    title: 'The file is encrypted',
    next: 'Type the passphrase of the file. It is not stored.',
    retry: false,
  },
  POLICY_REFUSED: {
    // Said of keys and of what holds them; what an authority's limits forbid is INVALID_INPUT at its field.
    title: 'The key, or what holds it, does not allow it',
    next: 'Nothing was signed or changed. Do what the sentence above says, or use another key or signer.',
    retry: false,
  },
  CANCELLED: {
    title: 'Cancelled',
    next: 'Nothing was changed.',
    retry: true,
  },
  OFFLINE: {
    title: 'This workspace opens no connection',
    next: 'It is an offline station for ever. Do the step on a networked machine and carry the file here.',
    retry: false,
  },
  UNREACHABLE: {
    title: 'The other side did not answer',
    next: 'Look whether it runs and can be reached from here, then try again.',
    retry: true,
  },
  PEER_UNTRUSTED: {
    title: 'The server is not known to be the right one',
    next: 'Nothing was sent to it. Compare the fingerprint with the one on the server itself before you pin it.',
    retry: false,
  },
  PEER_REFUSED: {
    title: 'The other side refused it',
    next: 'The sentence above says what stands in the way there.',
    retry: false,
  },
  NOT_ALLOWED_NOW: {
    title: 'This cannot be done now',
    next: 'Nothing was changed. The sentence above says what stands in the way.',
    retry: false,
  },
  SIGNER_UNAVAILABLE: {
    title: 'The signer cannot be used now',
    next: 'Nothing was changed. Look at it under Signers; its doctor says what stands in the way.',
    retry: true,
  },
  SIGNER_HOST_CRASHED: {
    title: 'The library of the signer ended unexpectedly',
    next: 'Nothing was changed. It is started again by itself; try once more, and run the doctor if it happens again.',
    retry: true,
  },
  MAIN_GONE: {
    title: 'The main process is gone',
    next: 'Nothing more can be done in this window. Close it and start Baleen again; what was stored is safe.',
    retry: false,
  },
};
