import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { CertificateView } from '#shared/contract/certificate-view.ts';
import { CertificateCard } from './certificate-card.tsx';

const name = { text: 'CN=ta', attributes: [] };
const view = {
  subject: name,
  issuer: name,
  names: [],
  selfSigned: true,
  isCa: true,
  pathLength: null,
  notBefore: '2026-11-28T00:00:00Z',
  notAfter: '2126-11-28T00:00:00Z',
  renewAt: '2093-07-28T00:00:00Z',
  key: { text: 'RSA 2048' },
  keyUsage: [],
  extendedKeyUsage: [],
  namesPermitted: [],
  namesExcluded: [],
  policies: [],
  crlUrls: [],
  ocspUrls: [],
  caIssuerUrls: [],
  serial: 'AB',
  signatureAlgorithm: 'RSA with SHA-256',
  subjectKeyId: null,
  authorityKeyId: null,
  version: 3,
  extensions: [] as { oid: string }[],
};

test('a TA certificate of the RPKI is reissued by its signer, not renewed from a mark; a root of other kinds is', () => {
  const shown = (extensions: { oid: string }[]): string => {
    const { container, unmount } = render(
      <CertificateCard view={{ ...view, extensions } as unknown as CertificateView} />,
    );
    const text = container.textContent ?? '';
    unmount();
    return text;
  };
  expect(shown([])).toMatch(/renew from .*, the 2\/3 mark/);
  const anchor = shown([{ oid: '1.3.6.1.5.5.7.1.7' }]);
  expect(anchor).not.toContain('2/3');
  expect(anchor).toContain('its signer reissues it, for the same key');
  expect(screen.queryByText(/2\/3/)).toBeNull();
});
