import type { DeadlineCard } from '../../api';
import { texts } from '../../texts';
import { PhoneText } from '../PhoneText';

/** Time limits that have no day yet. */
export function TimesCard({ limits }: { limits: DeadlineCard[] }) {
  return (
    <section className="card times">
      <h3>{texts.deadline.undated}</h3>
      <ul>
        {limits.map((limit, index) => (
          <li key={index}>
            <PhoneText text={limit.text} />
            {limit.basis && <small>{texts.deadline.basis(limit.basis)}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}
