import { expect, test } from 'vitest';
import { childServiceUri } from './service-settings.ts';

const settings = { host: '127.0.0.1', port: 3492, publicUri: null, certificate: null };

test('no child is told an address that nobody can reach', () => {
  expect(childServiceUri(settings, 'a/b')).toBe('http://127.0.0.1:3492/rfc6492/ta/a%2Fb');
  const open = { ...settings, publicUri: 'https://rpki.example.net/' };
  for (const host of ['0.0.0.0', '::', '0:0:0:0:0:0:0:0']) {
    expect(() => childServiceUri({ ...settings, host }, 'a')).toThrow(/Give the public URI/);
    expect(childServiceUri({ ...open, host }, 'a')).toBe('https://rpki.example.net/rfc6492/ta/a');
  }
});
