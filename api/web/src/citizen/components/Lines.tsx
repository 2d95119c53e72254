import { PhoneText } from './PhoneText';

/** Plain text, one paragraph a line. */
export function Lines({ lines }: { lines: string[] }) {
  return lines.map((line, index) => (
    <p key={index}>
      <PhoneText text={line} />
    </p>
  ));
}

/** A small heading with a list under it; nothing when there is nothing to list. */
export function NamedList({ heading, items }: { heading: string; items: string[] }) {
  if (items.length === 0) return null;
  return (
    <section className="part">
      <h4>{heading}</h4>
      <ul>
        {items.map((item, index) => (
          <li key={index}>
            <PhoneText text={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}
