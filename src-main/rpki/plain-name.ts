/** Names of the RPKI that become parts of paths: handles and URIs in their plain form. Nothing is resolved. */

/** RFC 8183 appendix A; "\" too, as Krill takes it. */
const HANDLE = /^[-_A-Za-z0-9/\\]{1,255}$/;

export function isHandle(text: string): boolean {
  return HANDLE.test(text);
}

/** ASCII, bounded, no element that leads out of a folder, nothing behind the path (krill-ta.md 10.1). */
export function isPlainUri(uri: string, scheme: 'rsync' | 'https'): boolean {
  const match = /^([a-z]+):\/\/([^/\s?#]+)(\/[^\s?#]*)$/i.exec(uri);
  return (
    match !== null &&
    match[1]?.toLowerCase() === scheme &&
    /^[\u0021-\u007e]{1,2048}$/.test(uri) &&
    (match[3] ?? '').split('/').every((element) => !element.startsWith('.')) &&
    !(match[3] ?? '').includes('//') &&
    (scheme === 'https' || /^\/[^/]+\/.*$/.test(match[3] ?? ''))
  );
}

/** Where messages are sent: http or https (RFC 8183 5.2.2, 5.2.4). */
export function isServiceUri(uri: string): boolean {
  return /^https?:\/\/[\u0021-\u007e]{1,4000}$/i.test(uri) && URL.canParse(uri);
}

/** Scheme and authority in small letters, without the port that is meant anyway: two URIs of one place are equal then (RFC 3986 6.2). */
export function plainForm(uri: string): string {
  const match = /^([a-z]+:\/\/)([^/]*)(.*)$/i.exec(uri);
  if (match === null) return uri;
  const [, scheme = '', authority = '', path = ''] = match;
  const plain = scheme.toLowerCase();
  const port = plain === 'rsync://' ? /:(?:873)?$/ : /:(?:443)?$/;
  return `${plain}${authority.toLowerCase().replace(port, '')}${path}`;
}
