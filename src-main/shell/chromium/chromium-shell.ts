/**
 * The Chromium shell: carries the application in one window of an installed Chromium, driven over the DevTools pipe.
 * It holds no application logic; who may ask what is decided in dispatch, what a request gets in node/assets.ts.
 */
import { APP_ORIGIN } from '#shared/bridge.ts';
import { type BrowserContext, chromium, type Page, type Route } from 'playwright-core';
import { errorText } from '../../lib/app-error.ts';
import type { Ports } from '../../ports.ts';
import { type Assets, createAssets } from '../node/assets.ts';
import { makeConfigFolder, runtimeFolder, standardFolders } from '../node/folders.ts';
import { openLogFile } from '../node/log-file.ts';
import { nodeNet } from '../node/net/net.ts';
import { realClock, realRandom, watchSleep } from '../node/real-time.ts';
import type { App, Installed } from '../node/shell-app.ts';
import type { ShellArguments } from '../node/shell-arguments.ts';
import { nodeSignerHosts } from '../node/signer-hosts.ts';
import { StartError } from '../node/start-error.ts';
import { nodeVolumes } from '../node/volumes/volumes.ts';
import { type BridgeMain, callerOf, carryBridge, originOf } from './bridge-main.ts';
import { chooserDialogs } from './chooser.ts';
import {
  chromiumEnvironment,
  chromiumPreferences,
  chromiumSwitches,
  hasSharedMemory,
} from './chromium-switches.ts';
import { windowClipboard, type WindowClipboard } from './clipboard.ts';
import { findChromium } from './find-chromium.ts';
import { nativeDialogs } from './native-dialogs.ts';
import { makeProfile, type ProfileFolder, removeStaleProfiles } from './profile-folder.ts';

export interface ChromiumShellOptions extends Installed {
  args: Pick<ShellArguments, 'workspace'>;
  /** For tests and the tour. */
  headless?: boolean;
  /** What tests and the tour supply themselves. */
  ports?: Partial<
    Pick<Ports, 'clock' | 'random' | 'dialogs' | 'volumes' | 'clipboard' | 'paths' | 'notices'>
  >;
  print?: (text: string) => void;
}

export interface ChromiumShell {
  page: Page;
  context: BrowserContext;
  /** Settles when window, application and profile are gone; it never rejects. */
  ended: Promise<void>;
  close(): Promise<void>;
  /** After a bug in main: the application ends, the window stays and says so until it is closed. */
  fail(error: unknown): void;
}

const ROOT_NOTICE =
  "Baleen runs as root, so Chromium's sandbox is off. Run it as an ordinary user for real keys.";

async function launch(program: string, profile: ProfileFolder, headless: boolean, sandbox: boolean) {
  try {
    return await chromium.launchPersistentContext(profile.path, {
      executablePath: program,
      headless,
      ignoreDefaultArgs: true,
      args: chromiumSwitches({ profile: profile.path, headless, sandbox, sharedMemory: hasSharedMemory() }),
      chromiumSandbox: sandbox,
      env: chromiumEnvironment(process.env, profile.temporary),
      viewport: headless ? { width: 1280, height: 800 } : null,
      // SECURITY: bytes reach the disk through main and a ticket only, never as a download.
      acceptDownloads: false,
      artifactsDir: profile.temporary,
      serviceWorkers: 'block',
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: 30_000,
    });
  } catch (error) {
    throw new StartError(launchFailure(errorText(error), program));
  }
}

/** One sentence out of playwright's account of a browser that did not start. */
function launchFailure(text: string, program: string): string {
  if (
    /No usable sandbox|setuid sandbox|sandboxing failed|sandbox_host|credentials\.cc|zygote_host/i.test(text)
  )
    return (
      "Chromium's sandbox does not work here, and Baleen does not run without it. Install the package " +
      'chromium-sandbox, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1).'
    );
  if (/Missing X server|\$DISPLAY|cannot open display|ozone_platform/i.test(text))
    return 'There is no display for a window. Start Baleen in a desktop session; without one, npm start -- --tour DIR makes pictures of every screen.';
  return `${program} did not start:\n${text}`;
}

/** Starts the window and the application in it. Throws StartError with nothing left running. */
export async function startChromiumShell(options: ChromiumShellOptions): Promise<ChromiumShell> {
  const headless = options.headless ?? false;
  const print = options.print ?? ((text: string) => void process.stderr.write(text));
  const program = findChromium();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) print(`baleen: ${ROOT_NOTICE}\n`);
  const parent = runtimeFolder();
  await removeStaleProfiles(parent);
  const profile = makeProfile(parent, chromiumPreferences());
  let context: BrowserContext;
  try {
    context = await launch(program, profile, headless, !isRoot);
  } catch (error) {
    await profile.remove();
    throw error;
  }
  try {
    return await carry(context, profile, {
      ...options,
      print,
      ports: {
        ...options.ports,
        notices: [...(options.ports?.notices ?? []), ...(isRoot ? [ROOT_NOTICE] : [])],
      },
    });
  } catch (error) {
    await context.close();
    await profile.remove();
    throw error;
  }
}

