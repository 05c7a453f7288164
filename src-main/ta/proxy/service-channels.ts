/** The channels of what the trust anchor serves: where, whether, and whether with the workspace locked. */
import { AppError } from '../../lib/app-error.ts';
import type { AuditEntry } from '../../audit/audit-record.ts';
import type { Domain } from '../../lib/domain.ts';
import { routedKey } from '../../signers/stored-key.ts';
import type { TaDeps } from '../ta.ts';
import { listenerTls } from './listener-tls.ts';
import { identityKeyObject } from './locked-proxy.ts';
import type { RunningProxy } from './running-proxy.ts';
import type { Service } from './service.ts';
import {
  CERTIFICATE_PATH,
  childServiceUri,
  isOnlyHere,
  readSettings,
  requireSettings,
  rootUri,
  TAL_PATH,
  writeSettings,
} from './service-settings.ts';

type Names =
  | 'service'
  | 'serving'
  | 'childAddress'
  | 'setService'
  | 'startService'
  | 'stopService'
  | 'serveLocked';

export function serviceChannels(
  deps: TaDeps & { service: Service; proxy: RunningProxy },
): Pick<Domain<'ta'>, Names> {
  const { session, service, proxy, software, changed } = deps;

  async function record(
    action: string,
    summary: string,
    subjects: AuditEntry['subjects'] = [],
  ): Promise<void> {
    await session().store.run('audit.add', { audit: { action, outcome: 'done', summary, subjects } });
    changed('ta', []);
  }

  return {
    async service() {
      const settings = await readSettings(session());
      const view = service.view();
      const root = view.running?.uri ?? rootUri(settings);
      return {
        settings,
        uris: { certificate: root + CERTIFICATE_PATH, tal: root + TAL_PATH },
        ...view,
      };
    },
    serving: () => service.serving(),
    async childAddress({ handle }) {
      const settings = await readSettings(session());
      const remarks = service.serving().running ? [] : ['Nobody answers there now: start serving.'];
      try {
        const uri = childServiceUri(settings, handle);
        if (isOnlyHere(settings))
          remarks.unshift(
            'Only this machine finds that address: give the public URI in the settings of the listener first, unless the child is on this machine.',
          );
        return { uri, remarks };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { uri: null, remarks: [error.message, ...remarks] };
      }
    },
    async setService(settings) {
      requireSettings(settings);
      await writeSettings(session(), settings);
      changed('ta', []);
      return {};
    },
    async startService() {
      const settings = await readSettings(session());
      await service.start(settings, await listenerTls(deps, settings));
      await record('ta.startService', `The trust anchor listens at ${settings.host} port ${settings.port}`);
      return {};
    },
    async stopService() {
      await service.stop();
      await record('ta.stopService', 'The trust anchor listens no longer');
      return {};
    },
    async serveLocked({ hours }) {
      if (hours === 0) {
        service.serveLocked(null);
        await record('ta.serveLocked', 'The trust anchor answers nobody while the workspace is locked');
        return {};
      }
      const held = await proxy.required();
      const half = await session().store.run('ta.half', { half: 'proxy' });
      if (half === null || half.identityKey.signer !== 'software')
        throw new AppError(
          'NOT_ALLOWED_NOW',
          'The identity key of the proxy is not a software key: it cannot sign while the workspace is locked.',
        );
      // SECURITY: the one key that outlives a lock, by the operator's choice, for the hours that are on record.
      const key = await software.withPrivateKey(routedKey(half.identityKey), identityKeyObject);
      service.serveLocked({ key, hours });
      await record(
        'ta.serveLocked',
        `The trust anchor goes on answering children while the workspace is locked, for ${hours} hours`,
        [{ type: 'proxy-id', id: held.state.identity.keyId, sha256: null }],
      );
      return {};
    },
  };
}
