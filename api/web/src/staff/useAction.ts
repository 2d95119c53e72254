import { App } from 'antd';
import { useCallback, useRef, useState } from 'react';
import { readable } from './api/client';

/**
 * Runs what a button does: once at a time, with a word when it is done and the reason when it is not.
 *
 *     const [busy, run] = useAction();
 *     <Button loading={busy} onClick={() => run(() => ok(api.POST(…)), '已保存')}>保存</Button>
 *
 * Resolves to whether it was done.
 */
export function useAction(): [boolean, (act: () => Promise<unknown>, done?: string) => Promise<boolean>] {
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const run = useCallback(
    async (act: () => Promise<unknown>, done = '') => {
      if (running.current) return false;
      running.current = true;
      setBusy(true);
      try {
        await act();
        if (done) message.success(done);
        return true;
      } catch (error) {
        message.error(readable(error), 6);
        return false;
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
    [message],
  );
  return [busy, run];
}
