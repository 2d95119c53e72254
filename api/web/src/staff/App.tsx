import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as Messages, Button, ConfigProvider, Result, Spin } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import { useCallback, useEffect, useRef, useState } from 'react';
import { handleSession, ok, plainApi, ProblemError, readable } from './api/client';
import { browserStorage, sweep } from './drafts';
import type { Me } from './roles';
import { SessionContext } from './session';
import { Shell } from './Shell';
import { SignInDialog } from './SignInDialog';
import { SignInPage } from './SignInPage';
import { workbench } from './theme';
import { useIdle } from './useIdle';
import { placeBefore } from './Ways';

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && error instanceof ProblemError && error.status === 0,
    },
    mutations: { networkMode: 'always' },
  },
});

type State = { is: 'asking' } | { is: 'failed'; why: string } | { is: 'out' } | { is: 'in'; me: Me; ended: boolean };

export function App() {
  return (
    <ConfigProvider locale={zhCN} theme={workbench} button={{ autoInsertSpace: false }}>
      <Messages>
        <QueryClientProvider client={cache}>
          <Session />
        </QueryClientProvider>
      </Messages>
    </ConfigProvider>
  );
}

/** Finds the session of before, and holds the page when it ends. */
function Session() {
  const [state, setState] = useState<State>({ is: 'asking' });
  const waiting = useRef<(() => void) | null>(null);

  const signedIn = useCallback((me: Me) => {
    const place = placeBefore();
    if (place) window.location.replace(place);
    waiting.current?.();
    waiting.current = null;
    setState({ is: 'in', me, ended: false });
  }, []);

  const restore = useCallback(async () => {
    try {
      signedIn(await ok(plainApi.GET('/api/v1/staff/session')));
    } catch (error) {
      const out = error instanceof ProblemError && error.status === 401;
      setState(out ? { is: 'out' } : { is: 'failed', why: readable(error) });
    }
  }, [signedIn]);

  const refresh = useCallback(async () => {
    const me = await ok(plainApi.GET('/api/v1/staff/session'));
    setState((before) => (before.is === 'in' ? { ...before, me } : before));
  }, []);

  useEffect(() => {
    sweep(browserStorage(), Date.now());
    handleSession({
      signInAgain: () =>
        new Promise((resolve) => {
          waiting.current = resolve;
          setState((before) => (before.is === 'in' ? { ...before, ended: true } : before));
        }),
      onForbidden: () => void refresh().catch(() => undefined),
    });
    void restore();
  }, [restore, refresh]);

  const signOut = async () => {
    await plainApi.DELETE('/api/v1/staff/session').catch(() => undefined);
    window.location.reload(); // nothing of the one before stays in memory
  };

  // An hour without anybody: the session ends, the page and what is written on it stays.
  useIdle(
    useCallback(() => {
      setState((before) => (before.is === 'in' ? { ...before, ended: true } : before));
      void plainApi.DELETE('/api/v1/staff/session').catch(() => undefined);
    }, []),
  );

  if (state.is === 'asking') return <Spin fullscreen description="正在打开" />;
  if (state.is === 'failed') {
    const again = (
      <Button type="primary" onClick={() => void restore()}>
        再试一次
      </Button>
    );
    return <Result status="warning" title="打不开工作台" subTitle={state.why} extra={again} />;
  }
  if (state.is === 'out') return <SignInPage onSignedIn={signedIn} />;
  return (
    <SessionContext value={{ me: state.me, refresh }}>
      <Shell onSignOut={() => void signOut()} />
      {state.ended && <SignInDialog me={state.me} onSignedIn={signedIn} />}
    </SessionContext>
  );
}
