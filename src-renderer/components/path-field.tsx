/** The path of a file on this machine: typed, or chosen in main's dialog. Only the path goes anywhere; the file is read by main. */
import { FolderOpen } from 'lucide-react';
import { call } from '../app/call.ts';
import { useAction } from '../app/use-action.ts';
import { Button } from './button.tsx';
import { ErrorState } from './state-box.tsx';
import { TextField } from './text-field.tsx';
import type { TextFieldProps } from './text-field.tsx';

interface PathFieldProps extends Omit<TextFieldProps, 'mono' | 'end' | 'lines'> {
  purpose: 'library' | 'certificate' | 'key';
  /** The file in a sentence, for the name of the button: "the library". */
  what: string;
}

export function PathField({ purpose, what, ...field }: PathFieldProps) {
  const choose = useAction('dialogs.openFile', async () => {
    const { chosen } = await call('dialogs.openFile', { purpose });
    if (chosen !== null) field.onChange(chosen.path);
  });
  return (
    <>
      <TextField
        {...field}
        mono
        end={
          <Button icon={<FolderOpen aria-hidden />} busy={choose.busy} onPress={() => void choose.run()}>
            Choose…
            <span className="visually-hidden"> {what}</span>
          </Button>
        }
      />
      {choose.error ? <ErrorState error={choose.error} /> : null}
    </>
  );
}
