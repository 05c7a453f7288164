/**
 * The channels that make this workspace the signer of a running Krill: files go over its HTTP API instead of a stick. What is
 * signed is reviewed as ever.
 */
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { writeJson } from '../../lib/json-reader.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { nameView, shortName } from '../../x509/distinguished-name.ts';
import type { HeldSigner } from '../signer/held-signer.ts';
import { whyEarly } from '../signer/early-response.ts';
import { signerInfoJson } from '../signer/trust-anchor.ts';
import type { TaDeps } from '../ta.ts';
import { createKrillApi, type KrillApi } from './krill-api.ts';
import { isContentRefusal } from './krill-errors.ts';
import {
  linkView,
  noteAssociated,
  readLink,
  requireLink,
  serverOf,
  type StoredLink,
  writeLink,
} from './krill-link.ts';
import { pinFault, pinOf } from './try-server.ts';

type Names =
  | 'krill'
  | 'peekServer'
  | 'tryServer'
  | 'setKrill'
  | 'forgetKrill'
  | 'krillProxy'
  | 'krillAssociate'
  | 'krillRequest'
  | 'krillRespond';

export interface KrillDeps extends TaDeps {
  signer(): Promise<HeldSigner>;
  refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
  /** Holds a request file for the review and answers its id. */
  openRequest(name: string, bytes: Uint8Array): Promise<string>;
}

const PEEK_MS = 10_000;
/** What Krill says when a request is open already. */
const HAS_REQUEST = 'ta-has-signer-req';
const NO_REQUEST = 'ta-has-no-signer-req';

const subjectOf = (error: unknown): string | undefined =>
  error instanceof AppError && error.code === 'PEER_REFUSED' ? error.details?.subject : undefined;

/**
 * SECURITY: the token that was typed for one address and one certificate is sent to no other. Throws AppError INVALID_INPUT where
 * it has to be typed again; null where the socket of the machine is enough.
 */
function keptToken(before: StoredLink | null, at: Pick<StoredLink, 'server' | 'pin'>): string | null {
  if (before?.server === at.server && before.pin === at.pin) return before.token;
  if (at.server.startsWith('unix:') || !before?.token) return null;
  const message =
    'The token that is kept was typed for another address or another certificate. Type the token of this server.';
  throw new AppError('INVALID_INPUT', message, { fields: [{ path: 'token', message }] });
}

