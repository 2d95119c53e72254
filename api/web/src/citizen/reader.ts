/** What every part of the page needs to know of where it is shown and how the person wants to read. */

import { createContext, useContext } from 'react';
import type { FileLimits } from '../files/files';
import type { Voice } from './speech';
import { texts } from './texts';

/** On its own page, on a public terminal, or in a frame on another site. */
export type Place = 'page' | 'kiosk' | 'frame';

export interface Reader {
  place: Place;
  simple: boolean;
  /** The conversation is in English: the words needed to go on stand in both languages. */
  english: boolean;
  voice: Voice;
  /** What can be added to a new ticket; null until the service has said so. */
  fileLimits: FileLimits | null;
}

export const ReaderContext = createContext<Reader>({
  place: 'page',
  simple: false,
  english: false,
  voice: { available: false, reading: () => null, subscribe: () => () => undefined, read: () => undefined, stop: () => undefined },
  fileLimits: null,
});

export function useReader(): Reader {
  return useContext(ReaderContext);
}

/** Puts the English of a word before it where the conversation is in English. */
export function useWords(): (key: keyof typeof texts.english, chinese: string) => string {
  const { english } = useReader();
  return (key, chinese) => (english ? `${texts.english[key]} ${chinese}` : chinese);
}
