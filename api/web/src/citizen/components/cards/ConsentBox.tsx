import type { Consent } from '../../api';
import { useWords } from '../../reader';
import { texts } from '../../texts';
import { Lines } from '../Lines';

interface Props {
  id: string;
  consent: Consent;
  agreed: boolean;
  error: string | undefined;
  onChange: (agreed: boolean) => void;
}

/** What one agrees to, and the box to tick. */
export function ConsentBox({ id, consent, agreed, error, onChange }: Props) {
  const words = useWords();
  return (
    <>
      <div className="consent-text">
        <Lines lines={consent.text.split('\n')} />
      </div>
      <label className="consent">
        <input
          type="checkbox"
          checked={agreed}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-consent-error`}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{words('agree', texts.ticketForm.agree)}</span>
      </label>
      <p id={`${id}-consent-error`} className="field-error">
        {error}
      </p>
    </>
  );
}
