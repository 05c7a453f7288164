import { describe, expect, test } from 'vitest';
import { isFileUri, isNotificationUri } from './plain-name.ts';

describe('where a notification of RRDP is', () => {
  test.each([
    'https://rpki.example.net/rrdp/notification.xml',
    'https://localhost:3900/rrdp/notification.xml',
    'HTTPS://rpki.example.net/notify.xml',
  ])('%s', (uri) => {
    expect(isNotificationUri(uri)).toBe(true);
    // What is taken here holds before the validator (certificate-pointers.ts).
    expect(isFileUri(uri, 'https')).toBe(true);
  });

  test.each([
    'https://rpki.example.net/rrdp/',
    'https://rpki.example.net/rrdp',
    'https://rpki.example.net',
    'https://rpki.example.net/.xml',
    'https://rpki.example.net/rrdp/notification.xml/',
    'https://rpki.example.net/rrdp/notification.xml?x',
    'https://rpki.example.net/rrdp/../notification.xml',
    'http://rpki.example.net/rrdp/notification.xml',
    'rsync://rpki.example.net/rrdp/notification.xml',
    'https://rpki.example.net/notification.xml https://rpki.example.net/notification.xml',
  ])('not %s', (uri) => expect(isNotificationUri(uri)).toBe(false));
});
