/** "The same by command": text to be read and copied, never run by the application. */
import { Card } from './card.tsx';
import { CopyButton } from './hex-value.tsx';

/** `what`: what is copied, for the name of the button. `short`: it scrolls by itself, so that what comes after it stays in reach. */
export function CommandBlock(props: { text: string; title?: string; what?: string; short?: boolean }) {
  const { text, title = 'The same by command', what = 'command' } = props;
  return (
    <Card title={title} aside={<CopyButton text={text} what={what} wide />}>
      {props.short ? (
        <textarea className="code" readOnly aria-label={what} rows={12} value={text} />
      ) : (
        <pre className="code">{text}</pre>
      )}
    </Card>
  );
}
