/** What went wrong on the way to a server, as one sentence for the operator. It names host and port, never a header or a body. */
import type { ErrorCode } from '#shared/errors.ts';
import { AppError, errorText } from '../../../lib/app-error.ts';

const SENTENCES: Readonly<Record<string, (where: string) => string>> = {
  ECONNREFUSED: (where) => `Nothing answers at ${where}: start the server, or mend address and port.`,
  ENOTFOUND: (where) => `The name of ${where} is not known: mend the address, or look at the name server.`,
  EAI_AGAIN: (where) => `The name server did not answer for ${where}: look at the network and try again.`,
  ECONNRESET: (where) => `${where} broke off the connection: look at its log and try again.`,
  EPIPE: (where) => `${where} broke off the connection: look at its log and try again.`,
  ETIMEDOUT: (where) => `${where} did not answer in time: look whether a firewall stands between.`,
  EHOSTUNREACH: (where) => `No way leads to ${where}: look at the network.`,
  ENETUNREACH: (where) => `No way leads to ${where}: look at the network.`,
  ENOENT: (where) => `There is no ${where}: start the server, or mend the path.`,
  EPROTO: (where) => `${where} speaks no TLS that is accepted here: look whether the port is the right one.`,
};

/** A header with a line break in it and the like. */
const OURS = /^ERR_(?:INVALID|UNESCAPED|HTTP_INVALID)/;

/** The alerts with which a TLS server turns a client certificate away (RFC 5246 7.2.2, RFC 8446 6.2). */
const CLIENT_REFUSED =
  /ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN|REQUIRED)|UNKNOWN_CA|ACCESS_DENIED)$/;

/** What ended a TLS stream of ours: PEER_REFUSED when the server turned the client certificate away, else as `netFault`. */
export function dialFault(error: unknown, where: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (CLIENT_REFUSED.test(code))
    return fault(
      'PEER_REFUSED',
      `${where} does not accept the client certificate: choose one of an authority that the server trusts.`,
      error,
    );
  if (code.endsWith('ALERT_HANDSHAKE_FAILURE'))
    return fault(
      'PEER_REFUSED',
      `${where} ended the TLS handshake: it may want a client certificate, or know no cipher that is accepted here.`,
      error,
    );
  return netFault(error, where);
}

/** AppError UNREACHABLE or PERMISSION_DENIED for what a network does; an AppError and a bug of ours pass as they are. */
export function netFault(error: unknown, where: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof AppError || code === '' || OURS.test(code)) return error;
  if (code === 'EACCES' || code === 'EPERM')
    return fault('PERMISSION_DENIED', `The system refused ${where}: mend its permissions.`, error);
  const known = code.startsWith('ERR_SSL') ? SENTENCES['EPROTO'] : SENTENCES[code];
  const sentence = code.startsWith('HPE_')
    ? `${where} answered with something that is no HTTP: look whether address and port are right.`
    : (known?.(where) ?? `The exchange with ${where} failed: try again, and look at its log.`);
  return fault('UNREACHABLE', sentence, error);
}

function fault(code: ErrorCode, sentence: string, error: unknown): AppError {
  return new AppError(code, sentence, { library: errorText(error) }, { cause: error });
}

/** Why a listener could not begin. */
export function listenFault(error: unknown, host: string, port: number): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const library = { library: errorText(error) };
  if (code === 'EADDRINUSE')
    return new AppError(
      'NOT_ALLOWED_NOW',
      `Port ${port} of ${host} is taken by another program: choose another port.`,
      library,
    );
  if (code === 'EADDRNOTAVAIL')
    return new AppError('INVALID_INPUT', `${host} is no address of this machine: choose another.`, library);
  if (code === 'EACCES')
    return new AppError(
      'PERMISSION_DENIED',
      `The system refused port ${port}: choose one above 1023.`,
      library,
    );
  if (code.startsWith('ERR_OSSL') || code.startsWith('ERR_TLS'))
    return new AppError(
      'INVALID_INPUT',
      'The TLS key and certificate of the listener do not fit: choose others.',
      library,
    );
  return new AppError('NOT_ALLOWED_NOW', `Listening on ${host} port ${port} failed.`, library, {
    cause: error,
  });
}
