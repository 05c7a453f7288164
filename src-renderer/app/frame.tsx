/**
 * What stands round every screen: navigation, top bar, status bar, the rehearsal marks, the word that main is
 * gone. The content scrolls, the frame does not.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Unplug } from 'lucide-react';
import { useFocusKept } from '../components/focus-back.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { Button } from '../components/button.tsx';
import { CrumbContext } from '../components/page.tsx';
import type { Crumb } from '../components/page.tsx';
import { StandingNotice } from '../components/standing-notice.tsx';
import { Notice } from '../components/verdict.tsx';
import { call, toastError } from './call.ts';
import { ERROR_GUIDE } from './error-guide.ts';
import { Navigation } from './navigation.tsx';
import { routeEntry } from './route-table.ts';
import { hrefOf } from './router.ts';
import type { Route } from './router.ts';
import type { Session } from './session.ts';
import { useView } from './state.ts';
import { SignerWarnings, useSignerWarnings } from './signer-warnings.tsx';
import { StatusBar } from './status-bar.tsx';
import { TopBar } from './top-bar.tsx';
import { useQuery } from './use-query.ts';

/** "certificates/c-1": a change of it is a new page. A wizard's steps are one page. */
function pageKey(route: Route): string {
  const ids = Object.entries(route.params).filter(([key]) => key !== 'step');
  return [route.name, ...ids.map(([, value]) => value)].join('/');
}

/** How long a new page may take until its heading stands: its code is loaded, then what it shows. */
const ARRIVES_MS = 3000;

/** Moves the focus to the new page's heading, once it is there, and again when loading put another heading in its place. */
function useHeadingFocus(main: React.RefObject<HTMLElement | null>, key: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      // At the start the focus stays where the browser has it: the skip link comes first.
      first.current = false;
      return;
    }
    const node = main.current;
    if (!node) return;
    node.scrollTop = 0;
    const focus = (): void => {
      // A field that asks for the focus by itself keeps it.
      if (!node.contains(document.activeElement))
        node.querySelector<HTMLElement>('[data-page-heading]')?.focus();
    };
    focus();
    const observer = new MutationObserver(() => {
      // Whoever is somewhere else by now, in a dialog or the navigation, stays there.
      if (document.activeElement === null || document.activeElement === document.body) focus();
    });
    observer.observe(node, { childList: true, subtree: true });
    const timer = setTimeout(() => observer.disconnect(), ARRIVES_MS);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [key, main]);
}

function Watermark({ main }: { main: React.RefObject<HTMLElement | null> }) {
  const mark = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = main.current;
    if (!node) return;
    const fit = (): void => mark.current?.style.setProperty('--main-height', `${node.clientHeight}px`);
    const observer = new ResizeObserver(fit);
    observer.observe(node);
    fit();
    return () => observer.disconnect();
  }, [main]);
  return (
    <div className="watermark" ref={mark} aria-hidden>
      <span>
        <span>REHEARSAL</span>
      </span>
    </div>
  );
}

export function Frame({ session, route, children }: { session: Session; route: Route; children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const [crumb, setCrumb] = useState<Crumb | null>(null);
  const mainGone = useView((state) => state.mainGone);
  const info = useQuery('app.info', {}, []);
  const rehearsal = session.workspace?.kind === 'rehearsal';
  useHeadingFocus(main, pageKey(route));
  useFocusKept(main);

  useEffect(() => {
    // The kind of screen only: a window title is seen by everybody on the desktop.
    document.title = `${routeEntry(route.name).title} – Baleen`;
  }, [route.name]);
  useEffect(() => {
    const root = document.documentElement;
    if (rehearsal) root.dataset['rehearsal'] = '';
    else delete root.dataset['rehearsal'];
  }, [rehearsal]);

  const skip = useCallback(() => {
    main.current?.querySelector<HTMLElement>('[data-page-heading]')?.focus();
  }, []);
  const unverified =
    session.state === 'unlocked' &&
    session.workspace?.recoveryVerified === false &&
    route.name !== 'create-workspace' &&
    // There it is a line of what needs somebody.
    route.name !== 'overview';
  const warnings = useSignerWarnings(session.state === 'unlocked');
  const standing = info.data?.notices ?? [];
  const { notices } = session;
  return (
    <div className="frame">
      <div className="frame-grid">
        <button type="button" className="skip-link" onClick={skip}>
          Skip to the content
        </button>
        {mainGone ? (
          <div className="banner" role="alert">
            <Unplug aria-hidden />
            {ERROR_GUIDE.MAIN_GONE.title}. {ERROR_GUIDE.MAIN_GONE.next}
          </div>
        ) : null}
        <Navigation session={session} current={route.name} under={crumb?.under ?? null} />
        <TopBar current={route.name} crumb={crumb} unlocked={session.state === 'unlocked'} />
        <main className="main" ref={main} tabIndex={-1}>
          {rehearsal ? <Watermark main={main} /> : null}
          {notices.length + standing.length + warnings.length > 0 || unverified ? (
            <div className="frame-notices">
              <SignerWarnings warnings={warnings} />
              {unverified ? (
                <StandingNotice
                  severity="careful"
                  text="The recovery key of this workspace was never checked. Without it, a forgotten passphrase means that everything is lost."
                  about="the recovery key"
                  link={{
                    href: hrefOf('create-workspace', { step: 'recovery' }),
                    label: 'Print and check it now',
                  }}
                />
              ) : null}
              {standing.map((text) => (
                <StandingNotice
                  key={text}
                  severity="careful"
                  text={shownText(text)}
                  about="how Baleen was started"
                />
              ))}
              {notices.map((notice) => (
                <Notice key={notice.text} severity={notice.severity}>
                  {shownText(notice.text)}{' '}
                  <Button
                    size="small"
                    onPress={() =>
                      void call('workspace.dismissNotice', { text: notice.text }).catch(toastError)
                    }
                  >
                    I have read it
                  </Button>
                </Notice>
              ))}
            </div>
          ) : null}
          <CrumbContext value={setCrumb}>{children}</CrumbContext>
        </main>
        <StatusBar session={session} />
      </div>
      {rehearsal ? <div className="rehearsal-frame" aria-hidden /> : null}
    </div>
  );
}
