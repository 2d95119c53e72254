import type { NoticeCard as Notice } from '../../api';
import { Lines } from '../Lines';

export function NoticeCard({ card }: { card: Notice }) {
  return (
    <section className="card notice">
      <Lines lines={card.text.split('\n')} />
    </section>
  );
}
