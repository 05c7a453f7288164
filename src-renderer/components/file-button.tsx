/** A button that opens the file chooser: for a place where no drop target is needed. */
import { useRef } from 'react';
import { Button } from './button.tsx';
import type { ButtonProps } from './button.tsx';

interface FileButtonProps extends Pick<ButtonProps, 'kind' | 'size' | 'icon' | 'busy'> {
  label: string;
  onFile: (file: File) => void;
}

export function FileButton({ label, onFile, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again after it was mended.
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
      <Button {...button} onPress={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}
