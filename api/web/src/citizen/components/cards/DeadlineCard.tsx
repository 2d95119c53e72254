import type { DeadlineCard as Deadline } from '../../api';
import { dayWithWeekday } from '../../dates';
import { texts } from '../../texts';
import { PhoneText } from '../PhoneText';

export function DeadlineCard({ card }: { card: Deadline }) {
  const t = texts.deadline;
  return (
    <section className="card deadline">
      <h3>{t.heading}</h3>
      {card.last_day && (
        <p className="deadline-day">
          <span>{t.lastDay(dayWithWeekday(card.last_day))}</span>
          {card.days_left !== null && <span>{leftText(card.days_left)}</span>}
        </p>
      )}
      <p>
        <PhoneText text={card.text} />
      </p>
      {card.basis && <small>{t.basis(card.basis)}</small>}
    </section>
  );
}

function leftText(days: number): string {
  const t = texts.deadline;
  if (days < 0) return t.passed;
  return days === 0 ? t.today : t.left(days);
}
