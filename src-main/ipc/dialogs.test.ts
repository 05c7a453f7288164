import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import type { Ports } from '../ports.ts';
import { testRandom } from '../testing/test-ports.ts';
import { dialogsDomain } from './app-channels.ts';
import { createTickets } from './tickets.ts';

const unused = {} as never;

test('a place serves what it was chosen for and nothing else, and a suggested name leads nowhere', async () => {
  const tickets = createTickets({ random: testRandom });
  const asked: { title: string; name?: string }[] = [];
  const ask = async (options: { title: string; name?: string }): Promise<string> => {
    asked.push(options);
    return '/media/stick/place';
  };
  const dialogs = dialogsDomain({
    ports: {
      dialogs: { folder: ask, saveFile: ask, openFile: ask },
      paths: { config: '', workspaces: '/workspaces', workspace: null },
    } as unknown as Ports,
    tickets,
    ...{ log: unused, appearance: unused, clipboard: unused, jobs: unused, blobs: unused },
  });
  const { chosen } = await dialogs.saveFile({ purpose: 'audit', suggestedName: '../../x' });
  const ticket = chosen?.ticket ?? '';
  expect(tickets.path(ticket, 'audit')).toBe('/media/stick/place');
  for (const other of ['privateKey', 'export', 'backup', 'krill'] as const)
    expect(() => tickets.path(ticket, other)).toThrow(/chosen for something else/);
  expect(() => tickets.path('place-unknown', 'audit')).toThrow(/no longer known/);

  for (const suggestedName of ['/etc/passwd', 'C:\\Users\\x', '..', '.', '.bashrc', 'a\u202etxt.exe\n'])
    await dialogs.saveFile({ purpose: 'privateKey', suggestedName });
  expect(asked.map(({ name }) => name)).toEqual([
    'x',
    'passwd',
    'x',
    'export',
    'export',
    'bashrc',
    'a txt.exe',
  ]);
  expect(asked.at(-1)?.title).toContain('PRIVATE KEY');
});

test('a file chooser begins where the last file was chosen; one for a workspace or a library where those are', async () => {
  const starts: string[] = [];
  const answers: (string | null)[] = [];
  const ask = async ({ start }: { start: string }): Promise<string | null> => {
    starts.push(start);
    return answers.shift() ?? null;
  };
  const ports = {
    dialogs: { folder: ask, saveFile: ask, openFile: ask },
    paths: { config: '', workspaces: '/workspaces', workspace: null },
  } as unknown as Ports;
  const dialogs = dialogsDomain({
    ports,
    tickets: createTickets({ random: testRandom }),
    log: unused,
    appearance: unused,
    clipboard: unused,
    jobs: unused,
    blobs: unused,
  });
  const save = { purpose: 'export', suggestedName: 'a.pem' } as const;

  await dialogs.saveFile(save);
  answers.push('/media/stick/a.pem');
  await dialogs.saveFile(save);
  await dialogs.openFile({ purpose: 'backupFile' });
  answers.push('/workspaces/other');
  await dialogs.folder({ purpose: 'open' });
  answers.push('/media/out');
  await dialogs.folder({ purpose: 'export' });
  await dialogs.saveFile(save);
  expect(starts).toEqual([homedir(), homedir(), '/media/stick', '/workspaces', '/media/stick', '/media/out']);

  starts.length = 0;
  answers.push('/opt/vendor/lib/libp11.so', '/etc/kmip/ca.pem');
  const library = await dialogs.openFile({ purpose: 'library' });
  expect(library.chosen?.path).toBe('/opt/vendor/lib/libp11.so');
  await dialogs.openFile({ purpose: 'certificate' });
  await dialogs.openFile({ purpose: 'key' });
  await dialogs.openFile({ purpose: 'library' });
  expect(starts).toEqual(['/usr/lib', '/media/out', '/etc/kmip', '/opt/vendor/lib']);
});
