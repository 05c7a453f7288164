/** The certificate request of a child (RFC 6492 3.4.1, as Krill makes it): what the signer may rely on, and what is wrong. */
import { X509Error } from '../x509/x509-error.ts';
import { readAccess, readBasicConstraints, readKeyUsage } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { keyId } from '../x509/public-key.ts';
import { parseRequest } from '../x509/request.ts';
import { checkKey } from '../rpki/certificate-fields.ts';
import { isPlainUri } from '../rpki/plain-name.ts';
import { readOnce } from '../rpki/read-once.ts';
import type { Faults } from '../rpki/fault.ts';
import { verifySignature } from '../x509/verify-signature.ts';

export interface ChildCsr {
  /** Upper-case hex. */
  keyId: string;
  spkiDer: Uint8Array;
  caRepository: string;
  rpkiManifest: string;
  rpkiNotify: string | null;
}

const SIA = {
  repository: '1.3.6.1.5.5.7.48.5',
  manifest: '1.3.6.1.5.5.7.48.10',
  notify: '1.3.6.1.5.5.7.48.13',
} as const;

/** Reads and checks; null when it is no request at all. */
export const readChildCsr = readOnce(read);

function read(der: Uint8Array, faults: Faults): ChildCsr | null {
  const clause = 'RFC 6487 6';
  return faults.read(clause, () => {
    const csr = parseRequest(der);
    faults.check(verifySignature(csr, csr.spkiDer) === 'holds', 'it is not signed with its own key', clause);
    faults.read('RFC 7935 3', () => checkKey(faults, csr.spkiDer));
    const value = (oid: string): Uint8Array | undefined =>
      csr.extensions.find((extension) => extension.oid === oid)?.valueDer;
    const basic = value(EXTENSION.basicConstraints);
    faults.check(
      basic !== undefined && readBasicConstraints(basic).isCa,
      'it is not for an authority (basic constraints)',
      clause,
    );
    const usage = value(EXTENSION.keyUsage);
    faults.check(
      usage === undefined || readKeyUsage(usage).join() === 'keyCertSign,cRLSign',
      'its key usage is not that of an authority',
      clause,
    );
    const sia = value(EXTENSION.subjectInfoAccess);
    const access = sia === undefined ? [] : readAccess(sia);
    const of = (method: string): string[] =>
      access.filter((one) => one.method === method).map(({ location }) => location);
    const [folder, ...folders] = of(SIA.repository);
    const [manifest, ...manifests] = of(SIA.manifest);
    const notify = of(SIA.notify);
    const place = 'RFC 6487 4.8.8.1';
    faults.check(
      folder !== undefined && folders.length === 0 && isPlainUri(folder, 'rsync') && folder.endsWith('/'),
      'it names no rsync folder to publish in, or several',
      place,
    );
    faults.check(
      manifest !== undefined &&
        manifests.length === 0 &&
        isPlainUri(manifest, 'rsync') &&
        manifest.endsWith('.mft') &&
        folder !== undefined &&
        manifest.startsWith(folder) &&
        !manifest.slice(folder.length).includes('/'),
      'its manifest does not lie in the folder it publishes in',
      place,
    );
    faults.check(
      notify.length <= 1 && notify.every((uri) => isPlainUri(uri, 'https')),
      'its notification is not one https URI',
      'RFC 8182 3.2',
    );
    if (folder === undefined || manifest === undefined) throw new X509Error('it says not where to publish');
    return {
      keyId: keyId(csr.spkiDer),
      spkiDer: csr.spkiDer,
      caRepository: folder,
      rpkiManifest: manifest,
      rpkiNotify: notify[0] ?? null,
    };
  });
}
