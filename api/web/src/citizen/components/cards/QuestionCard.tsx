import { useId } from 'react';
import type { Option, QuestionCard as Question } from '../../api';
import { texts } from '../../texts';

interface Props {
  card: Question;
  options: Option[];
  /** False once the conversation has gone on. */
  open: boolean;
  chosen: string | null;
  onChoose: (option: Option) => void;
}

export function QuestionCard({ card, options, open, chosen, onChoose }: Props) {
  const heading = useId();
  return (
    <section className="card question" aria-labelledby={heading}>
      <h3 id={heading}>
        {card.text}
        {card.why && <span className="why">{card.why}</span>}
      </h3>
      <ul className="options" aria-labelledby={heading}>
        {options.map((option) => (
          <li key={option.value}>
            <button
              type="button"
              className="button tap"
              // Not `disabled`, which would throw the keyboard focus away at the moment of choosing.
              aria-disabled={!open}
              aria-pressed={chosen === option.value || undefined}
              onClick={() => open && onChoose(option)}
            >
              {chosen === option.value && <span className="visually-hidden">{texts.question.chosen}</span>}
              {option.label}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
