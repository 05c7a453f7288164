import { expect, test } from 'vitest';
import { openTo } from './windows-acl.ts';

test.each([
  [
    'owner, system and administrators',
    'O:BAG:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1001)',
    [],
  ],
  [
    'a user folder of Windows',
    'D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;S-1-5-21-1-2-3-1001)S:AI(A;;;;;WD)',
    [],
  ],
  [
    'C:\\ as it comes',
    'D:AI(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)',
    ['Users', 'Authenticated Users'],
  ],
  ['a share for everybody', 'D:(A;;FR;;;S-1-1-0)', ['Everyone']],
  ['denied to everybody', 'D:(D;;FA;;;WD)(A;;FA;;;BA)', []],
  ['no list', 'O:BAG:SY', ['Everyone']],
])('%s', (_name, sddl, groups) => {
  expect(openTo(sddl)).toEqual(groups);
});
