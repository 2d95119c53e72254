import { useEffect, useRef, useState } from 'react';
import type { TicketCard as Ticket } from '../../api';
import { copyText, printOnly } from '../../devices';
import { texts } from '../../texts';
import { NamedList } from '../Lines';
import { PhoneText } from '../PhoneText';
import { BodyDetails } from './BodyDetails';

interface Props {
  card: Ticket;
  fresh: boolean;
  onFollow: () => void;
}

export function TicketCard({ card, fresh, onFollow }: Props) {
  const t = texts.ticket;
  const slip = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [copied, setCopied] = useState('');

  // The form that had the focus is gone; the slip takes its place.
  useEffect(() => {
    if (fresh) heading.current?.focus({ preventScroll: true });
  }, [fresh]);

  async function copy() {
    const done = await copyText(t.copyText(card.number, card.query_code));
    setCopied(done ? t.copied : t.copyFailed);
  }

  return (
    <article className="card slip ticket" ref={slip}>
      <h3 className="slip-heading" ref={heading} tabIndex={-1}>
        {t.heading}
      </h3>
      <dl className="ticket-codes">
        <div>
          <dt>{t.number}</dt>
          <dd className="ticket-number">{card.number}</dd>
        </div>
        <div>
          <dt>{t.code}</dt>
          <dd className="ticket-code">{card.query_code}</dd>
        </div>
      </dl>
      <p>{t.keep}</p>
      <div className="slip-buttons">
        <button type="button" className="button" onClick={copy}>
          {t.copy}
        </button>
        <p className="copied" role="status">
          {copied}
        </p>
      </div>
      {card.next && (
        <section className="part">
          <h4>{t.next}</h4>
          <p>
            <PhoneText text={card.next} />
          </p>
        </section>
      )}
      <NamedList heading={t.sent} items={card.sent} />
      <section className="part">
        <h4>{t.body}</h4>
        <p className="ticket-body">{card.body.name}</p>
        <BodyDetails body={card.body} />
      </section>
      <div className="slip-buttons">
        <button type="button" className="button" onClick={onFollow}>
          {t.follow}
        </button>
        {typeof window !== 'undefined' && typeof window.print === 'function' && (
          <button type="button" className="button" onClick={() => slip.current && printOnly(slip.current)}>
            {t.print}
          </button>
        )}
      </div>
    </article>
  );
}
