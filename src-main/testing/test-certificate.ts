/** Rows of the certificate table by number, for tests and benches that need many: their DER is no certificate. Not shipped. */
import { sha256Hex } from '../lib/bytes.ts';
import type { NewCertificate } from '../store/columns.ts';

const DAY = 86_400_000;
const KEYS = ['P-256', 'P-384', 'RSA 2048', 'Ed25519'];
const ZONES = ['example.net', 'example.org', 'internal', 'lab.example'];

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** Number `at`: every column differs where certificates do; ends are spread over two years around `now`. */
export function testCertificate(at: number, now = Date.parse('2026-11-24T12:00:00Z')): NewCertificate {
  const hash = sha256Hex(Buffer.from(`certificate ${at}`));
  const zone = ZONES[at % ZONES.length] ?? '';
  const name = `host-${at}.${zone}`;
  // Every seventh ends at the same second as another, so that pages must not rest on the end alone.
  const notAfter = now + ((Math.floor(at / 7) % 730) - 100) * DAY;
  const notBefore = notAfter - 365 * DAY;
  return {
    id: `crt-${at}`,
    purpose: '',
    authority: null,
    der: Buffer.from(`no certificate, ${at}`),
    sha256: hash,
    name,
    subject: `CN=${name}`,
    issuer: `CN=Issuing CA ${at % 20}`,
    subjectNameSha256: sha256Hex(Buffer.from(name)),
    issuerNameSha256: sha256Hex(Buffer.from(`issuer ${at % 20}`)),
    serial: hash.slice(0, 40),
    notBefore: iso(notBefore),
    notAfter: iso(notAfter),
    renewAt: iso(notBefore + (365 * DAY * 2) / 3),
    key: KEYS[at % KEYS.length] ?? '',
    spkiSha256: sha256Hex(Buffer.from(`key ${at}`)),
    ski: hash.slice(0, 40),
    aki: null,
    isCa: at % 1000 === 0,
    pathLength: null,
    selfSigned: false,
    names: [name, `alias-${at}.${zone}`],
  };
}
