/**
 * The application in the window: session, guard, frame and the screen of the present route. It holds no data
 * and knows no domain.
 */
import { Suspense, useEffect } from 'react';
import type { ReplyError } from '#shared/errors.ts';
import { DropZone } from '../components/drop-zone.tsx';
import { Page } from '../components/page.tsx';
import { ErrorState, Loading } from '../components/state-box.tsx';
import { Toasts } from '../components/toasts.tsx';
import { useAppearance } from './appearance.ts';
import { CallError } from './call.ts';
import { CommandPalette } from './command-palette.tsx';
import { Frame } from './frame.tsx';
import { guard } from './guard.ts';
import { inspectDropped } from './inspect-file.ts';
import { useKeyboardMap } from './keyboard-map.ts';
import { QuitDialog } from './quit-dialog.tsx';
import { formatPath, replacePath } from './router.ts';
import type { Route } from './router.ts';
import { useHeartbeat, useSession, useSessionWatch, useTouch } from './session.ts';
import type { Session } from './session.ts';
import { routeEntry } from './route-table.ts';
import { ScreenBoundary } from './screen-boundary.tsx';
import { SignerPrompts } from './signer-prompts.tsx';
import { followLocation, useView } from './state.ts';
import { VIEWS } from './views.tsx';

const MAIN_GONE: ReplyError = {
  code: 'MAIN_GONE',
  message: 'The window is still here, but the part that holds the workspace has ended.',
  ref: '',
};

function Screen({ session, asked }: { session: Session; asked: Route | null }) {
  const wanted = useView((state) => state.wanted);
  const gate = { state: session.state, recoveryVerified: session.workspace?.recoveryVerified ?? true };
  const { route, redirect, wanted: remember } = guard(asked, gate, wanted);
  const target = redirect ? formatPath(route.name, route.params, route.query) : null;
  useEffect(() => {
    if (target !== null) {
      if (remember !== null) useView.setState({ wanted: remember });
      replacePath(target);
      // Forgotten only once it is there: the address changes a moment later, and is asked about meanwhile.
    } else if (session.state === 'unlocked') useView.setState({ wanted: null });
  }, [target, remember, session.state]);
  const gone = useView((state) => state.mainGone);
  const View = VIEWS[route.name];
  const key = `${route.name} ${route.params['id'] ?? route.params['draft'] ?? ''}`;
  return (
    <Frame session={session} route={route}>
      <ScreenBoundary key={key} screen={route.name}>
        <Suspense
          fallback={
            <Page title={routeEntry(route.name).title}>
              <Loading what="the screen" />
            </Page>
          }
        >
          {gone ? (
            <Page title="Baleen has to be started again">
              <ErrorState error={new CallError('app.info', MAIN_GONE)} />
            </Page>
          ) : View ? (
            <View route={route} session={session} />
          ) : null}
        </Suspense>
      </ScreenBoundary>
    </Frame>
  );
}

export function App() {
  const session = useSession();
  const asked = useView((state) => state.route);
  const state = session.data?.state ?? 'none';
  useAppearance();
  useSessionWatch(session.data);
  useTouch(state === 'unlocked');
  useKeyboardMap(state === 'unlocked');
  useHeartbeat();
  useEffect(followLocation, []);

  return (
    <DropZone
      fallback={{
        verb: state === 'unlocked' ? 'Drop to open' : 'Drop to inspect',
        take: (file) => void inspectDropped(file, state === 'unlocked'),
      }}
    >
      {session.data ? (
        <Screen session={session.data} asked={asked} />
      ) : session.error ? (
        <main className="page">
          <h1>Baleen</h1>
          <ErrorState error={session.error} onRetry={session.reload} />
        </main>
      ) : null}
      <QuitDialog state={state} />
      <SignerPrompts state={state} />
      <CommandPalette state={state} />
      <Toasts />
    </DropZone>
  );
}
