// The directions of docs/architecture.md as data and one question: may this file refer to that module?
// It reads no files; layers.ts feeds it with the import graph.
import { isBuiltin } from 'node:module';

import type { Reference } from './import-graph.ts';

/**
 * The floors of src-main, lowest first: a file may refer to its own floor and to those below.
 * A name is a folder of src-main or a file at its top.
 */
const FLOORS: readonly { name: string; members: readonly string[]; peers: boolean }[] = [
  { name: 'lib', members: ['lib', 'ports.ts'], peers: true },
  { name: 'formats', members: ['x509', 'rpki'], peers: true },
  { name: 'state', members: ['signers', 'vault', 'store', 'audit', 'drafts'], peers: true },
  { name: 'issuing', members: ['issuing'], peers: true },
  {
    name: 'domains',
    members: [
      ...['acme', 'ca', 'ceremony', 'inspect', 'inventory', 'keys', 'krill-home', 'mesh', 'overview'],
      ...['rotation', 'services', 'ta', 'tls', 'trust', 'workspace'],
    ],
    peers: false,
  },
  { name: 'ipc', members: ['ipc'], peers: true },
  { name: 'app', members: ['app.ts'], peers: true },
  { name: 'shell', members: ['shell'], peers: true },
];

/** Packages that only one place may name. The place is a path prefix. */
const HOME_OF_PACKAGE: readonly { package: RegExp; home: string }[] = [
  { package: /^electron(?:\/|$)/, home: 'src-main/shell/' },
  { package: /^(?:playwright(?:-core)?|@playwright\/[^/]+)(?:\/|$)/, home: 'src-main/shell/' },
  { package: /^pkcs11js(?:\/|$)/, home: 'src-main/signers/pkcs11/host.ts' },
  // The one implementation of the Net port. Domains get it through lib/net-gate.ts, which an offline station keeps shut.
  {
    package: /^(?:node:)?(?:net|tls|http|https|http2|dgram|dns|inspector)(?:\/|$)/,
    home: 'src-main/shell/node/net/',
  },
];

/** What bytes-in, bytes-out code may not reach for: files, network, processes. */
const OUTSIDE_WORLD =
  /^(?:node:)?(?:fs|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster)(?:\/|$)/;

const SOURCE_FOLDERS = ['src-main', 'src-renderer', 'src-shared'];

/** Test files and the folder of their helpers: they may use Node, other helpers and test libraries. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.startsWith('src-main/testing/');
}

/**
 * Why `from` (a path from the root, with slashes) may not hold this reference; an empty list when it may.
 * Type imports count like any other: they are how a direction starts to rot.
 */
export function refusals(from: string, reference: Reference): string[] {
  const zone = from.split('/')[0] ?? '';
  const inSources = SOURCE_FOLDERS.includes(zone);
  const { specifier, target, kind } = reference;

  if (specifier === null) {
    return inSources && !isTest(from) && kind !== 'URL' ? ['a computed name hides where it points'] : [];
  }
  // A test may read any file of the tree as data.
  if (target !== null && kind === 'URL' && isTest(from)) return [];
  if (target !== null) return inSources ? refuseTarget(from, zone, target) : [];
  if (specifier.startsWith('/') || specifier.startsWith('file:'))
    return ['an absolute path is no module name'];
  if (kind === 'URL' || kind === 'glob') return [];
  return refusePackage(from, zone, specifier);
}

function refusePackage(from: string, zone: string, specifier: string): string[] {
  const isFormat = /^src-main\/(?:x509|rpki)\//.test(from) && !isTest(from);
  if (isFormat && OUTSIDE_WORLD.test(specifier))
    return ['x509 and rpki turn bytes into bytes: no files, no network'];
  const home = HOME_OF_PACKAGE.find((one) => one.package.test(specifier))?.home;
  const mayDrive = ['scripts', 'bench', 'e2e'].includes(zone);
  if (home !== undefined && !from.startsWith(home) && !mayDrive && !(isTest(from) && isBuiltin(specifier)))
    return [`only ${home} may name ${specifier}`];
  if (zone === 'src-main' || isTest(from)) return [];
  const fromNode = specifier.startsWith('node:') || isBuiltin(specifier);
  if (zone === 'src-renderer') return fromNode ? ['the renderer has no Node'] : [];
  if (zone === 'src-shared') {
    return specifier === 'zod' ? [] : ['src-shared runs everywhere: it may import zod and nothing else'];
  }
  return [];
}

function refuseTarget(from: string, zone: string, target: string): string[] {
  const targetZone = target.split('/')[0] ?? '';
  if (targetZone === 'src-shared') return [];
  if (targetZone !== zone) {
    // package.json and the like at the top are data; other folders are other programs.
    if (!target.includes('/') && zone === 'src-main') return [];
    return [`${zone} may not refer to ${targetZone}`];
  }
  return zone === 'src-main' ? refuseFloor(from, target) : [];
}

function refuseFloor(from: string, target: string): string[] {
  if (target.startsWith('src-main/testing/')) return isTest(from) ? [] : ['only tests use src-main/testing'];
  if (from.startsWith('src-main/testing/')) return [];
  const [own, ownName] = floorOf(from);
  const [other, otherName] = floorOf(target);
  if (own === -1) return [`src-main/${ownName} has no floor: give it one in scripts/layer-rules.ts`];
  if (other === -1) return [`src-main/${otherName} has no floor: give it one in scripts/layer-rules.ts`];
  if (other > own) return [`${ownName} is below ${otherName}: nothing points up`];
  const peers = FLOORS[own]?.peers ?? false;
  if (other === own && ownName !== otherName && !peers) {
    return [`${ownName} and ${otherName} are both domains: what they share goes down a floor`];
  }
  if (/^src-main\/(?:x509|rpki)\//.test(from) && target === 'src-main/ports.ts' && !isTest(from)) {
    return ['x509 and rpki have no ports: time and signing are arguments'];
  }
  return [];
}

function floorOf(path: string): [number, string] {
  const name = path.split('/')[1] ?? '';
  return [FLOORS.findIndex((floor) => floor.members.includes(name)), name];
}
