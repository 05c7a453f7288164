/** From whatever went wrong with a KMIP server to the closed words of the device port. No decision beyond the word. */
import { inFours } from '#shared/fingerprint-text.ts';
import { AppError, errorText } from '../../lib/app-error.ts';
import { type DeviceTrouble, DeviceError } from '../device.ts';
import { ConnectionError } from './connection.ts';
import type { KmipContact } from './contact.ts';
import { KmipResultError } from './message.ts';
import { OPERATION_TITLES, RESULT_STATUS } from './names.ts';
import { resultReason } from './result-reasons.ts';
import { TtlvError } from './ttlv.ts';

const CONNECTION: Record<ConnectionError['kind'], [DeviceTrouble, string, (where: string) => string]> = {
  closed: [
    'unreachable',
    'CONNECTION_CLOSED',
    (where) => `${where} closed the connection: look at its log, and whether the port is that of KMIP.`,
  ],
  'read-timeout': [
    'unreachable',
    'READ_TIMEOUT',
    (where) => `${where} did not answer in time: look at its load, or raise read_timeout_seconds.`,
  ],
  'write-timeout': [
    'unreachable',
    'WRITE_TIMEOUT',
    (where) => `${where} did not take the request in time: look at its load, or raise write_timeout_seconds.`,
  ],
  'too-large': [
    'refused',
    'RESPONSE_TOO_LARGE',
    (where) => `${where} answers with more octets than are accepted: raise max_response_bytes.`,
  ],
  junk: [
    'misconfigured',
    'NO_KMIP',
    (where) =>
      `${where} sends octets that nobody asked for: look whether address and port are those of a KMIP server.`,
  ],
  cancelled: ['cancelled', 'CANCELLED', () => 'It was cancelled.'],
};

const NETWORK: Partial<Record<AppError['code'], DeviceTrouble>> = {
  PEER_UNTRUSTED: 'misconfigured',
  PEER_REFUSED: 'misconfigured',
  INVALID_INPUT: 'misconfigured',
  PERMISSION_DENIED: 'misconfigured',
  OFFLINE: 'misconfigured',
  CANCELLED: 'cancelled',
};

/** A server that shows another certificate than its pinned one, with both fingerprints; any other failure as it is. */
export function changedPeer(error: unknown, trust: KmipContact['trust'], host: string): unknown {
  const pinned = typeof trust === 'object' && 'sha256' in trust ? trust.sha256 : null;
  const shown =
    error instanceof AppError && error.code === 'PEER_UNTRUSTED' ? error.details?.fingerprint : null;
  if (pinned === null || typeof shown !== 'string') return error;
  return new DeviceError(
    'misconfigured',
    'PEER_CHANGED',
    `${host} shows another certificate than the pinned one, so nothing was sent. SHA-256 of the pinned one: ${inFours(pinned)}. Of the one that it shows: ${inFours(shown)}. Compare them with the server before you pin the new one.`,
  );
}

/** The other end speaks no TLS: that stays so until address or port is another. */
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNSUPPORTED_PROTOCOL/;

/** `where`: host and port, for sentences. `withPassword`: credentials were sent, so it may be those that were refused. */
export function deviceFault(error: unknown, where: string, withPassword: boolean): unknown {
  if (error instanceof KmipResultError) return resultFault(error, where, withPassword);
  if (error instanceof ConnectionError) {
    const [trouble, code, sentence] = CONNECTION[error.kind];
    return new DeviceError(trouble, code, sentence(where), error.message);
  }
  if (error instanceof TtlvError)
    return new DeviceError(
      'misconfigured',
      'NO_KMIP',
      `${where} answers with something that is no KMIP: look whether address and port are those of a KMIP server.`,
      error.message,
    );
  if (error instanceof AppError) {
    const { cause } = error;
    const system = cause instanceof Error && 'code' in cause ? String(cause.code) : error.code;
    return new DeviceError(
      NO_TLS.test(system) ? 'misconfigured' : (NETWORK[error.code] ?? 'unreachable'),
      system,
      error.message,
      error.details?.library ?? error.details?.fingerprint ?? '',
    );
  }
  return error;
}

function resultFault(error: KmipResultError, where: string, withPassword: boolean): DeviceError {
  const said = error.message === '' ? errorText(error) : error.message;
  if (error.status === RESULT_STATUS.pending)
    return new DeviceError(
      'unsupported',
      'Operation Pending',
      `${where} answers later and not at once, which is not supported: let it answer this client synchronously.`,
      said,
    );
  const row = resultReason(error.reason);
  if (row.trouble === 'pin-refused' && !withPassword)
    return new DeviceError(
      'misconfigured',
      row.name,
      `${where} does not let this client in: give it a user name and password, or another client certificate.`,
      said,
    );
  return new DeviceError(
    row.trouble,
    row.name,
    `${OPERATION_TITLES[error.operation]}: ${row.text} ${row.fix}`,
    said,
  );
}
