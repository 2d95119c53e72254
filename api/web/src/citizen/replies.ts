import type { AnswerCard, Card, QuickReply, Reply } from './api';
import { texts } from './texts';

/** The lines of the reply's text that its cards do not say again. */
export function leadLines(reply: Reply): string[] {
  const said = new Set(reply.cards.flatMap(spokenLines).map(bare));
  return reply.text.split('\n').filter((line) => line.trim() !== '' && !said.has(bare(line)));
}

/** The cards apart: danger is shown before everything else, its number must be the first thing seen. */
export function dangerApart(cards: Card[]): { danger: Card[]; others: Card[] } {
  return {
    danger: cards.filter((card) => card.kind === 'danger'),
    others: cards.filter((card) => card.kind !== 'danger'),
  };
}

/**
 * The taps above the composer.
 *
 * Without those that are in reach anyway: the two fixed buttons, and the options of a question that is on the screen.
 */
export function visibleQuickReplies(reply: Reply): QuickReply[] {
  const asked = new Set(reply.cards.map((card) => (card.kind === 'question' ? card.id : null)));
  return reply.quick_replies.filter(({ send }) => {
    if (send.action === 'unresolved' || send.action === 'human') return false;
    return !(send.choice && asked.has(send.choice.question));
  });
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
      return [];
  }
}

function bare(line: string): string {
  return line.replace(/[\s。.]/g, '');
}
