/**
 * The files of RRDP (RFC 8182) as XML: a notification without deltas and a snapshot, written and read. Where they lie and
 * when they are written is decided elsewhere; deltas of others are passed over.
 */
import { isPlainUri } from './plain-name.ts';
import {
  attribute,
  base64Of,
  base64Text,
  childrenOf,
  empty,
  onlyAttributes,
  oneOf,
  refuse,
} from './xml-shape.ts';
import { writeXml } from './xml-writer.ts';
import { readXml, type XmlElement, type XmlLimits } from './xml.ts';

const NAMESPACE = 'http://www.ripe.net/rpki/rrdp';
const SNAPSHOT_LIMITS: XmlLimits = { bytes: 268_435_456, elements: 500_000 };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Session {
  /** A UUID in lower case. */
  sessionId: string;
  /** From 1, one more with each publication of the session. */
  serial: bigint;
}

export interface RrdpNotification extends Session {
  snapshot: { uri: string; hash: string };
}

export interface RrdpSnapshot extends Session {
  objects: { uri: string; der: Uint8Array }[];
}

function read(
  bytes: Uint8Array,
  name: string,
  limits: Partial<XmlLimits>,
): { root: XmlElement; session: Session } {
  const root = readXml(bytes, limits);
  if (root.namespace !== NAMESPACE || root.name !== name) refuse(root, `is no ${name} of RFC 8182`);
  onlyAttributes(root, ['version', 'session_id', 'serial']);
  attribute(root, 'version', /^1$/, 'version 1');
  const session = {
    sessionId: attribute(root, 'session_id', UUID, 'UUID').toLowerCase(),
    serial: BigInt(attribute(root, 'serial', /^[1-9]\d{0,29}$/, 'serial number')),
  };
  return { root, session };
}

/** Throws RpkiError. */
export function readRrdpNotification(bytes: Uint8Array): RrdpNotification {
  const { root, session } = read(bytes, 'notification', {});
  const snapshot = oneOf(childrenOf(root, ['snapshot', 'delta']), 'snapshot', root);
  onlyAttributes(snapshot, ['uri', 'hash']);
  empty(snapshot);
  const uri = attribute(snapshot, 'uri', (value) => isPlainUri(value, 'https'), 'https URI');
  const hash = attribute(snapshot, 'hash', /^[0-9a-f]{64}$/i, 'SHA-256').toUpperCase();
  return { ...session, snapshot: { uri, hash } };
}

/** `hash` in upper-case hex. */
export function writeRrdpNotification({ sessionId, serial, snapshot }: RrdpNotification): Uint8Array {
  return writeXml(NAMESPACE, {
    name: 'notification',
    attributes: { version: '1', session_id: sessionId, serial: String(serial) },
    content: [{ name: 'snapshot', attributes: { uri: snapshot.uri, hash: snapshot.hash.toLowerCase() } }],
  });
}

/** Throws RpkiError. */
export function readRrdpSnapshot(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): RrdpSnapshot {
  const { root, session } = read(bytes, 'snapshot', { ...SNAPSHOT_LIMITS, ...limits });
  const objects = childrenOf(root, ['publish']).map((element) => {
    onlyAttributes(element, ['uri']);
    const uri = attribute(element, 'uri', (value) => isPlainUri(value, 'rsync'), 'rsync URI');
    return { uri, der: base64Of(element) };
  });
  return { ...session, objects };
}

export function writeRrdpSnapshot({ sessionId, serial, objects }: RrdpSnapshot): Uint8Array {
  return writeXml(NAMESPACE, {
    name: 'snapshot',
    attributes: { version: '1', session_id: sessionId, serial: String(serial) },
    content: objects.map(({ uri, der }) => ({
      name: 'publish',
      attributes: { uri },
      content: base64Text(der),
    })),
  });
}
