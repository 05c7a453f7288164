/** A file on a stick goes where it is opened: main reads it and holds it, the window goes to its screen. */
import type { Stick, StickFile } from '#shared/contract/ta-stick.ts';
import { call } from '../../app/call.ts';
import { leavePending } from '../../app/pending-file.ts';
import { navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';

/** The other file of a signer's set-up, when it lies there by now and is wanted too: one press takes both. */
async function besideIt(stick: Stick, file: StickFile): Promise<StickFile | undefined> {
  if (file.state !== 'expected') return undefined;
  const { sticks } = await call('ta.sticks', {});
  return sticks
    .find(({ id }) => id === stick.id)
    ?.files.find(({ opens, state, kind }) => opens === 'setup' && state === 'expected' && kind !== file.kind);
}

/** Throws CallError with what is wrong with the file. */
export async function openFromStick(stick: Stick, file: StickFile): Promise<void> {
  const { opens, id, text, says } = await call('ta.stickOpen', { stick: stick.id, name: file.name });
  switch (opens) {
    case 'review':
      return navigate('ta-review', { id });
    case 'response':
      return navigate('ta-response', { id });
    case 'take-back':
      return navigate('trust-anchor', {}, { back: id });
    case 'signer-info':
      return navigate('ta-signer-info', { id });
    case 'child-info':
      return navigate('trust-anchor', {}, { child: id });
    case 'setup': {
      const other = await besideIt(stick, file);
      if (other !== undefined) await call('ta.stickOpen', { stick: stick.id, name: other.name });
      const isRepository = file.kind === 'proxy-repo' && other === undefined;
      return navigate('ta-signer', { draft: id, step: isRepository ? 'repository' : 'proxy' });
    }
    case 'repository':
      leavePending(new File([text ?? ''], file.name));
      return navigate('ta-repository');
    case 'local-child':
      showToast(says);
      return navigate('ta-child', { id });
  }
}
