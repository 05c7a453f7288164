/** A digest for reading aloud: sixteen groups of four digits, each with its number, since the other side asks for some of them. */
import { hexGroups } from './hex-value.tsx';

export function DigestBoard({ hex, label }: { hex: string; label: string }) {
  return (
    <div className="fp-wrap">
      <ol className="fp-board" data-numbered aria-label={label}>
        {hexGroups(hex).map((group, index) => (
          // The place is the identity: groups may repeat.
          <li key={index}>
            <small>{index + 1}</small>
            {group}
          </li>
        ))}
      </ol>
    </div>
  );
}
