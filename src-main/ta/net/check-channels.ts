/** The channel that looks at a trust anchor from outside, as relying parties do: TAL, certificate, RRDP. It mends nothing. */
import type { PublicFinding } from '#shared/contract/ta-net.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import { readRrdpNotification, readRrdpSnapshot } from '../../rpki/rrdp-xml.ts';
import type { Trust } from '../../ports.ts';
import { createHeldFiles } from '../proxy/held-files.ts';
import type { AssociatedSigner } from '../proxy/proxy-state.ts';
import type { TaDeps } from '../ta.ts';
import { trustOf } from './krill-link.ts';
import { publicPinChannels } from './public-pins.ts';
import { serverOfUri } from './server-of-uri.ts';
import { checkRrdp } from './rrdp-check.ts';
import { checkTal } from './tal-check.ts';

const sameServer = (a: string, b: string): boolean => {
  const server = serverOfUri(a);
  return server !== null && server === serverOfUri(b);
};

type Names = 'checkPublic' | 'publicFindings' | 'publicPins' | 'pinPublic' | 'unpinPublic';

export function checkChannels(
  deps: TaDeps & {
    /** The trust anchor of this workspace, from whichever half is here; null: none. */
    anchor(): Promise<Pick<AssociatedSigner, 'certificate' | 'tal' | 'objects'> | null>;
    /** Every https URI of the TAL leads to the present certificate. */
    found(): Promise<void>;
    /** Whom to believe at a URI: pinned servers, and for the rest the public authorities. */
    pins(): Promise<{ server: string; pin: string | null }[]>;
    refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
  },
): { channels: Pick<Domain<'ta'>, Names>; clear(): void } {
  const { clock, jobs, net } = deps;
  const held = createHeldFiles<{ at: string; findings: PublicFinding[] }>(deps, 'findings');
  const channels: Pick<Domain<'ta'>, Names> = {
    ...publicPinChannels(deps),
    publicFindings: ({ id }) => held.get(id),
    async checkPublic() {
      const anchor = await deps.anchor();
      if (anchor === null)
        throw new AppError('NOT_ALLOWED_NOW', 'There is no trust anchor in this workspace to look for.');
      const { certificate, tal, objects } = anchor;
      const title = 'Look at what relying parties find';
      return {
        job: jobs.start({
          kind: 'ta.checkPublic',
          title,
          async run(job) {
            const at = clock.now();
            const pins = await deps.pins();
            const files = {
              net,
              signal: job.signal,
              trustOf: (uri: string): Trust =>
                trustOf(pins.find(({ server }) => sameServer(server, uri))?.pin ?? null),
            };
            job.report(0.1, 'Fetching the TA certificate');
            const findings = await checkTal(files, {
              tal: { comment: [], uris: [...tal.https, tal.rsync], spkiDer: certificate.spkiDer },
              certificateDer: certificate.der,
              at,
            });
            const places = findings.filter(({ uri }) => tal.https.includes(uri));
            if (places.length > 0 && places.every(({ ok }) => ok === true)) await deps.found();
            job.report(0.5, 'Fetching the repository');
            if (certificate.rpkiNotify === null)
              findings.push({
                uri: certificate.rpkiManifest,
                ok: null,
                text: 'Not checked: there is no RRDP, and Baleen fetches by https only.',
              });
            else
              findings.push(
                ...(await checkRrdp(files, {
                  readNotification: (xml) => readRrdpNotification(xml),
                  readSnapshot: (xml) => readRrdpSnapshot(xml, { bytes: xml.length }),
                  notifyUri: certificate.rpkiNotify,
                  manifestUri: certificate.rpkiManifest,
                  manifestNumber: objects.number,
                  certificateDer: certificate.der,
                  at,
                })),
              );
            return [held.put({ at: at.toISOString(), findings })];
          },
          refused: deps.refusedEntry('ta.checkPublic', title),
        }),
      };
    },
  };
  return { channels, clear: held.clear };
}
