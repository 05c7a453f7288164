/** What lies in a folder that is published into, for the operator's rsync and web server. */

/** The absolute path of a part of it, as this machine writes paths. */
export function partOf(folder: string, part: 'rsync' | 'rrdp'): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return `${folder.endsWith(separator) ? folder.slice(0, -1) : folder}${separator}${part}`;
}
