/**
 * Theme and zoom: from main to the root element's attributes, and the keys that move them. Colours and
 * lengths themselves are in styles/tokens.css.
 */
import { useEffect } from 'react';
import type { Appearance } from '#shared/contract/app.ts';
import { call } from './call.ts';
import { useView } from './state.ts';

const ZOOM_STEPS = [0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

/** The next step up (1), down (-1), or back to 100 % (0). */
export function nextZoom(zoom: number, direction: 1 | -1 | 0): number {
  if (direction === 0) return 1;
  const steps = direction === 1 ? ZOOM_STEPS : ZOOM_STEPS.toReversed();
  return steps.find((step) => (direction === 1 ? step > zoom + 0.001 : step < zoom - 0.001)) ?? zoom;
}

/** Puts it on the root element. `moreContrast`: the system asks for more contrast. */
export function applyAppearance(root: HTMLElement, appearance: Appearance, moreContrast: boolean): void {
  root.dataset['theme'] = appearance.theme;
  const more = appearance.theme === 'contrast' || (appearance.theme === 'system' && moreContrast);
  if (more) root.dataset['contrast'] = 'more';
  else delete root.dataset['contrast'];
  root.style.setProperty('--zoom', String(appearance.zoom));
}

/** Shows it at once and tells main, which keeps it. */
export async function setAppearance(change: Partial<Appearance>): Promise<void> {
  const appearance = { ...useView.getState().appearance, ...change };
  useView.setState({ appearance });
  await call('app.setAppearance', appearance);
}

/** Reads what main keeps and follows the system's wish for contrast. Mounted once. */
export function useAppearance(): void {
  const appearance = useView((state) => state.appearance);
  useEffect(() => {
    call('app.appearance', {}).then(
      (kept) => useView.setState({ appearance: kept }),
      // Without main the defaults stay, and the banner says that main is gone.
      () => undefined,
    );
  }, []);
  useEffect(() => {
    const query = window.matchMedia('(prefers-contrast: more)');
    const apply = (): void => applyAppearance(document.documentElement, appearance, query.matches);
    apply();
    query.addEventListener('change', apply);
    return () => query.removeEventListener('change', apply);
  }, [appearance]);
}
