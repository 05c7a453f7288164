/** A bug in one screen: the frame stays and says so, and the log of main has where it was. */
import { Component } from 'react';
import type { ReactNode } from 'react';
import { Page } from '../components/page.tsx';
import { ErrorState } from '../components/state-box.tsx';
import { asCallError, call } from './call.ts';

interface Props {
  /** The name of its route. */
  screen: string;
  children: ReactNode;
}

const cut = (text: string, length: number): string => text.slice(0, length);

export class ScreenBoundary extends Component<Props, { failure: unknown }> {
  override state: { failure: unknown } = { failure: null };

  static getDerivedStateFromError(failure: unknown): { failure: unknown } {
    return { failure };
  }

  override componentDidCatch(failure: unknown): void {
    const error = failure instanceof Error ? failure : new Error(String(failure));
    // What cannot be told is shown all the same.
    call('app.screenFailed', {
      screen: this.props.screen,
      message: cut(`${error.name}: ${error.message}`, 500),
      stack: cut(error.stack ?? '', 8000),
    }).catch(() => undefined);
  }

  override render(): ReactNode {
    if (this.state.failure === null) return this.props.children;
    return (
      <Page title="This screen failed">
        <ErrorState
          error={asCallError('app.info', this.state.failure)}
          onRetry={() => this.setState({ failure: null })}
        />
      </Page>
    );
  }
}
