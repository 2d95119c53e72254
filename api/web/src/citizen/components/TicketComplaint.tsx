import { useState } from 'react';
import type { Api, ComplaintCard, TicketStatus } from '../api';
import { problemText } from '../conversation';
import { texts } from '../texts';
import { ComplaintForm } from './cards/ComplaintForm';

interface Props {
  api: Api;
  ticket: TicketStatus;
  code: string;
  onFollow: (number: string, queryCode: string) => void;
}

/** A complaint about how this ticket was dealt with. Those who dealt with it do not see it. */
export function TicketComplaint({ api, ticket, code, onFollow }: Props) {
  const t = texts.complaint;
  const [card, setCard] = useState<ComplaintCard | null>(null);
  const [problem, setProblem] = useState('');

  async function open() {
    setProblem('');
    try {
      setCard(await api.complaintForm());
    } catch (error) {
      setProblem(problemText(error));
    }
  }

  if (ticket.complaint) return <p>{t.isOne(ticket.complaint)}</p>;
  return (
    <section className="part">
      {card ? (
        <ComplaintForm
          card={card}
          onComplain={(complaint) => api.complainOfTicket(ticket.number, code, complaint)}
          onFollow={onFollow}
        />
      ) : (
        <button type="button" className="button quiet" onClick={() => void open()}>
          {t.ofTicket}
        </button>
      )}
      <div role="status">{problem && <p className="amber-note">{problem}</p>}</div>
    </section>
  );
}
