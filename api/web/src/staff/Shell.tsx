import { DownOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Dropdown, Layout, Menu, Result, Spin } from 'antd';
import { Suspense, useEffect, useRef, useState } from 'react';
import { ErrorBoundary } from './ErrorBoundary';
import { landing, mayOpen, menuFor, pageAt, selectedIn } from './pages';
import { ROLE_NAMES } from './roles';
import { go, ParamsContext, usePlace } from './router';
import { useMe } from './session';
import { useReachableTables } from './useReachableTables';

const NARROW = '(max-width: 760px)'; // the menu would take half of a telephone's screen

/** Menu by role, who is signed in, and the page the address names. */
export function Shell({ onSignOut }: { onSignOut: () => void }) {
  const me = useMe();
  const { path } = usePlace();
  const [narrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  const main = useRef<HTMLElement>(null);
  useReachableTables(main);
  const found = pageAt(path);
  const allowed = found !== null && mayOpen(me, found.page);
  const title = found?.page.title ?? '没有这个页面';

  useEffect(() => {
    if (path === '/') go(landing(me), { replace: true });
  }, [path, me]);

  useEffect(() => {
    document.title = `${title} · 一拨通工作台`;
    main.current?.focus({ preventScroll: true }); // a reader of the screen hears the new page, not the menu again
  }, [path, title]);

  const roles = me.roles.map((role) => ROLE_NAMES[role]).join('、');
  return (
    <Layout className="shell">
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        跳到正文
      </a>
      <Layout.Sider width={176} collapsedWidth={48} collapsible collapsed={narrow} onCollapse={setNarrow} theme="light">
        <div className="brand">{narrow ? '一' : '一拨通 · 工作台'}</div>
        <nav aria-label="主菜单">
          <Menu
            mode="inline"
            items={menuFor(me, narrow)}
            selectedKeys={[selectedIn(me, path)]}
            onClick={({ key }) => go(key)}
          />
        </nav>
      </Layout.Sider>
      <Layout>
        <Layout.Header className="bar">
          <h1>{allowed ? title : ''}</h1>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'roles', label: roles || '没有角色', disabled: true },
                { key: '/account', label: '我的账号' },
                { key: 'out', label: '退出登录' },
              ],
              onClick: ({ key }) => (key === 'out' ? onSignOut() : go(key)),
            }}
          >
            <Button type="text" icon={<UserOutlined aria-hidden />}>
              {me.name} <DownOutlined aria-hidden />
            </Button>
          </Dropdown>
        </Layout.Header>
        <div className="page">
          <main id="main" ref={main} tabIndex={-1} aria-label={title}>
            {found && allowed && (
              <ErrorBoundary key={path}>
                <ParamsContext value={found.params}>
                  <Suspense fallback={<Spin className="page-loading" description="正在打开" />}>
                    <found.page.page key={path} />
                  </Suspense>
                </ParamsContext>
              </ErrorBoundary>
            )}
            {found && !allowed && (
              <Result status="403" title="没有权限" subTitle="您的账号没有这一页的权限，请联系管理员。" />
            )}
            {!found && path !== '/' && <Result status="404" title="没有这个页面" subTitle="请从左边菜单里选。" />}
          </main>
        </div>
      </Layout>
    </Layout>
  );
}
