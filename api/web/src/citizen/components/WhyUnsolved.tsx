import { useId, useState } from 'react';
import type { UnsolvedReason } from '../api';
import { texts } from '../texts';

interface Props {
  onReason: (reason: UnsolvedReason) => Promise<boolean>;
}

/** One tap, if the person likes: why the answer did not help. What helps them on stands below and waits for nothing. */
export function WhyUnsolved({ onReason }: Props) {
  const heading = useId();
  const [told, setTold] = useState<UnsolvedReason | null>(null);

  async function tell(reason: UnsolvedReason) {
    setTold(reason);
    if (!(await onReason(reason))) setTold(null); // it is of use to us only: no word of failure to the person
  }

  return (
    <div className="why-unsolved" role="group" aria-labelledby={heading}>
      <p id={heading}>{told ? texts.unsolved.thanks : texts.unsolved.ask}</p>
      <div className="options">
        {Object.entries(texts.unsolved.reasons).map(([reason, label]) => (
          <button
            type="button"
            key={reason}
            className="button"
            aria-pressed={told === reason || undefined}
            onClick={() => void tell(reason as UnsolvedReason)}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
