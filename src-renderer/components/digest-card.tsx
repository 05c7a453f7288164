/**
 * A digest for reading aloud, by digits or by words: sixteen numbered groups, since the other side asks for some of them by
 * number. For the screen and for paper alike.
 */
import { hexGroups } from './hex-value.tsx';

export function DigestCard(props: {
  hex: string;
  /** Two words for each group, as main says them. */
  words: readonly string[];
  label: string;
}) {
  return (
    <div className="fp-wrap">
      <ol className="fp-board digest-card" data-numbered aria-label={props.label}>
        {hexGroups(props.hex).map((group, index) => (
          // The place is the identity: groups may repeat.
          <li key={index}>
            <small>{index + 1}</small>
            <span>{group}</span>
            <span className="digest-words">
              {(props.words[index] ?? '').split(' ').map((word) => (
                <span key={word}>{word} </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
