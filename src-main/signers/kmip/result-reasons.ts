/**
 * What a KMIP server says when it refuses (Result Reason: KMIP 1.4, 9.1.3.2.29; from 25 on KMIP 2.0, 11.47), and what to
 * do then: as data, for the signer's state and for the doctor. Nothing is decided here beyond the word of trouble.
 */
import type { DeviceTrouble } from '../device.ts';

export interface ResultReason {
  /** As the standard writes it. */
  name: string;
  trouble: DeviceTrouble;
  /** One sentence: what happened. */
  text: string;
  cause: string;
  check: string;
  fix: string;
}

const LOG = 'Look into the log of the KMIP server at the time of the attempt.';
const RIGHTS = 'Ask the administrator of the server which rights the client certificate and the user have.';

type Row = [number, string, DeviceTrouble, string, string, string, string];

const ROWS: Row[] = [
  [
    1,
    'Item Not Found',
    'key-gone',
    'The server knows no object of that identifier.',
    'The key was destroyed there, the server was restored from an older backup, or it shows this client other objects than before.',
    'Look for the identifier on the server, and whether the same client certificate and user are configured as when the key was made.',
    'Configure the client that owns the key, or restore the key on the server.',
  ],
  [
    2,
    'Response Too Large',
    'refused',
    'The answer is longer than this signer accepts.',
    'The server holds many objects, or max_response_bytes is small.',
    'Compare max_response_bytes with the number of objects on the server.',
    'Raise max_response_bytes in the settings of the signer.',
  ],
  [
    3,
    'Authentication Not Successful',
    'pin-refused',
    'The server does not accept the user name and password.',
    'The password is wrong or has changed, the user is unknown, or the server wants another client certificate.',
    'Log in on the server with the same user and password.',
    'Mend the user name in the settings, and type the password again.',
  ],
  [
    4,
    'Invalid Message',
    'refused',
    'The server does not understand the request.',
    'It speaks KMIP in a way of its own, or an extension is missing there.',
    LOG,
    'Update the server, or report this to its vendor with the details.',
  ],
  [
    5,
    'Operation Not Supported',
    'unsupported',
    'The server does not do this operation.',
    'Its version or licence lacks it, or the client may not use it.',
    'Compare the list of operations that the server announces.',
    'Update the server or its licence, or use another device.',
  ],
  [
    6,
    'Missing Data',
    'refused',
    'The server misses something in the request.',
    'It demands attributes that the standard does not.',
    LOG,
    'Look for such demands in the settings of the server, or report this to its vendor.',
  ],
  [
    7,
    'Invalid Field',
    'refused',
    'The server does not accept a value in the request.',
    'It does not know the algorithm, the length or the attribute.',
    LOG,
    'Choose another key type, or allow this one on the server.',
  ],
  [
    8,
    'Feature Not Supported',
    'unsupported',
    'The server lacks a feature that the request uses.',
    'Its version lacks the algorithm, the attribute or the combination.',
    LOG,
    'Choose another key type, or update the server.',
  ],
  [
    9,
    'Operation Canceled By Requester',
    'cancelled',
    'The operation was cancelled.',
    'Somebody cancelled it on the server.',
    LOG,
    'Try it again.',
  ],
  [
    10,
    'Cryptographic Failure',
    'refused',
    'The cryptography of the server failed.',
    'Its HSM is not ready, or the key does not suit the operation.',
    'Look at the state of the HSM behind the server.',
    'Bring the HSM back into service and try again.',
  ],
  [
    11,
    'Illegal Operation',
    'refused',
    'The server does not allow this operation on this object.',
    'The object is in another state, or of another kind, than the operation wants.',
    'Look at the state of the key on the server: it has to be active to sign.',
    'Activate the key, or roll to a new one when it was revoked.',
  ],
  [
    12,
    'Permission Denied',
    'refused',
    'The server does not permit it.',
    'The client certificate or user lacks the right, the key belongs to another client, or its state forbids it.',
    RIGHTS,
    'Grant the right, or configure the client certificate that owns the key.',
  ],
  [
    13,
    'Object Archived',
    'refused',
    'The key is archived on the server.',
    'Somebody archived it.',
    'Look at the key on the server.',
    'Recover it from the archive there.',
  ],
  [
    14,
    'Index Out Of Bounds',
    'refused',
    'The attribute to change is not there.',
    'The server gave the object no name when it was made.',
    LOG,
    'Report this to the vendor of the server with the details.',
  ],
  [
    15,
    'Application Namespace Not Supported',
    'unsupported',
    'The server does not know the application namespace.',
    'A policy of the server demands one.',
    LOG,
    'Mend the policy of the server.',
  ],
  [
    16,
    'Key Format Type Not Supported',
    'unsupported',
    'The server cannot give the public key in this format.',
    'It knows other formats only.',
    LOG,
    'Update the server, or use another device.',
  ],
  [
    19,
    'Key Value Not Present',
    'refused',
    'The server does not keep the value of this key.',
    'It keeps the key elsewhere.',
    'Look at the key on the server.',
    'Bring the key back to the server.',
  ],
  [
    20,
    'Attestation Required',
    'unsupported',
    'The server demands attestation of the client.',
    'A policy demands it, and Baleen does not attest.',
    'Look at the policies of the server.',
    'Take this demand off this client.',
  ],
  [
    24,
    'Object Already Exists',
    'refused',
    'An object of that name exists already.',
    'A former attempt left it, or two clients use one name.',
    'Look for the name on the server.',
    'Destroy what a former attempt left, and try again.',
  ],
  [
    26,
    'Usage Limit Exceeded',
    'refused',
    'The key has been used as often as the server permits.',
    'A usage limit is set on it.',
    'Look at the usage limits of the key on the server.',
    'Raise the limit, or roll to a new key.',
  ],
  [
    34,
    'Attribute Read Only',
    'refused',
    'The server does not let the attribute be changed.',
    'A policy of the server fixes it.',
    RIGHTS,
    'Let clients rename their keys.',
  ],
  [
    36,
    'Bad Cryptographic Parameters',
    'unsupported',
    'The server does not accept the parameters of the signature.',
    'It knows other paddings or hashes.',
    LOG,
    'Choose another key type, or update the server.',
  ],
  [
    37,
    'Bad Password',
    'pin-refused',
    'The server does not accept the password.',
    'It is wrong or has changed.',
    'Log in on the server with the same user and password.',
    'Type the password again.',
  ],
  [
    42,
    'Internal Server Error',
    'unreachable',
    'The server failed inside.',
    'It or the HSM behind it is in trouble.',
    LOG,
    'Mend the server; it is tried again.',
  ],
  [
    53,
    'Non Unique Name Attribute',
    'refused',
    'The name of the key is taken on the server.',
    'A former attempt left a key, or two clients use one name.',
    'Look for the name on the server.',
    'Destroy what a former attempt left, and try again.',
  ],
  [
    54,
    'Object Destroyed',
    'key-gone',
    'The key was destroyed on the server.',
    'Somebody destroyed it.',
    'Look at the history of the key on the server.',
    'Restore the server, or roll to a new key.',
  ],
  [
    55,
    'Object Not Found',
    'key-gone',
    'The server knows no object of that identifier.',
    'The key was destroyed there, or the server shows this client other objects than before.',
    'Look for the identifier on the server.',
    'Configure the client that owns the key, or restore the key on the server.',
  ],
  [
    57,
    'Not Authorised',
    'refused',
    'The server does not permit it.',
    'The client certificate or user lacks the right.',
    RIGHTS,
    'Grant the right.',
  ],
  [
    58,
    'Server Limit Exceeded',
    'unreachable',
    'The server has too much to do.',
    'Too many clients or requests at a time.',
    LOG,
    'Lower max_connections, or try again later.',
  ],
  [
    62,
    'Unsupported Cryptographic Parameters',
    'unsupported',
    'The server does not know the parameters of the key or signature.',
    'It knows other algorithms, lengths or curves.',
    LOG,
    'Choose another key type, or update the server.',
  ],
  [
    63,
    'Unsupported Protocol Version',
    'unsupported',
    'The server speaks other versions of KMIP.',
    'It is much older or newer.',
    'Look which versions the server speaks; Baleen speaks 1.0 to 1.4 and 2.0.',
    'Update the server, or allow one of these versions there.',
  ],
  [
    67,
    'Wrong Key Lifecycle State',
    'refused',
    'The key is in a state that forbids this.',
    'It is not active yet, or was revoked.',
    'Look at the state of the key on the server.',
    'Activate it, or roll to a new key when it was revoked.',
  ],
  [
    256,
    'General Failure',
    'refused',
    'The server refused without a reason.',
    'Only the server knows.',
    LOG,
    'Do what its log says, and try again.',
  ],
];

const TABLE: ReadonlyMap<number, ResultReason> = new Map(
  ROWS.map(([code, name, trouble, text, cause, check, fix]) => [
    code,
    { name, trouble, text, cause, check, fix },
  ]),
);

/** The row of a reason; one that is not in the table, or none at all, is told by its number. */
export function resultReason(code: number | null): ResultReason {
  return (
    (code === null ? undefined : TABLE.get(code)) ?? {
      name: code === null ? 'No Reason' : `Reason 0x${code.toString(16).padStart(8, '0')}`,
      trouble: 'refused',
      text: 'The server refused it.',
      cause: 'Only the server knows.',
      check: LOG,
      fix: 'Do what its log says, and try again.',
    }
  );
}

/** By the code that DeviceError carries ("Item Not Found"); null for what is no result of KMIP. */
export function resultReasonNamed(name: string): ResultReason | null {
  return [...TABLE.values()].find((row) => row.name === name) ?? null;
}
