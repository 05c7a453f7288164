/**
 * The component of every screen, each its own piece of code. Complete over the route table by its type; a
 * screen is added in route-table.ts and here, and nowhere else.
 */
import { lazy } from 'react';
import type { ComponentType } from 'react';
import type { RouteName } from './route-table.ts';
import type { ViewProps } from './view-props.ts';

type View = ComponentType<ViewProps>;

export const VIEWS: Record<RouteName, View> = {
  start: lazy(async () => ({ default: (await import('../views/workspace/start.tsx')).Start })),
  'create-workspace': lazy(async () => ({
    default: (await import('../views/workspace/create-workspace.tsx')).CreateWorkspace,
  })),
  unlock: lazy(async () => ({ default: (await import('../views/workspace/unlock.tsx')).Unlock })),
  recover: lazy(async () => ({ default: (await import('../views/workspace/recover.tsx')).Recover })),
  settings: lazy(async () => ({ default: (await import('../views/workspace/settings.tsx')).Settings })),
  authorities: lazy(async () => ({ default: (await import('../views/ca/authorities.tsx')).Authorities })),
  authority: lazy(async () => ({ default: (await import('../views/ca/authority.tsx')).Authority })),
  issue: lazy(async () => ({ default: (await import('../views/ca/issue.tsx')).Issue })),
  certificates: lazy(async () => ({ default: (await import('../views/ca/certificates.tsx')).Certificates })),
  certificate: lazy(async () => ({ default: (await import('../views/ca/certificate.tsx')).Certificate })),
  kept: lazy(async () => ({ default: (await import('../views/inspect/kept.tsx')).Kept })),
  'kept-object': lazy(async () => ({
    default: (await import('../views/inspect/kept-object.tsx')).KeptObject,
  })),
  keys: lazy(async () => ({ default: (await import('../views/keys/keys.tsx')).Keys })),
  key: lazy(async () => ({ default: (await import('../views/keys/key.tsx')).Key })),
  signers: lazy(async () => ({ default: (await import('../views/signers/signers.tsx')).Signers })),
  'signer-new': lazy(async () => ({ default: (await import('../views/signers/edit-signer.tsx')).NewSigner })),
  'signer-migration': lazy(async () => ({
    default: (await import('../views/signers/migration.tsx')).Migration,
  })),
  signer: lazy(async () => ({ default: (await import('../views/signers/signer.tsx')).Signer })),
  'signer-edit': lazy(async () => ({
    default: (await import('../views/signers/edit-signer.tsx')).EditSigner,
  })),
  'signer-doctor': lazy(async () => ({ default: (await import('../views/signers/doctor.tsx')).Doctor })),
  'trust-anchor': lazy(async () => ({
    default: (await import('../views/ta/trust-anchor.tsx')).TrustAnchor,
  })),
  'ta-signer': lazy(async () => ({ default: (await import('../views/ta/signer-setup.tsx')).SignerSetup })),
  'ta-review': lazy(async () => ({ default: (await import('../views/ta/review.tsx')).Review })),
  'ta-repository': lazy(async () => ({
    default: (await import('../views/ta/repository.tsx')).Repository,
  })),
  'ta-signer-info': lazy(async () => ({
    default: (await import('../views/ta/signer-info.tsx')).SignerInfo,
  })),
  'ta-put-out': lazy(async () => ({ default: (await import('../views/ta/put-out.tsx')).PutOutFirst })),
  'ta-response': lazy(async () => ({ default: (await import('../views/ta/response.tsx')).Response })),
  'ta-network': lazy(async () => ({ default: (await import('../views/ta/network.tsx')).Network })),
  'ta-record': lazy(async () => ({ default: (await import('../views/ta/record.tsx')).Record })),
  'ta-exchange': lazy(async () => ({ default: (await import('../views/ta/exchange.tsx')).Exchange })),
  'ta-record-event': lazy(async () => ({
    default: (await import('../views/ta/record-event.tsx')).RecordEvent,
  })),
  'ta-child': lazy(async () => ({ default: (await import('../views/ta/local-child.tsx')).LocalChild })),
  inspect: lazy(async () => ({ default: (await import('../views/inspect/inspect.tsx')).Inspect })),
  audit: lazy(async () => ({ default: (await import('../views/audit/audit.tsx')).Audit })),
  overview: lazy(async () => ({ default: (await import('../views/overview/overview.tsx')).Overview })),
};
