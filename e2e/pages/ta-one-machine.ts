/** Both halves of a trust anchor in one workspace, from nothing to an associated signer, as the guide calls each step. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { testProxy } from '../../src-main/testing/test-proxy.ts';
import type { ConsoleApp } from '../console-app.ts';
import { open } from './ca.ts';
import { put, setUpSigner } from './ta.ts';
import {
  associate,
  expectStep,
  folderRepository,
  handOut,
  initProxy,
  proxyFingerprint,
  putOut,
} from './ta-proxy.ts';
import type { Stop } from './workspace.ts';

const HOST = 'rpki.example.net';
const quiet: Stop = () => Promise.resolve();

/** What `krillc show` prints of a CA, as far as it is used. Answers its path. */
export async function childFile(folder: string, handle: string): Promise<string> {
  const { idFile } = await testProxy(new Date());
  return put(folder, `${handle}.json`, JSON.stringify({ handle, id_cert: JSON.parse(idFile) as unknown }));
}

/** The SHA-256 of the signer's own identity, copied from its page. */
export async function signerFingerprint({ page, clipboard }: ConsoleApp): Promise<string> {
  const pane = page.getByRole('region', { name: 'The signer', exact: true });
  await pane.getByRole('button', { name: /^SHA-256 of the identity/ }).click();
  await expect(page.getByText('SHA-256 of the identity copied').first()).toBeVisible();
  return clipboard();
}

/** Ends on the trust anchor's page with the signer associated. Answers the folder that is published into. */
export async function setUpBothHalves(
  app: ConsoleApp,
  folder: string,
  stop: Stop = quiet,
): Promise<{ published: string }> {
  const { page, answers } = app;
  const published = join(folder, 'published');
  mkdirSync(published, { recursive: true });
  const at = (name: string): string => join(folder, name);
  await initProxy(page);
  await folderRepository(
    page,
    answers,
    { path: published, base: `rsync://${HOST}/repo/`, notify: `https://${HOST}/rrdp/notification.xml` },
    stop,
  );
  const fingerprint = await proxyFingerprint(page);
  await handOut(page, answers, 'proxy-id.json', at('proxy-id.json'));
  await handOut(page, answers, 'proxy-repo.json', at('proxy-repo.json'));
  await expectStep(page, 'Set up the signer');
  await setUpSigner(
    page,
    folder,
    {
      idFile: readFileSync(at('proxy-id.json'), 'utf8'),
      repositoryFile: readFileSync(at('proxy-repo.json'), 'utf8'),
      fingerprint,
    },
    { https: `https://${HOST}/ta/ta.cer`, rsync: `rsync://${HOST}/ta/ta.cer` },
  );
  await open(page, 'Trust anchor');
  await expectStep(page, 'Carry signer-info.json back');
  await handOut(page, answers, 'signer-info.json', at('signer-info.json'));
  await expectStep(page, 'Associate the signer');
  await associate(page, at('signer-info.json'), await signerFingerprint(app), stop);
  await putOut(page, stop);
  await expectStep(page, 'Add the child');
  return { published };
}