export function krillChannels(deps: KrillDeps): Pick<Domain<'ta'>, Names> {
  const { session, jobs, net, changed, refusedEntry } = deps;
  const api = async (signal?: AbortSignal): Promise<KrillApi> =>
    createKrillApi(net, { ...serverOf(await requireLink(session())), ...(signal ? { signal } : {}) });

  async function record(action: string, summary: string, id: string, sha256: string | null): Promise<void> {
    await session().store.run('audit.add', {
      audit: { action, outcome: 'done', summary, subjects: [{ type: 'krill', id, sha256 }] },
    });
    changed('ta', []);
  }

  return {
    async krill() {
      return { link: linkView(await readLink(session())) };
    },
    async peekServer({ server }) {
      const der = await net.peek(server, { timeoutMs: PEEK_MS });
      const certificate = parseCertificate(der);
      return {
        sha256: sha256Hex(der),
        subject: shortName(nameView(certificate.subject)),
        issuer: shortName(nameView(certificate.issuer)),
        notAfter: certificate.notAfter.toISOString(),
      };
    },
    async tryServer({ server, pin }) {
      const plain = pinOf(pin);
      try {
        const fault = await pinFault(net, server, plain);
        return { ok: fault === null, text: fault ?? 'The server shows this certificate.' };
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error;
        return { ok: null, text: error.message };
      }
    },
    async setKrill({ server, token, pin, postLimit }) {
      const before = await readLink(session());
      const at = { server: server.trim(), pin: pinOf(pin) };
      const link: StoredLink = {
        ...at,
        token: token ?? keptToken(before, at),
        postLimit,
        associated: before?.server === at.server ? before.associated : null,
      };
      // Refused before the job: an address that cannot be one.
      createKrillApi(net, serverOf(link));
      const title = 'Connect with Krill';
      return {
        job: jobs.start({
          kind: 'ta.setKrill',
          title,
          async run(job) {
            job.report(0.2, 'Asking it');
            const asked = createKrillApi(net, { ...serverOf(link), signal: job.signal });
            await asked.health();
            await asked.authorized();
            job.commit();
            await writeLink(session(), link);
            changed('ta', []);
            return ['krill'];
          },
          refused: refusedEntry('ta.setKrill', title),
        }),
      };
    },
    async forgetKrill() {
      await requireLink(session());
      await writeLink(session(), null);
      changed('ta', []);
      return {};
    },
    async krillProxy() {
      const krill = await api();
      const [proxyId, repository] = await Promise.all([krill.proxyId(), krill.repositoryContact()]);
      return {
        proxyId: Buffer.from(proxyId).toString('utf8'),
        repository: Buffer.from(repository).toString('utf8'),
      };
    },
    async krillAssociate({ update }) {
      const { anchor } = await deps.signer();
      const title = update ? 'Update the signer at Krill' : 'Associate the signer at Krill';
      return {
        job: jobs.start({
          kind: 'ta.krillAssociate',
          title,
          async run(job) {
            const info = Buffer.from(`${writeJson(signerInfoJson(anchor))}\n`, 'utf8');
            const link = await requireLink(session());
            const krill = createKrillApi(net, { ...serverOf(link), signal: job.signal });
            job.report(0.3, 'Sending signer-info.json');
            job.commit();
            await (update ? krill.updateSigner(info) : krill.addSigner(info));
            await noteAssociated(session(), link, anchor.objects.keyId, {
              action: 'ta.krillAssociate',
              outcome: 'done',
              summary: title,
              subjects: [{ type: 'krill', id: anchor.objects.keyId, sha256: sha256Hex(info) }],
            });
            changed('ta', []);
            return ['krill'];
          },
          refused: refusedEntry('ta.krillAssociate', title),
        }),
      };
    },
    async krillRequest() {
      const { anchor } = await deps.signer();
      // Asking opens a request there, which nobody could answer.
      if ((await requireLink(session())).associated !== anchor.objects.keyId)
        throw new AppError(
          'NOT_ALLOWED_NOW',
          'Associate this signer at Krill first; where it was associated by a file, update it once from here.',
        );
      const title = 'Open a request at Krill';
      return {
        job: jobs.start({
          kind: 'ta.krillRequest',
          title,
          async run(job) {
            const krill = await api(job.signal);
            job.report(0.2, 'Asking for a request');
            let bytes: Uint8Array;
            try {
              bytes = await krill.makeRequest();
            } catch (error) {
              if (subjectOf(error) !== HAS_REQUEST) throw error;
              job.report(0.5, 'One is open already: fetching it');
              bytes = await krill.showRequest();
            }
            return [await deps.openRequest('request.json', bytes)];
          },
          refused: refusedEntry('ta.krillRequest', title),
        }),
      };
    },
    async krillRespond({ exchange }) {
      const files = await session().store.run('ta.exchangeFiles', { id: exchange });
      const early = whyEarly(files, await deps.signer(), deps.clock.now());
      if (early !== null) throw new AppError('NOT_ALLOWED_NOW', early);
      const title = `Send response ${files.number} to Krill`;
      return {
        job: jobs.start({
          kind: 'ta.krillRespond',
          title,
          async run(job) {
            const krill = await api(job.signal);
            job.commit();
            job.report(0.3, 'Sending the response');
            try {
              await krill.sendResponse(files.response);
            } catch (error) {
              if (!(error instanceof AppError) || !isContentRefusal(error)) throw error;
              // So that the record has what Krill did not take.
              const file = { name: 'response.json', sha256: files.responseSha256, kind: 'response' };
              throw new AppError(error.code, error.message, { ...error.details, file });
            }
            job.report(0.8, 'Looking that it was taken');
            try {
              await krill.showRequest();
              throw new AppError(
                'PEER_REFUSED',
                'Krill answered that it took the response, and still has an open request. Look at its log.',
              );
            } catch (error) {
              if (subjectOf(error) !== NO_REQUEST) throw error;
            }
            await record('ta.krillRespond', title, files.nonce, files.responseSha256);
            return [exchange];
          },
          refused: refusedEntry('ta.krillRespond', title),
        }),
      };
    },
  };
}
