/** "The same by command": text to be read and copied, never run by the application. */
import { Card } from './card.tsx';
import { CopyButton } from './hex-value.tsx';

export function CommandBlock({ text, title = 'The same by command' }: { text: string; title?: string }) {
  return (
    <Card title={title} aside={<CopyButton text={text} what="command" wide />}>
      <pre className="code">{text}</pre>
    </Card>
  );
}
