import { useState } from 'react';
import { useReader } from '../reader';
import { texts } from '../texts';
import { PhoneText } from './PhoneText';

interface Props {
  notice: string;
  examples: string[];
  onExample: (question: string) => void;
  /** For whom the person asks; begins what is written. */
  onFor: (who: string) => void;
}

export function Opening({ notice, examples, onExample, onFor }: Props) {
  const t = texts.opening;
  const { place } = useReader();
  const [forSomeone, setForSomeone] = useState(false);
  return (
    <section className="opening">
      <h2>{t.invite}</h2>
      <p>{t.hint}</p>
      <p className="opening-danger">
        <PhoneText text={t.danger} />
      </p>
      <p className="machine-notice">
        <PhoneText text={notice} />
      </p>
      <p className="machine-notice" lang="en">
        {texts.english.opening}
      </p>
      {place === 'kiosk' && <p className="machine-notice">{texts.kiosk.private}</p>}
      <div className="for-someone">
        <button
          type="button"
          className="button quiet"
          aria-expanded={forSomeone}
          aria-controls="for-whom"
          onClick={() => setForSomeone(!forSomeone)}
        >
          {texts.forSomeone.ask}
        </button>
        <div id="for-whom" hidden={!forSomeone}>
          <p>{texts.forSomeone.who}</p>
          <ul className="options">
            {texts.forSomeone.people.map((who) => (
              <li key={who}>
                <button type="button" className="button tap" onClick={() => onFor(who)}>
                  {who}
                </button>
              </li>
            ))}
          </ul>
        </div>
      </div>
      {examples.length > 0 && (
        <>
          <h3 id="examples">{t.examples}</h3>
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
