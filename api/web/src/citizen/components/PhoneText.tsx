import { splitPhones, telLink } from '../phones';
import { useReader } from '../reader';

/** A sentence whose telephone numbers can be called with one tap; plain text on a terminal, which has no telephone. */
export function PhoneText({ text }: { text: string }) {
  const { place } = useReader();
  return splitPhones(text).map((piece, index) => {
    if (!piece.dial) return piece.text;
    if (place === 'kiosk') return <strong key={index}>{piece.text}</strong>;
    return (
      <a key={index} className="phone" href={telLink(piece.dial)}>
        {piece.text}
      </a>
    );
  });
}
