/** Names of the RPKI that become parts of paths: handles and URIs in their plain form. Nothing is resolved. */

/** RFC 8183 appendix A; "\" too, as Krill takes it. */
const HANDLE = /^[-_A-Za-z0-9/\\]{1,255}$/;

export function isHandle(text: string): boolean {
  return HANDLE.test(text);
}

/** Windows keeps these for devices, whatever follows the first dot: no file or folder can be called so there. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

export const isDeviceName = (element: string): boolean => DEVICE.test(element);

/** The part of a handle that cannot be a file or folder on Windows; null: all of it can. */
export const deviceIn = (handle: string): string | null => handle.split(/[/\\]/).find(isDeviceName) ?? null;

/** What is wrong with it, and what to do. */
export const deviceText = (name: string): string =>
  `“${name}” is a name that Windows keeps for a device: neither its folder nor its file could be written there. Choose another handle.`;

/** RFC 3986: host and port, without a user; a path of its characters, without query and fragment. */
const PARTS =
  /^([a-z]+):\/\/((?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d*)?)(\/[\w\-.~!$&'()*+,;=:@%/]*)$/i;

/** "%41" for "A" is another spelling of one place, and "%2F" of a separator (RFC 3986 2.3, 6.2.2.2). */
function isPlainlySpelled(path: string): boolean {
  const escapes = path.match(/%.{0,2}/gs) ?? [];
  return escapes.every(
    (one) =>
      /^%[0-9A-F]{2}$/i.test(one) &&
      !/[\w\-.~/\\\0]/.test(String.fromCodePoint(Number.parseInt(one.slice(1), 16))),
  );
}

/**
 * One place in one spelling (RFC 3986, krill-ta.md 10.1, 10.9): bounded, no user, no element that begins with a dot,
 * nothing behind the path; rsync names a module and has no empty element.
 */
export function isPlainUri(uri: string, scheme: 'rsync' | 'https'): boolean {
  const match = uri.length > 2048 ? null : PARTS.exec(uri);
  const path = match?.[3] ?? '';
  return (
    match !== null &&
    match[1]?.toLowerCase() === scheme &&
    isPlainlySpelled(path) &&
    path.split('/').every((element) => !element.startsWith('.')) &&
    (scheme === 'https' || (!path.includes('//') && /^\/[^/]+\/.*$/.test(path)))
  );
}

/** A plain URI of a file: it has a last element. */
export function isFileUri(uri: string, scheme: 'rsync' | 'https'): boolean {
  return isPlainUri(uri, scheme) && !uri.endsWith('/');
}

/** The file name of a notification of RRDP. */
export function isNotificationName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\.xml$/.test(name);
}

/**
 * Where RRDP's notification is (RFC 8182 3.2, 3.4.1): a plain https URI of a file that ends in .xml, as Krill and others name theirs. Of what
 * is chosen here; other people's certificates may name any file.
 */
export function isNotificationUri(uri: string): boolean {
  return isFileUri(uri, 'https') && isNotificationName(uri.slice(uri.lastIndexOf('/') + 1));
}

/** What to do where it is none, as a sentence. */
export const NOTIFICATION_FIX =
  'Write the whole https URI of the file, like https://rpki.example.net/rrdp/notification.xml.';

/** A plain rsync URI of a folder. */
export function isFolderUri(uri: string): boolean {
  return isPlainUri(uri, 'rsync') && uri.endsWith('/');
}

/** RFC 9286 4.2.2 with the endings of IANA's "RPKI Repository Name Schemes". */
const FILE_NAME = /^[A-Za-z0-9_-]+\.(?:asa|ccr|cdr|cer|crl|gbr|mft|roa|sig|spl|tak)$/;

/** A name that a manifest may list. */
export function isFileName(name: string): boolean {
  return FILE_NAME.test(name) && name.length <= 255;
}

/** The manifest lies in the folder itself, under a name that publishing takes. */
export function isManifestIn(manifest: string, folder: string): boolean {
  const name = manifest.slice(folder.length);
  return manifest.startsWith(folder) && isFileName(name) && name.endsWith('.mft');
}

/** Where messages are sent: http or https (RFC 8183 5.2.2, 5.2.4). */
export function isServiceUri(uri: string): boolean {
  return /^https?:\/\/[\u0021-\u007e]{1,4000}$/i.test(uri) && URL.canParse(uri);
}

/**
 * Scheme and authority in small letters, without the port that is meant anyway and without the dot of the root: two URIs of one
 * place are equal then (RFC 3986 6.2, RFC 1034 3.1).
 */
export function plainForm(uri: string): string {
  const match = /^([a-z]+:\/\/)([^/]*)(.*)$/i.exec(uri);
  if (match === null) return uri;
  const [, scheme = '', authority = '', path = ''] = match;
  const plain = scheme.toLowerCase();
  const port = plain === 'rsync://' ? /:(?:0*873)?$/ : /:(?:0*443)?$/;
  return `${plain}${authority
    .toLowerCase()
    .replace(port, '')
    .replace(/\.(?=:|$)/, '')}${path}`;
}
