import type { Session } from './api';
import type { Storage } from './storage';

const LINK = /^#resume=([0-9a-f]{24})\.([\w-]{20,64})$/;

/**
 * Takes up the conversation a link from WeChat names. Asked first: whoever sent the link can read what is said there, so
 * it must be one the person opened from their own WeChat. Returns whether the link was one, so that it can be hidden.
 */
export function resumeFromLink(hash: string, storage: Storage, agrees: () => boolean): boolean {
  const found = LINK.exec(hash);
  if (!found) return false;
  const session: Session = { id: found[1]!, token: found[2]! };
  if (storage.session()?.id !== session.id && agrees()) storage.saveSession(session);
  return true;
}
