/** "The same by command": text to be read and copied, never run by the application. */
import { Card } from './card.tsx';
import { CopyButton } from './hex-value.tsx';

/** `what`: what is copied, for the name of the button. */
export function CommandBlock(props: { text: string; title?: string; what?: string }) {
  const { text, title = 'The same by command', what = 'command' } = props;
  return (
    <Card title={title} aside={<CopyButton text={text} what={what} wide />}>
      <pre className="code">{text}</pre>
    </Card>
  );
}
