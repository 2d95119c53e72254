import type { Card, ComplaintRequest, Consent, OpenedTicket, Reply, Send } from '../../api';
import { chosenOption, currentReply, formState, type Contact, type Entry, type TicketResult } from '../../conversation';
import { optionsOf, type TimesCard as Times } from '../../replies';
import { AnswerCard } from './AnswerCard';
import { ComplaintForm } from './ComplaintForm';
import { DangerCard } from './DangerCard';
import { DeadlineCard } from './DeadlineCard';
import { NoticeCard } from './NoticeCard';
import { QuestionCard } from './QuestionCard';
import { ReferralCard } from './ReferralCard';
import { TicketCard } from './TicketCard';
import { TicketForm } from './TicketForm';
import { TimesCard } from './TimesCard';

export interface CardHandlers {
  onSay: (text: string, send: Send) => void;
  onOpenTicket: (formId: string, consent: Consent, contact: Contact) => Promise<TicketResult>;
  onFollowTicket: (number: string, queryCode: string) => void;
  onComplain: (complaint: ComplaintRequest) => Promise<OpenedTicket>;
}

interface Props extends CardHandlers {
  card: Card | Times;
  reply: Reply;
  fresh: boolean;
  entries: readonly Entry[];
}

export function CardView({ card, reply, fresh, entries, onSay, onOpenTicket, onFollowTicket, onComplain }: Props) {
  switch (card.kind) {
    case 'danger':
      return <DangerCard card={card} fresh={fresh} />;
    case 'answer':
      return <AnswerCard card={card} />;
    case 'question': {
      const options = optionsOf(card);
      return (
        <QuestionCard
          card={card}
          options={options}
          open={currentReply(entries)?.id === reply.id}
          chosen={chosenOption(entries, reply.id, { id: card.id, options })}
          onChoose={(option) => onSay(option.label, { choice: { question: card.id, value: option.value } })}
        />
      );
    }
    case 'referral':
      return (
        <ReferralCard
          card={card}
          underAnswer={reply.cards.some((other) => other.kind === 'answer')}
          withForm={reply.cards.some((other) => other.kind === 'ticket_form')}
        />
      );
    case 'deadline':
      return <DeadlineCard card={card} />;
    case 'ticket_form':
      return (
        <TicketForm
          card={card}
          state={formState(entries, reply.id)}
          onSubmit={(contact) => onOpenTicket(reply.id, card.consent, contact)}
        />
      );
    case 'complaint':
      return <ComplaintForm card={card} onComplain={onComplain} onFollow={onFollowTicket} />;
    case 'ticket':
      return <TicketCard card={card} fresh={fresh} onFollow={() => onFollowTicket(card.number, card.query_code)} />;
    case 'times':
      return <TimesCard limits={card.limits} />;
    case 'notice':
      return <NoticeCard card={card} />;
    default:
      // A kind that a newer server knows and this page does not: the reply's text still stands.
      return null;
  }
}
