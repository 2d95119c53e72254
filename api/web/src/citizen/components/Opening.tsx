import { texts } from '../texts';
import { PhoneText } from './PhoneText';

interface Props {
  examples: string[];
  onExample: (question: string) => void;
}

export function Opening({ examples, onExample }: Props) {
  return (
    <section className="opening">
      <h2>{texts.opening.invite}</h2>
      <p>{texts.opening.hint}</p>
      <p className="opening-danger">
        <PhoneText text={texts.opening.danger} />
      </p>
      {examples.length > 0 && (
        <>
          <h3 id="examples">{texts.opening.examples}</h3>
          <ul className="examples" aria-labelledby="examples">
            {examples.map((question) => (
              <li key={question}>
                <button type="button" className="button tap" onClick={() => onExample(question)}>
                  {question}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
