/** The page of one object while it loads, and when it is not there: what was refused and the way back to the list. */
import type { CallError } from '../app/call.ts';
import { LinkButton } from './button.tsx';
import { Page } from './page.tsx';
import { ErrorState, Loading } from './state-box.tsx';

export interface NotLoadedProps {
  /** "Authority". */
  title: string;
  found: { error: CallError | null; reload: () => void };
  /** Where the others are listed. */
  back: { href: string; label: string };
}

export function NotLoaded({ title, found, back }: NotLoadedProps) {
  return (
    <Page title={title} narrow>
      {found.error ? (
        <ErrorState
          error={found.error}
          onRetry={found.reload}
          action={<LinkButton href={back.href}>{back.label}</LinkButton>}
        />
      ) : (
        <Loading what={`the ${title.toLowerCase()}`} />
      )}
    </Page>
  );
}
