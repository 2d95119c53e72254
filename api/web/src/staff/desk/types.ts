import type { Schemas } from '../api/client';

export type Queue = Schemas['QueueView'];
export type Item = Schemas['Item'];
export type Line = Schemas['Line'];
export type Person = Schemas['Person'];
export type Talk = Schemas['DeskConversation'];
export type Suggestion = Schemas['Suggestion'];
export type Suggested = Schemas['SuggestedView'];
export type Citation = Schemas['DraftCitation'];
export type Phrase = Schemas['Phrase'];
export type TicketDraft = Schemas['TicketDraft'];
export type Card = NonNullable<Schemas['Reply']['cards']>[number];
