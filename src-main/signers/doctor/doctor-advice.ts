/** Cause, check and fix of what is neither a result of PKCS#11 nor of KMIP: networks, TLS, bindings, speed. Data only. */
import type { Advice } from '../lifecycle/trouble.ts';

const UNKNOWN_NAME: Advice = {
  cause: 'The name is misspelt, or no name server of this machine knows it.',
  check: 'Ask for the name with `getent hosts` or `nslookup`.',
  fix: 'Mend the host under Signers, or give its address.',
};
const NOBODY_ANSWERS: Advice = {
  cause: 'The server does not run, listens on another port, or a firewall stands between.',
  check:
    'Look on the server whether it listens (`ss -ltn`), and from here whether the port answers (`nc -vz`).',
  fix: 'Start the server, open the firewall, or mend address and port under Signers. KMIP servers listen on port 5696.',
};
const NO_TLS: Advice = {
  cause: 'What answers at this port is no TLS server, or knows no version and cipher that is accepted here.',
  check: 'Look at it with `openssl s_client -connect host:port`.',
  fix: 'Give the port of KMIP, or let the server speak TLS 1.2 or newer.',
};
const CLIENT_REFUSED: Advice = {
  cause: 'The server asks for a client certificate and does not believe the one it got, or got none.',
  check: 'Look at the log of the server, and who issued the client certificate.',
  fix: 'Name a client certificate and its key of an authority that the server trusts.',
};

const TABLE: Readonly<Record<string, Advice>> = {
  ENOTFOUND: UNKNOWN_NAME,
  EAI_AGAIN: UNKNOWN_NAME,
  ECONNREFUSED: NOBODY_ANSWERS,
  ETIMEDOUT: NOBODY_ANSWERS,
  EHOSTUNREACH: NOBODY_ANSWERS,
  ENETUNREACH: NOBODY_ANSWERS,
  UNREACHABLE: NOBODY_ANSWERS,
  OFFLINE: {
    cause:
      'An offline station connects to its one HSM by address, or with none in force to the one that is examined, and to nothing else.',
    check: 'Compare host and port with the address of the HSM.',
    fix: 'Give the address of the HSM and not its name, and examine it again.',
  },
  EPROTO: NO_TLS,
  ECONNRESET: NO_TLS,
  INVALID_INPUT: {
    cause:
      'A certificate or key file of this signer cannot be read, is another kind of file, or the two are no pair.',
    check: 'Look at the files with `openssl x509 -in` and `openssl pkey -in`.',
    fix: 'Choose the right files under Signers: PEM, the key without a passphrase.',
  },
  PEER_UNTRUSTED: {
    cause:
      'The certificate of the server is of no authority that is named here, is for another name, or is out of date.',
    check:
      'Let the doctor show its fingerprint, and compare it with the one that the operator of the server reads to you.',
    fix: 'Name the authority of the server under Signers, or pin its certificate in the doctor; never tick "insecure" for this.',
  },
  PEER_CHANGED: {
    cause: 'The certificate of the server was renewed, or somebody else answers in its place.',
    check:
      'Let the operator of the server read the SHA-256 fingerprint of its certificate to you, and compare it with the one that it shows.',
    fix: 'When they are the same, pin the new one in the doctor, or put it into the file of the pinned one, and press "Test". When not, leave it as it is.',
  },
  PEER_REFUSED: CLIENT_REFUSED,
  CLIENT_CERTIFICATE_OVER: {
    cause: 'It was not renewed, or the clock of this machine is wrong; the server does not take it.',
    check: 'Compare its dates, which the doctor shows with its files, with the clock of this machine.',
    fix: 'Have a new client certificate issued, and name it under Signers.',
  },
  NO_KMIP: {
    cause: 'Another kind of server answers at this port.',
    check: 'Ask what runs at this address and port.',
    fix: 'Give address and port of the KMIP server.',
  },
  CONNECTION_CLOSED: {
    cause: 'The server took the connection and closed it: it may be busy, shut us out, or be no KMIP server.',
    check: 'Look at the log of the server.',
    fix: 'Do what its log says, or mend address and port.',
  },
  READ_TIMEOUT: {
    cause: 'The server took the request and did not answer in time.',
    check: 'Look at the load and the log of the server.',
    fix: 'Raise read_timeout_seconds under Signers if the device is slow.',
  },
  OPERATIONS_MISSING: {
    cause: 'The server does not announce everything that a signer needs.',
    check:
      'Let the doctor list the operations, and compare them with the manual of the server: some do more than they announce (PyKMIP and Modify Attribute).',
    fix: 'Use another server, or tick "force" if you know that it does it all the same.',
  },
  MISSING_OPERATION: {
    cause: 'The library leaves out a function that every signer needs.',
    check: 'Let the doctor list the functions, and look at the release notes of the vendor.',
    fix: 'Install the newest library of the vendor, or use another device.',
  },
  NO_KEY_TYPE: {
    cause:
      'The device offers no mechanism by which RSA or P-256 keys are made and used, or its policy hides them.',
    check: 'Look at the list of mechanisms and at the policy of the device (FIPS modes hide some).',
    fix: 'Allow RSA or ECDSA signatures on the device, or use another one.',
  },
  KEY_TYPE: {
    cause: 'The device made another kind of key than it was asked for.',
    check: 'Look at its log.',
    fix: 'Use another key type or another device.',
  },
  WRONG_SIGNATURE: {
    cause: 'The device signs with another key than it shows, or its library damages signatures.',
    check: 'Let the tool of the vendor sign and verify.',
    fix: 'Do not use this device before its vendor has looked at it.',
  },
  TEST_KEYS_LEFT: {
    cause:
      'The examination was cancelled while the device was busy, so its test keys could not be destroyed.',
    check: 'Look at the list of keys of this signer.',
    fix: 'Examine it again, which destroys them, or press “Destroy…” in the list of its keys.',
  },
  NOT_DESTROYED: {
    cause: 'The device says that it destroyed the key, and still has it.',
    check: 'List the keys with the tool of the vendor.',
    fix: 'Destroy the test key with the tool of the vendor, and allow this user to destroy keys.',
  },
  ANOTHER_DEVICE: {
    cause: 'The settings lead to another device, or the device was made anew and its keys are gone.',
    check: 'Compare the serial that the signer shows with the one on the device.',
    fix: 'Connect the right device or restore its backup; make a new signer for a new device.',
  },
  IDENTITY_LOST: {
    cause: 'Somebody destroyed the identity key, or the device was made anew under its old serial.',
    check: 'Compare the keys on the device with those of the workspace.',
    fix: 'Restore its backup, or bind the signer again when it still has its keys.',
  },
  PIN_UNANSWERED: {
    cause: 'The device, its library or its server ended or fell silent while it had the PIN.',
    check: 'Look at the device itself, and with its own tool how many tries are left.',
    fix: 'When it is well again, log in and type the PIN.',
  },
  LEFT_BEHIND: {
    cause: 'A key was begun and not finished, and what was made could not be taken away.',
    check: 'Look for the objects that the doctor names.',
    fix: 'Destroy them with the tool of the server.',
  },
};

/** null: another table knows it. */
export function doctorAdvice(code: string): Advice | null {
  if (Object.hasOwn(TABLE, code)) return TABLE[code] ?? null;
  if (/ALERT_(?:HANDSHAKE_FAILURE|.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/.test(code)) return CLIENT_REFUSED;
  return code.startsWith('ERR_SSL') ? NO_TLS : null;
}
