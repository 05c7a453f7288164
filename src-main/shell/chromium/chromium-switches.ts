/**
 * How Chromium is started: every switch, preference and variable, so that it is one quiet window and nothing else.
 * playwright's own list is not used, so that what is here is all there is.
 */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Features that talk to a network, to Google, or to the operator on Chromium's behalf. */
const OFF = [
  'AimEnabled',
  'AutofillServerCommunication',
  'CertificateTransparencyComponentUpdater',
  'DialMediaRouteProvider',
  'GlobalMediaControls',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'InterestFeedContentSuggestions',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationGuideModelDownloading',
  'OptimizationHints',
  'OptimizationHintsFetching',
  'PreconnectToSearch',
  'Prerender2',
  'PushMessaging',
  'Translate',
  'WebOTP',
];

export function chromiumSwitches(options: {
  profile: string;
  headless: boolean;
  sandbox: boolean;
  /** What `hasSharedMemory` says of this machine. */
  sharedMemory: boolean;
}): string[] {
  return [
    // The DevTools pipe (file descriptors 3 and 4): nothing listens.
    '--remote-debugging-pipe',
    `--user-data-dir=${options.profile}`,
    ...(options.headless ? ['--headless', '--hide-scrollbars'] : []),
    // SECURITY: only root cannot have the sandbox; chromium-shell.ts warns then.
    ...(options.sandbox ? [] : ['--no-sandbox']),
    // No network at all: no proxy that could resolve names, no name or address resolves, no QUIC, and WebRTC by a proxy
    // only, of which there is none. (`--force-webrtc-…`, as pages on the web have it, is not obeyed by a browser.)
    '--no-proxy-server',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--disable-quic',
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--disable-breakpad',
    '--disable-crash-reporter',
    '--disable-client-side-phishing-detection',
    '--disable-field-trial-config',
    '--disable-pings',
    '--no-pings',
    '--metrics-recording-only',
    '--disable-features=' + OFF.join(','),
    '--enable-features=SkipListAccountsWithoutGaiaCookies',
    // Nothing of the browser around the page.
    '--app=data:text/html,<title>Baleen</title>',
    '--class=Baleen',
    '--window-size=1280,800',
    '--no-first-run',
    '--no-default-browser-check',
    '--no-service-autorun',
    '--disable-default-apps',
    '--disable-extensions',
    '--disable-component-extensions-with-background-pages',
    '--disable-search-engine-choice-screen',
    '--disable-notifications',
    '--disable-speech-api',
    '--disable-spell-checking',
    '--disable-prompt-on-repost',
    '--disable-back-forward-cache',
    // Timers of a hidden window run on time: auto-lock and clipboard countdowns are shown truly.
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    // SECURITY: with this switch memory that processes share (pictures of the window) becomes files on a disk.
    ...(options.sharedMemory ? [] : ['--disable-dev-shm-usage']),
    // No key ring is asked: nothing is stored that would need one.
    '--password-store=basic',
    '--use-mock-keychain',
  ];
}

const SHARED_MEMORY_BYTES = 128 * 1_048_576;

/** Whether /dev/shm is there and large enough: in some containers it is not, and Chromium would crash. */
export function hasSharedMemory(statfs: typeof statfsSync = statfsSync): boolean {
  try {
    const { bavail, bsize } = statfs('/dev/shm');
    return bavail * bsize >= SHARED_MEMORY_BYTES;
  } catch {
    // No such place (a chroot, another system).
    return false;
  }
}

const BLOCK = 2;

/** Content of `Default/Preferences` of the fresh profile. */
export function chromiumPreferences(): unknown {
  return {
    alternate_error_pages: { enabled: false },
    autofill: { credit_card_enabled: false, profile_enabled: false },
    browser: { enable_spellchecking: false, has_seen_welcome_page: true, check_default_browser: false },
    credentials_enable_service: false,
    dns_prefetching: { enabled: false },
    download: { prompt_for_download: false, default_directory: '' },
    net: { network_prediction_options: BLOCK },
    payments: { can_make_payment_enabled: false },
    profile: {
      default_content_setting_values: {
        geolocation: BLOCK,
        media_stream_camera: BLOCK,
        media_stream_mic: BLOCK,
        notifications: BLOCK,
        popups: BLOCK,
        sensors: BLOCK,
        serial_guard: BLOCK,
        usb_guard: BLOCK,
        hid_guard: BLOCK,
        bluetooth_guard: BLOCK,
        file_system_write_guard: BLOCK,
        local_fonts: BLOCK,
        midi_sysex: BLOCK,
      },
      password_manager_enabled: false,
      // Otherwise the next window of a killed one asks whether to restore pages.
      exit_type: 'Normal',
    },
    safebrowsing: { enabled: false, enhanced: false },
    search: { suggest_enabled: false },
    signin: { allowed: false, allowed_on_next_startup: false },
    spellcheck: { dictionaries: [], use_spelling_service: false },
    translate: { enabled: false },
    url_keyed_anonymized_data_collection: { enabled: false },
    webrtc: {
      ip_handling_policy: 'disable_non_proxied_udp',
      multiple_routes_enabled: false,
      nonproxied_udp_enabled: false,
    },
  };
}

const NOT_PASSED =
  /^(https?_proxy|ftp_proxy|all_proxy|no_proxy|node_options|ld_preload|chrome.*|chromium.*)$/i;

/** The environment of the browser: no proxies, no Google keys (the word "no" stops its reminder), its own folder for temporary files. */
export function chromiumEnvironment(env: NodeJS.ProcessEnv, temporary = tmpdir()): Record<string, string> {
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !NOT_PASSED.test(entry[0]),
  );
  return {
    ...Object.fromEntries(passed),
    TMPDIR: temporary,
    GOOGLE_API_KEY: 'no',
    GOOGLE_DEFAULT_CLIENT_ID: 'no',
    GOOGLE_DEFAULT_CLIENT_SECRET: 'no',
  };
}
