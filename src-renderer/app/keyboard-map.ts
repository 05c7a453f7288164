/**
 * The keys that work everywhere in the window, as data and as one listener. Keys inside a control belong to
 * the control.
 */
import { useEffect } from 'react';
import { nextZoom, setAppearance } from './appearance.ts';
import { toastError } from './call.ts';
import { quit } from './serving.ts';
import { lock } from './session.ts';
import { setPaletteOpen, useView } from './state.ts';

/** For the settings screen: what can be pressed. */
export const KEYBOARD_MAP: readonly { keys: string; does: string }[] = [
  { keys: 'Ctrl K', does: 'Find a screen, an action or an object' },
  { keys: 'Ctrl L', does: 'Lock the workspace' },
  { keys: 'Ctrl +', does: 'Larger' },
  { keys: 'Ctrl −', does: 'Smaller' },
  { keys: 'Ctrl 0', does: '100 %' },
  { keys: 'Alt ←', does: 'Back' },
  { keys: 'Ctrl Q', does: 'Quit' },
  { keys: '↑ ↓ Home End', does: 'Move in a table; Enter opens the row' },
];

type Command = 'palette' | 'lock' | 'larger' | 'smaller' | 'normal' | 'quit';

/** The command of a key press with Ctrl (or Cmd), or null. */
export function commandOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): Command | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  switch (event.key.toLowerCase()) {
    case 'k':
      return 'palette';
    case 'l':
      return 'lock';
    case '+':
    case '=':
      return 'larger';
    case '-':
    case '_':
      return 'smaller';
    case '0':
      return 'normal';
    case 'q':
      return 'quit';
    default:
      return null;
  }
}

/** Runs the commands. Mounted once. */
export function useKeyboardMap(unlocked: boolean): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const command = commandOf(event);
      if (command === null || (command === 'lock' && !unlocked)) return;
      event.preventDefault();
      const { appearance, paletteOpen } = useView.getState();
      if (command === 'palette') {
        // Over an open dialog it would lead away from what is being asked there.
        if (paletteOpen || document.querySelector('.modal-shade') === null) setPaletteOpen(!paletteOpen);
      } else if (command === 'lock') lock().catch(toastError);
      else if (command === 'quit') quit().catch(toastError);
      else {
        const direction = command === 'larger' ? 1 : command === 'smaller' ? -1 : 0;
        setAppearance({ zoom: nextZoom(appearance.zoom, direction) }).catch(toastError);
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [unlocked]);
}
