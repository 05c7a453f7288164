import { expect, test } from 'vitest';
import { guessTaFile, sniffTaFile } from './sniff-ta-file.ts';

const LONG = 'A'.repeat(10_000);

test('each file of a trust anchor is known by its content', () => {
  const files: Record<string, string> = {
    'proxy-id': '{"public_key":"AA","base64":"AA","hash":"00"}',
    'proxy-repo': '{"repo_info":{"sia_base":"rsync://a/b/"},"server_info":{"public_key":"AA"}}',
    'signer-info': '{"id":{"public_key":"AA","base64":"AA"},"objects":{},"ta_cert_details":{}}',
    request: `{"request":{"nonce":"n","child_requests":[]},"signed":{"message":"${LONG}"}}`,
    response: `{"signed":{"message":"${LONG}"},"response":{"nonce":"n"}}`,
    child: '{"handle":"online","id_cert":{"public_key":"AA","base64":"AA"},"repo_info":null}',
    tal: '# a trust anchor\nhttps://rpki.example.net/ta/ta.cer\nrsync://rpki.example.net/ta/ta.cer\n\nMIIB\n',
    'publisher-request': '<publisher_request xmlns="http://www.hactrn.net/uris/rpki/rpki-setup/"/>',
    'repository-response': '<?xml version="1.0"?>\n<repository_response xmlns="x">',
    'parent-response': '<ns0:parent_response xmlns:ns0="x"/>',
  };
  for (const [kind, text] of Object.entries(files)) expect(guessTaFile(text), kind).toBe(kind);
  expect(guessTaFile('<child_request xmlns="x"/>')).toBe('child');
});

test('anything else is left to the inspector', () => {
  for (const text of [
    '',
    '{',
    '{"signed":{}}',
    '[1]',
    '-----BEGIN CERTIFICATE-----',
    '<html>',
    'https://a.example/',
  ])
    expect(guessTaFile(text), text).toBeNull();
});

test('a long response is read to its end, a key file is not read as one', async () => {
  const response = `{"signed":{"message":"${LONG}"},"response":{"nonce":"n"}}`;
  expect(await sniffTaFile(new File([response], 'response.json'))).toBe('response');
  expect(await sniffTaFile(new File([new Uint8Array([0x30, 0x82, 1, 2])], 'x.der'))).toBeNull();
});
