/** What every screen gets from the application. It is not a place for data: screens ask for theirs. */
import type { Route } from './router.ts';
import type { Session } from './session.ts';

export interface ViewProps {
  route: Route;
  session: Session;
}
