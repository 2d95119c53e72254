import { splitPhones, telLink } from '../phones';

/** A sentence whose telephone numbers can be called with one tap. */
export function PhoneText({ text }: { text: string }) {
  return splitPhones(text).map((piece, index) =>
    piece.dial ? (
      <a key={index} className="phone" href={telLink(piece.dial)}>
        {piece.text}
      </a>
    ) : (
      piece.text
    ),
  );
}
