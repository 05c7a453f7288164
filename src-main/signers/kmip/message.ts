/**
 * A KMIP request with one operation, and its response (KMIP 1.4, 6 and 7). Which operation means what is told in
 * operations.ts; nothing is sent here.
 */
import {
  enumeration,
  integer,
  maybe,
  maybeStructure,
  need,
  needStructure,
  structure,
  text,
} from './items.ts';
import { CREDENTIAL_TYPE, OPERATION, type OperationName, RESULT_STATUS, TAG } from './names.ts';
import { decodeTtlv, encodeTtlv, TtlvError, type TtlvItem } from './ttlv.ts';

export interface KmipVersion {
  major: number;
  minor: number;
}

/** SECURITY: in every request, so it is kept as long as the connection. */
export interface KmipCredential {
  username: string;
  password: string;
}

/** The server did not do it: `status` and `reason` as it gave them. `message` is its own text, for "details". */
export class KmipResultError extends Error {
  override readonly name = 'KmipResultError';
  readonly operation: OperationName;
  readonly status: number;
  /** null: it gave none. */
  readonly reason: number | null;
  /** Of the response: what the server speaks. */
  readonly version: KmipVersion;
  constructor(
    operation: OperationName,
    failure: { status: number; reason: number | null; message: string; version: KmipVersion },
  ) {
    super(failure.message);
    this.operation = operation;
    this.status = failure.status;
    this.reason = failure.reason;
    this.version = failure.version;
  }
}

export const sameVersion = (one: KmipVersion, other: KmipVersion): boolean =>
  one.major === other.major && one.minor === other.minor;
export const versionText = ({ major, minor }: KmipVersion): string => `${major}.${minor}`;

/** Protocol Version as a structure. */
export function versionItem({ major, minor }: KmipVersion): TtlvItem {
  return structure(TAG.protocolVersion, [
    integer(TAG.protocolVersionMajor, major),
    integer(TAG.protocolVersionMinor, minor),
  ]);
}

/** Reads a Protocol Version structure. Throws TtlvError. */
export function readVersion(item: TtlvItem): KmipVersion {
  return {
    major: need(item, TAG.protocolVersionMajor, 'integer'),
    minor: need(item, TAG.protocolVersionMinor, 'integer'),
  };
}

/** The octets of a request. SECURITY: they hold the password; wipe them once they are sent. */
export function encodeRequest(request: {
  version: KmipVersion;
  operation: OperationName;
  payload: TtlvItem[];
  credential: KmipCredential | null;
  maxResponseBytes: number;
}): Uint8Array {
  const { credential } = request;
  const authentication =
    credential === null
      ? []
      : [
          structure(TAG.authentication, [
            structure(TAG.credential, [
              enumeration(TAG.credentialType, CREDENTIAL_TYPE.usernameAndPassword),
              structure(TAG.credentialValue, [
                text(TAG.username, credential.username),
                text(TAG.password, credential.password),
              ]),
            ]),
          ]),
        ];
  return encodeTtlv(
    structure(TAG.requestMessage, [
      structure(TAG.requestHeader, [
        versionItem(request.version),
        integer(TAG.maximumResponseSize, request.maxResponseBytes),
        ...authentication,
        integer(TAG.batchCount, 1),
      ]),
      structure(TAG.batchItem, [
        enumeration(TAG.operation, OPERATION[request.operation]),
        structure(TAG.requestPayload, request.payload),
      ]),
    ]),
  );
}

/** The payload of a response; an operation may answer without one. Throws KmipResultError, TtlvError. */
export function decodeResponse(octets: Uint8Array, operation: OperationName): TtlvItem {
  const message = decodeTtlv(octets);
  if (message.tag !== TAG.responseMessage) throw new TtlvError('it is no response message');
  const version = readVersion(needStructure(needStructure(message, TAG.responseHeader), TAG.protocolVersion));
  const item = needStructure(message, TAG.batchItem);
  const status = need(item, TAG.resultStatus, 'enumeration');
  if (status !== RESULT_STATUS.success)
    throw new KmipResultError(operation, {
      status,
      reason: maybe(item, TAG.resultReason, 'enumeration'),
      message: maybe(item, TAG.resultMessage, 'text') ?? '',
      version,
    });
  const answered = maybe(item, TAG.operation, 'enumeration');
  if (answered !== null && answered !== OPERATION[operation])
    throw new TtlvError(`it answers operation ${answered}, not ${OPERATION[operation]}`);
  return maybeStructure(item, TAG.responsePayload) ?? structure(TAG.responsePayload, []);
}
