/**
 * What the one window may be and do in Electron: its options, and the answers to everything a page could ask of the
 * browser. No application logic; each rule names its item of Electron's security checklist.
 */
import { APP_ORIGIN } from '#shared/bridge.ts';
import type { BrowserWindowConstructorOptions, Session, WebContents } from 'electron';

/** WebRTC by a proxy only, of which there is none. */
const NO_WEBRTC = 'disable_non_proxied_udp';

/** Chromium's own conversations and every way to a network, off in the Chromium shell by switches of the same names. */
export const QUIET_SWITCHES: readonly [name: string, value?: string][] = [
  ['no-proxy-server'],
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['disable-quic'],
  ['webrtc-ip-handling-policy', NO_WEBRTC],
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['disable-sync'],
  ['no-pings'],
  ['dns-prefetch-disable'],
  ['disable-breakpad'],
  [
    'disable-features',
    'MediaRouter,OptimizationHints,AutofillServerCommunication,CertificateTransparencyComponentUpdater',
  ],
];

/** Options of the window. `preload` is the bundled file. */
export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 800,
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Baleen',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      // A partition without "persist:" lives in memory only.
      partition: 'baleen',
      nodeIntegration: false, // 2
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      contextIsolation: true, // 3
      sandbox: true, // 4
      webSecurity: true, // 6
      allowRunningInsecureContent: false, // 8
      experimentalFeatures: false, // 9
      webviewTag: false, // 11
      navigateOnDragDrop: false,
      devTools: false,
      spellcheck: false,
      safeDialogs: true,
      disableDialogs: true,
    },
  };
}

/** Requests, permissions and downloads of the session. Only APP_ORIGIN is answered; nothing reaches a network. */
export function closeSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false)); // 5
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  // SECURITY: bytes reach the disk through main and a ticket only.
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !details.url.startsWith(`${APP_ORIGIN}/`) }),
  );
}

/** Navigation, new windows and embedded pages of any contents, ours or not: all refused, and no WebRTC. */
export function closeContents(contents: WebContents): void {
  contents.setWebRTCIPHandlingPolicy(NO_WEBRTC);
  contents.setWindowOpenHandler(() => ({ action: 'deny' })); // 14
  contents.on('will-navigate', (event) => event.preventDefault()); // 13
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault()); // 11, 12
}
