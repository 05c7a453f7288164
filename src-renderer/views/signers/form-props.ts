/** What the parts of the signer's form share. No component. */
import type { Problems, SignerForm } from './signer-form.ts';

export interface FormProps {
  form: SignerForm;
  change: (part: Partial<SignerForm>) => void;
  /** Sentences by path, ours and main's. */
  problems: Problems;
}
