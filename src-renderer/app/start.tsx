/** Starts the application in the page: events first, so that none is missed, then the first paint. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { takeEvent } from './query-store.ts';

export function start(): void {
  window.bridge.subscribe(takeEvent);
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
