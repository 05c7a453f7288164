/**
 * Looking at any file: recognised by content, shown with findings and chain. It needs no workspace and keeps what it
 * looked at in memory only; a private key is described by its public half and never shown.
 */
import type { ObjectView } from '#shared/contract/certificate-view.ts';
import type { Finding } from '#shared/contract/channel.ts';
import type { Inspection } from '#shared/contract/inspect.ts';
import { AppError } from '../lib/app-error.ts';
import { tooLarge } from '../lib/atomic-file.ts';
import { sha256Hex, wipe } from '../lib/bytes.ts';
import type { Domain } from '../lib/domain.ts';
import { newId } from '../lib/ids.ts';
import type { Clock, Random } from '../ports.ts';
import { certificateView } from '../x509/certificate-view.ts';
import { crlView } from '../x509/crl.ts';
import { bundleFindings, linkChain } from '../x509/links.ts';
import { PrivateKeyError, readPrivateKey } from '../x509/private-key.ts';
import { keyFindings } from '../x509/lint-algorithms.ts';
import { keyView } from '../x509/public-key.ts';
import { type FoundObject, recognise } from '../x509/recognise.ts';
import { requestView } from '../x509/request.ts';
import { X509Error } from '../x509/x509-error.ts';

/** Where uploaded bytes come from. */
export interface BlobSource {
  take(id: string): { name: string; bytes: Buffer };
}

export interface Inspect {
  domain: Omit<Domain<'inspect'>, 'keep' | 'keyBlob'>;
  /** Forgets everything looked at; called at lock. */
  clear(): void;
}

interface Held {
  view: Inspection;
  bytes: Buffer;
}

const LIMIT = 8_388_608;
const MOST_HELD = 20;

function unreadable(error: unknown): unknown {
  return error instanceof X509Error
    ? new AppError(
        'INVALID_INPUT',
        error.message.replace(/^[a-z]/, (letter) => letter.toUpperCase()).replace(/([^.])$/, '$1.'),
      )
    : error;
}

export function createInspect(deps: { clock: Clock; random: Random; blobs: BlobSource }): Inspect {
  const held = new Map<string, Held>();

  function viewOf(object: FoundObject, passphrase: string | null): ObjectView[] {
    const now = deps.clock.now();
    switch (object.kind) {
      case 'certificate':
        return [certificateView(object.der, { now })];
      case 'request':
        return [requestView(object.der)];
      case 'crl':
        return [crlView(object.der, { now })];
      case 'privateKey': {
        const { format, encrypted } = object.file;
        if (encrypted && passphrase === null)
          return [{ kind: 'privateKey', format, encrypted, key: null, findings: [] }];
        const key = readPrivateKey(object.file, passphrase);
        wipe(key.pkcs8Der);
        return [
          {
            kind: 'privateKey',
            format,
            encrypted,
            key: keyView(key.spkiDer),
            findings: keyFindings(key.spkiDer),
          },
        ];
      }
      case 'publicKey':
      case 'pkcs12':
        return [];
    }
  }

  function otherNotes(objects: readonly FoundObject[]): Finding[] {
    const note = (code: string, severity: Finding['severity'], text: string): Finding => ({
      code,
      severity,
      text,
      where: 'file',
      clause: '',
    });
    return objects.flatMap((object) => {
      if (object.kind === 'publicKey')
        return [
          note(
            'PUBLIC_KEY',
            'note',
            `A public key (${keyView(object.der).text}, key identifier ${keyView(object.der).keyId}).`,
          ),
        ];
      if (object.kind === 'pkcs12')
        return [note('PKCS12', 'note', 'A PKCS#12 file: its content is encrypted.')];
      return [];
    });
  }

  function look(name: string, bytes: Buffer, passphrase: string | null): Inspection {
    if (bytes.length > LIMIT) throw tooLarge(name, bytes.length, LIMIT);
    const { recognised, objects, notes } = recognise(bytes);
    const certificates = objects.flatMap((object) => (object.kind === 'certificate' ? [object.der] : []));
    const [first, ...others] = certificates;
    return {
      id: newId('look', deps.random),
      name,
      size: bytes.length,
      fileSha256: sha256Hex(bytes),
      recognised,
      needsPassphrase:
        passphrase === null &&
        objects.some((object) => object.kind === 'privateKey' && object.file.encrypted),
      items: objects.flatMap((object) => viewOf(object, passphrase)),
      notes: [...notes, ...otherNotes(objects), ...bundleFindings(certificates)],
      chain:
        first === undefined
          ? []
          : linkChain(first, others, deps.clock.now()).map(({ der, ...link }) => ({
              ...link,
              sha256: sha256Hex(der),
              from: 'file' as const,
            })),
    };
  }

  function keep(name: string, bytes: Buffer): Inspection {
    try {
      const view = look(name, bytes, null);
      held.set(view.id, { view, bytes });
      const oldest = held.keys().next().value;
      if (held.size > MOST_HELD && oldest !== undefined) forget(oldest);
      return view;
    } catch (error) {
      wipe(bytes);
      throw unreadable(error);
    }
  }

  function find(id: string): Held {
    const found = held.get(id);
    if (found === undefined)
      throw new AppError('NOT_FOUND', 'What was inspected is no longer in memory. Open the file again.');
    return found;
  }

  function forget(id: string): void {
    wipe(held.get(id)?.bytes);
    held.delete(id);
  }

  return {
    clear() {
      for (const id of [...held.keys()]) forget(id);
    },
    domain: {
      blob({ blob }) {
        const { name, bytes } = deps.blobs.take(blob);
        return keep(name, bytes);
      },
      text: ({ text }) => keep('pasted text', Buffer.from(text, 'utf8')),
      openWith({ id, passphrase }) {
        const { view, bytes } = find(id);
        try {
          const opened = { ...look(view.name, bytes, passphrase), id };
          held.set(id, { view: opened, bytes });
          return opened;
        } catch (error) {
          if (error instanceof PrivateKeyError && error.reason === 'wrongPassphrase')
            throw new AppError('WRONG_PASSPHRASE', 'Wrong passphrase: the file was not opened. Try again.');
          throw unreadable(error);
        }
      },
      get: ({ id }) => find(id).view,
      forget({ id }) {
        forget(id);
        return {};
      },
    },
  };
}
