import { createContext, useContext } from 'react';
import type { Me } from './roles';

interface Session {
  me: Me;
  /** Read who is signed in anew, after something about the account has changed. */
  refresh: () => Promise<void>;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('Only pages inside the shell know who is signed in.');
  return session;
}

/** Who is signed in. */
export function useMe(): Me {
  return useSession().me;
}
