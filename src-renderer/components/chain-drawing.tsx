/** A certification path, root first, each link under its issuer. It judges nothing: states come from main. */
import type { Severity } from './icon.tsx';
import { Tag } from './tag.tsx';

export interface ChainItem {
  name: string;
  /** Quiet words after the name: "2026–2046, pathlen 1". */
  detail?: string;
  /** What was found about this link. */
  tag?: { tone: Severity; text: string };
  /** The one the page is about. */
  current?: boolean;
  href?: string;
}

export function ChainDrawing({ links }: { links: readonly ChainItem[] }) {
  const [link, ...below] = links;
  if (!link) return null;
  const name = link.current ? <b>{link.name}</b> : link.name;
  return (
    <ul className="chain">
      <li>
        <span className="chain-link" {...(link.current ? { 'aria-current': 'true' as const } : {})}>
          <span className="mono wrap">
            {link.href === undefined || link.current ? name : <a href={link.href}>{name}</a>}
          </span>
          {link.detail === undefined ? null : <span className="quiet">{link.detail}</span>}
          {link.tag === undefined ? null : <Tag tone={link.tag.tone}>{link.tag.text}</Tag>}
        </span>
        <ChainDrawing links={below} />
      </li>
    </ul>
  );
}