async function carry(
  context: BrowserContext,
  profile: ProfileFolder,
  options: ChromiumShellOptions & { print: (text: string) => void },
): Promise<ChromiumShell> {
  const page = context.pages()[0] ?? (await context.waitForEvent('page', { timeout: 15_000 }));
  const isWindow = (other: Page): boolean => other === page;
  const folders = { ...standardFolders(), ...options.ports?.paths };
  makeConfigFolder(folders);
  const log = openLogFile(folders.config);
  const sleepers: (() => void)[] = [];
  const endWatch = watchSleep(() => sleepers.forEach((slept) => slept()));
  const { promise: ended, resolve: settle } = Promise.withResolvers<void>();
  let bridge: BridgeMain | null = null;
  let app: App | null = null;
  let closing: Promise<void> | null = null;
  let adopting = false;

  const note = (what: string) => (error: unknown) =>
    log.write(
      JSON.stringify({ level: 50, time: new Date().toISOString(), msg: what, error: errorText(error) }),
    );

  async function endApp(): Promise<void> {
    const ending = app;
    app = null;
    await ending?.close().catch(note('the application did not close cleanly'));
  }
  async function end(): Promise<void> {
    endWatch();
    await endApp();
    await context.close().catch(note('the window did not close cleanly'));
    await profile.remove().catch(note('the profile was not removed'));
    log.close();
    settle();
  }
  const close = (): Promise<void> => (closing ??= end());

  async function openChooserPage(): Promise<Page> {
    adopting = true;
    try {
      const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate(openPopup)]);
      return popup;
    } finally {
      adopting = false;
    }
  }

  const clipboard = windowClipboard(() => page);
  const native = options.headless === true ? null : nativeDialogs();
  const ports: Ports = {
    clock: realClock,
    random: realRandom,
    net: nodeNet,
    signerHosts: nodeSignerHosts(options.signerHost),
    dialogs: native ?? chooserDialogs(openChooserPage),
    volumes: nodeVolumes(note),
    clipboard,
    version: options.version,
    workers: options.workers,
    notices: [],
    ...options.ports,
    emit: (event) => bridge?.emit(event),
    onSuspend: (listener) => void sleepers.push(listener),
    // The reply to the call that quits still goes out before the window closes.
    quit: () => void setImmediate(() => void close()),
    logLine: log.write,
    paths: { ...folders, workspace: options.args.workspace },
  };

  guardWindow(context, page, {
    isExpected: () => adopting,
    mayAsk: options.headless !== true,
    clipboard,
  });
  page.on('close', () => void close());
  context.on('close', () => void close());
  page.on('crash', () => {
    options.print('baleen: The window crashed. What was shown as done is stored; start Baleen again.\n');
    process.exitCode = 1;
    void close();
  });

  const running = await options.createApp(ports);
  app = running;
  const assets = createAssets({ folder: options.rendererFolder, dispatch: running.dispatch });
  await context.route('**/*', (route) =>
    answer(route, assets, isWindow).catch(note('a request was not answered')),
  );
  bridge = await carryBridge(context, { dispatch: running.dispatch, isWindow });
  await context.grantPermissions([], { origin: APP_ORIGIN });
  await page.goto(`${APP_ORIGIN}/`);

  return {
    page,
    context,
    ended,
    close,
    fail(error) {
      note('main failed')(error instanceof Error ? (error.stack ?? error.message) : error);
      bridge?.gone();
      void endApp();
    },
  };
}

/** Runs in the page: a window of its own without a tab strip. */
function openPopup(): void {
  (globalThis as unknown as { open(url: string, name: string, features: string): unknown }).open(
    'about:blank',
    '',
    'popup,width=780,height=600',
  );
}

/**
 * Closes every page that is not ours, answers no dialog, and brings the window back when something led it away. `mayAsk`: the
 * operator answers Chromium's own question when the window is closed while the trust anchor serves.
 */
function guardWindow(
  context: BrowserContext,
  page: Page,
  {
    isExpected,
    mayAsk,
    clipboard,
  }: { isExpected: () => boolean; mayAsk: boolean; clipboard: WindowClipboard },
): void {
  const ignore = (): void => undefined;
  context.on('page', (other) => {
    if (other === page || (isExpected() && other.url() === 'about:blank')) return;
    // A page that is already gone needs no closing.
    void other.close().catch(ignore);
  });
  context.on('dialog', (dialog) => {
    const isLeaving = dialog.type() === 'beforeunload';
    if (isLeaving && clipboard.isHeld()) {
      // Nothing runs in the page behind its question: it stays, the secret is taken away, then it may go.
      const go = async (): Promise<unknown> =>
        (await clipboard.wantsReload()) ? page.reload() : page.close({ runBeforeUnload: true });
      void dialog.dismiss().then(clipboard.letGo).then(go, go).catch(ignore);
      return;
    }
    if (isLeaving && mayAsk) return;
    void (isLeaving ? dialog.accept() : dialog.dismiss()).catch(ignore);
  });
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame() && originOf(frame.url()) !== APP_ORIGIN)
      void page.goto(`${APP_ORIGIN}/`).catch(ignore);
  });
}

/** Serves our origin to our window; any other request is ended as if it had never been made. */
async function answer(route: Route, assets: Assets, isWindow: (page: Page) => boolean): Promise<void> {
  const request = route.request();
  const frame = request.frame();
  if (originOf(request.url()) !== APP_ORIGIN || !isWindow(frame.page())) return route.abort('aborted');
  const { mainFrame, origin } = callerOf(frame, isWindow);
  const caller = { origin, mainFrame: mainFrame && !request.isNavigationRequest() };
  const { status, headers, body } = await assets({ method: request.method(), url: request.url(), caller });
  return route.fulfill({ status, headers, body });
}
