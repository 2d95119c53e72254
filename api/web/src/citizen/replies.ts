import type { AnswerCard, Card, DeadlineCard, QuickReply, ReferralCard, Reply } from './api';
import { texts } from './texts';

/** The steps shown at once: the first, and the rest of the first three. More would not be read. */
export const STEPS_SHOWN = 3;

/** The lines of the reply's text that its cards do not say again. */
export function leadLines(reply: Reply): string[] {
  const said = new Set(reply.cards.flatMap(spokenLines).map(bare));
  return reply.text.split('\n').filter((line) => line.trim() !== '' && !said.has(bare(line)));
}

/** Several time limits without a date, in one card. */
export interface TimesCard {
  kind: 'times';
  limits: DeadlineCard[];
}

/**
 * The cards in the order in which they help.
 *
 * Danger first, its number must be the first thing seen. A last day stays where it is. Time limits without a date
 * are told together, behind the place that takes the matter: several red cards in front of it frighten and hide it.
 */
export function arranged(cards: Card[]): { danger: Card[]; others: (Card | TimesCard)[] } {
  const danger = cards.filter((card) => card.kind === 'danger');
  const undated = cards.filter((card): card is DeadlineCard => card.kind === 'deadline' && card.days_left === null);
  const others: (Card | TimesCard)[] = cards.filter((card) => card.kind !== 'danger' && !undated.includes(card as never));
  if (undated.length > 0) {
    const slip = others.findIndex((card) => card.kind === 'referral');
    others.splice(slip < 0 ? 0 : slip + 1, 0, { kind: 'times', limits: undated });
  }
  return { danger, others };
}

/** The number to name where there is room for one only: the body's own, its hotline, or the service's. */
export function onePhone(card: ReferralCard): { number: string; name: string } {
  if (card.body.phone) return { number: card.body.phone, name: card.body.name };
  return card.hotlines[0] ?? { number: texts.hotline.number, name: texts.hotline.name };
}

const MATTER = 'matter'; // the question of every tap that names a matter

/**
 * The taps above the composer.
 *
 * Without those that are in reach anyway: the two fixed buttons, and the options of a question that is on the screen.
 */
export function visibleQuickReplies(reply: Reply, waiting = false): QuickReply[] {
  const asked = new Set(reply.cards.map((card) => (card.kind === 'question' ? card.id : null)));
  return reply.quick_replies.filter(({ send }) => {
    if (send.action === 'unresolved' || send.action === 'human') return false;
    if (waiting && send.action === 'stop_waiting') return false; // the line about the queue has it
    if (send.choice?.question === MATTER) return false; // in the reply itself
    return !(send.choice && asked.has(send.choice.question));
  });
}

/** Taps for other matters that were told. They stand in the reply: among the taps below they would push up what is read. */
export function matterTaps(reply: Reply): QuickReply[] {
  const asked = reply.cards.some((card) => card.kind === 'question' && card.id === MATTER);
  return asked ? [] : reply.quick_replies.filter(({ send }) => send.choice?.question === MATTER);
}

/** The options of a question; not knowing is always one of them. */
export function optionsOf(card: Extract<Card, { kind: 'question' }>): { value: string; label: string }[] {
  const canNotKnow = card.options.some((option) => option.value === 'unknown');
  return canNotKnow ? card.options : [...card.options, { value: 'unknown', label: texts.unknownOption }];
}

/** The first sentence of an answer, which is shown large, and what follows it. */
export function firstSentence(card: AnswerCard): { first: string; rest: string } {
  const answer = card.answer.trim();
  const end = answer.search(/[。\n]/);
  if (end < 0) return { first: answer, rest: '' };
  return { first: answer.slice(0, end + 1).trim(), rest: answer.slice(end + 1).trim() };
}

function spokenLines(card: Card): string[] {
  switch (card.kind) {
    case 'danger':
      return card.lines;
    case 'answer':
      return card.answer.split('\n');
    case 'question':
      return [card.text, `${card.text}（${card.why}）`];
    case 'deadline':
    case 'notice':
      return card.text.split('\n');
    case 'ticket':
      return [card.next];
    case 'referral':
    case 'ticket_form':
    case 'complaint':
      return [];
  }
}

function bare(line: string): string {
  return line.replace(/[\s。.]/g, '');
}
