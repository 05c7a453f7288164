/**
 * What the application needs from outside, as the shells (and tests) supply it: time, randomness, dialogs,
 * clipboard, network, power, folders. No implementation here, and nothing that knows of Electron or Chromium.
 */
import type { AppEvent } from '#shared/bridge.ts';

export interface Clock {
  /** Wall clock, UTC. */
  now(): Date;
  /** Calls `task` once after `ms`; returns the function that cancels it. A timer never keeps the process alive. */
  after(ms: number, task: () => void): () => void;
}

export interface Random {
  /** Cryptographically secure. */
  bytes(length: number): Uint8Array;
}

/** Native pickers. Each answers an absolute path, or null when the operator cancelled. */
export interface Dialogs {
  folder(options: { title: string; start: string }): Promise<string | null>;
  saveFile(options: { title: string; start: string; name: string }): Promise<string | null>;
  openFile(options: { title: string; start: string }): Promise<string | null>;
}

export interface Clipboard {
  /** `secret`: it will be taken away again by `clearIf`, at the latest before the window goes. */
  write(text: string, secret: boolean): Promise<void>;
  /** Empties the clipboard if it still holds `text`. */
  clearIf(text: string): Promise<void>;
}

/**
 * Who is believed to be the server of a TLS connection. `system`: the public authorities, with the host name. `sha256`:
 * this one certificate (upper-case hex over its DER), whatever its names and dates. `caPem`: these authorities alone,
 * with the host name.
 */
export type Trust = 'system' | { sha256: string } | { caPem: string };

export interface NetRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `https://`, `http://`, or the path of a UNIX socket as `unix:///run/krill/krill.sock`. */
  url: string;
  /** What is asked of a UNIX socket; with the other URLs it stands in the URL. */
  path?: string;
  headers?: Readonly<Record<string, string>>;
  /** Missing: no body at all. */
  body?: Uint8Array;
  trust: Trust;
  /** http:// goes to loopback addresses only, unless this is set. */
  allowPlainHttp?: boolean;
  /** From the first step to the last octet of the answer. */
  timeoutMs: number;
  /** Of the answer's body. */
  maxBytes: number;
  signal?: AbortSignal;
}

export interface NetAnswer {
  /** Any: redirects are not followed. */
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** DER of the server's certificate; null without TLS. */
  peer: Uint8Array | null;
}

export interface NetListen {
  /** An address of this machine; nothing else is listened on. */
  host: string;
  /** 0: any free one. */
  port: number;
  tls: { keyPem: string; certPem: string } | null;
  /** Of a request: refused by its announced length before it is read, and while it is read. */
  maxBodyBytes: number;
  /** It goes on listening when the workspace is locked, and its handler says what then; it ends when that is closed. */
  staysWhileLocked?: boolean;
  /** Told once when it has ended, by whomever, before `close` resolves. */
  ended?(): void;
}

/** A request as a listener got it. */
export interface NetCall {
  method: string;
  /** Path and query as they were sent. */
  path: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** Address of the caller. */
  client: string;
}

export interface NetReply {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array;
}

export type NetHandler = (call: NetCall) => Promise<NetReply>;

export interface Listener {
  port: number;
  /** false once it was closed, by whomever. */
  isOpen(): boolean;
  /** Ends it with every connection it has. */
  close(): Promise<void>;
}

/** A TLS connection that is not HTTP: a KMIP server's. */
export interface NetDial {
  /** Name or address; an offline station reaches the one address only that its operator named for an HSM. */
  host: string;
  port: number;
  /** `any`: SECURITY: no check at all; the operator chose `insecure` and the screen says so. */
  trust: Trust | 'any';
  client: { certPem: string; keyPem: string } | null;
  /** Until the handshake is done. */
  timeoutMs: number;
  /** Gives up dialling; an open stream is ended by `close`. */
  signal?: AbortSignal;
}

export interface NetStream {
  /** DER of the server's certificate. */
  peer: Uint8Array;
  /** Resolves when it was handed to the system. Rejects with AppError UNREACHABLE once the connection is over. */
  write(bytes: Uint8Array): Promise<void>;
  /** The next octets as they come, null at the end. One call at a time. Rejects as `write` does. */
  read(): Promise<Uint8Array | null>;
  close(): void;
}

/**
 * HTTP in both directions, and TLS as a client. Refusals are AppError: UNREACHABLE, PEER_UNTRUSTED (details: the fingerprint found),
 * TOO_LARGE, INVALID_INPUT, CANCELLED. Domains get it behind lib/net-gate.ts, never bare.
 */
export interface Net {
  request(request: NetRequest): Promise<NetAnswer>;
  /** DER of the certificate that an https server shows; it is not believed and nothing is sent. */
  peek(url: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<Uint8Array>;
  listen(options: NetListen, handler: NetHandler): Promise<Listener>;
  /** PEER_REFUSED when the server wants another client certificate; with TLS 1.3 it is the first `read` that says so. */
  dial(options: NetDial): Promise<NetStream>;
}

/** A process of its own for native code that may crash or hang (signers/pkcs11/host.ts). */
export interface SignerHost {
  /** Structured clone; never throws. SECURITY: a PIN goes this way and no other. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Once, however it ended: its exit code or the name of the signal. */
  onExit(listener: (how: { code: number | null; signal: string | null }) => void): void;
  /** Ends it at once (SIGKILL); `onExit` follows. */
  kill(): void;
}

export interface SignerHosts {
  /** `environment`: what the module reads (SOFTHSM2_CONF); beside it the child gets only what any program needs. */
  start(options: { environment: Readonly<Record<string, string>> }): SignerHost;
}

/** A mounted medium that a person carries: a stick, a card. */
export interface Volume {
  /** Where its files are, absolute. */
  path: string;
  /** Its own name, or that of its folder. */
  label: string;
  totalBytes: number;
  /** What this process may still write. */
  freeBytes: number;
}

export interface Volumes {
  /** What is plugged in now, by path. Never rejects: what cannot be asked is not there, and the log says why. */
  list(): Promise<Volume[]>;
}

export interface Ports {
  clock: Clock;
  random: Random;
  /** SECURITY: for the gate alone, which an offline station keeps shut. */
  net: Net;
  /** Where native code of others is loaded, and nowhere else. */
  signerHosts: SignerHosts;
  dialogs: Dialogs;
  volumes: Volumes;
  clipboard: Clipboard;
  /** Sends an event to the window; never throws. */
  emit(event: AppEvent): void;
  /** Runs when the machine is about to sleep or its screen is locked. */
  onSuspend(listener: () => void): void;
  /** Ends the application; the shell closes its window. */
  quit(): void;
  /** One JSON line of the log, already redacted. */
  logLine(line: string): void;
  paths: {
    /** Settings, recent list; made with mode 0700. */
    config: string;
    /** Where new workspaces are suggested. */
    workspaces: string;
    /** Folder of the workspace to start with (`--workspace DIR`), absolute; null: the recent list decides. */
    workspace: string | null;
  };
  /** Entry files of the worker threads: bundled ones in the application, sources in tests. */
  workers: { store: URL };
  version: string;
  /** Sentences about this start for the operator (shell fallback, root without sandbox). */
  notices: string[];
}
