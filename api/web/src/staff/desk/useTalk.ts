import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ok, readable } from '../api/client';
import { merged, newest } from './lines';
import { openStream } from './stream';
import type { Line, Talk } from './types';

const BEAT_MS = 20_000;
const TYPING_MS = 3_000;

export interface OpenTalk {
  talk: Talk | null;
  lines: readonly Line[];
  connected: boolean;
  /** Why it can't be seen (any more); null while it can. */
  gone: string | null;
  typing: () => void;
}

/** One conversation, live. Give the component that calls it the conversation's id as `key`. */
export function useTalk(id: string): OpenTalk {
  const [talk, setTalk] = useState<Talk | null>(null);
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [connected, setConnected] = useState(true);
  const [gone, setGone] = useState<string | null>(null);
  const path = { params: { path: { conversation_id: id } } };
  const read = newest(lines);
  const saidTyping = useRef(0);

  useEffect(() => {
    const where = { params: { path: { conversation_id: id } } };
    return openStream({
      url: `/api/v1/desk/conversations/${id}/events`,
      on: {
        lines: (data) => setLines((before) => merged(before, data as Line[])),
        conversation: (data) => (setTalk(data as Talk), setGone(null)),
        gone: (data) => {
          const { owner, name } = data as { owner: string; name: string };
          setGone(owner === 'agent' ? `${name}正在办这次对话。` : '这次对话已经不在排队了。');
        },
      },
      onState: setConnected,
      knock: () =>
        ok(api.GET('/api/v1/desk/conversations/{conversation_id}', where)).catch((error: unknown) => {
          setGone(readable(error));
          throw error;
        }),
    });
  }, [id]);

  // Looks at it, and has read what is there.
  useEffect(() => {
    const where = { params: { path: { conversation_id: id } } };
    const look = (looking: boolean) =>
      void ok(
        api.POST('/api/v1/desk/conversations/{conversation_id}/presence', {
          ...where,
          body: { looking, typing: false, read_id: read },
        }),
      ).catch(() => undefined);
    look(true);
    const timer = setInterval(() => look(true), BEAT_MS);
    return () => (clearInterval(timer), look(false));
  }, [id, read]);

  const typing = useCallback(() => {
    const now = Date.now();
    if (now - saidTyping.current < TYPING_MS) return;
    saidTyping.current = now;
    void ok(
      api.POST('/api/v1/desk/conversations/{conversation_id}/presence', {
        ...path,
        body: { looking: true, typing: true, read_id: read },
      }),
    ).catch(() => undefined);
  }, [id, read]);

  return { talk, lines, connected, gone, typing };
}
