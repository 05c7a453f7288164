import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { gathered, SignerWarnings } from './signer-warnings.tsx';

afterEach(cleanup);

test('what puts keys at risk is red and said of each signer, what is only unusual once of all', () => {
  const announces = { severity: 'careful' as const, text: 'Announces less.' };
  render(
    <SignerWarnings
      warnings={gathered([
        { id: 's-1', name: 'East', warnings: [{ severity: 'bad', text: 'East is not checked.' }, announces] },
        { id: 's-2', name: 'West', warnings: [announces] },
        { id: 's-3', name: 'South', warnings: [{ severity: 'bad', text: 'South is not checked.' }] },
        { id: 's-4', name: 'North', warnings: [] },
      ])}
    />,
  );
  const said = [...document.querySelectorAll('[data-severity]')].map((notice) => [
    notice.getAttribute('data-severity'),
    notice.textContent,
  ]);
  expect(said).toEqual([
    ['bad', '“East”: East is not checked. The signer'],
    ['bad', '“South”: South is not checked. The signer'],
    ['careful', '“East”, “West”: Announces less. The signers'],
  ]);
  const links = screen.getAllByRole('link').map((link) => link.getAttribute('href'));
  expect(links).toEqual(['#/signers/s-1', '#/signers/s-3', '#/signers']);
});
