/**
 * Publishes a given set into a folder and kills itself with -9 after a given number of steps. A program of its own, because
 * a thread cannot be killed with -9. Not shipped.
 */
import { readFileSync } from 'node:fs';
import { publishFolder } from '../ta/publish/publish-folder.ts';

/** What the program reads from standard input. */
export interface PublisherOrder {
  folder: string;
  base: string;
  /** By URI, the content as text. */
  objects: Record<string, string>;
  notify: string | null;
  session: string;
  links: boolean;
  /** After which step it dies; a larger number than there are steps: never. */
  killAfter: number;
}

const order = JSON.parse(readFileSync(0, 'utf8')) as PublisherOrder;
let left = order.killAfter;
await publishFolder({
  ...order,
  objects: Object.entries(order.objects).map(([uri, text]) => ({ uri, der: Buffer.from(text) })),
  newSession: () => order.session,
  async step() {
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  },
});
