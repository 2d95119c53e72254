/** What every part of the page needs to know of where it is shown and how the person wants to read. */

import { createContext, useContext } from 'react';
import type { Voice } from './speech';

/** On its own page, on a public terminal, or in a frame on another site. */
export type Place = 'page' | 'kiosk' | 'frame';

export interface Reader {
  place: Place;
  simple: boolean;
  voice: Voice;
}

export const ReaderContext = createContext<Reader>({
  place: 'page',
  simple: false,
  voice: { available: false, reading: () => null, subscribe: () => () => undefined, read: () => undefined, stop: () => undefined },
});

export function useReader(): Reader {
  return useContext(ReaderContext);
}
