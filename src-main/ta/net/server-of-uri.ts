/** "https://host:port" of an https address, the port always there; null: it is none. */
export function serverOfUri(uri: string): string | null {
  const url = URL.parse(uri);
  if (url?.protocol !== 'https:' || url.hostname === '') return null;
  return `https://${url.hostname}:${url.port === '' ? '443' : url.port}`;
}
