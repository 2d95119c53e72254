/**
 * Every page of the workbench. The menu and the addresses are made from this list.
 *
 * To add a page:
 * 1. Write it in a folder of its area, exported as default: `src/staff/cases/CaseList.tsx`. It is drawn below the title bar, so it
 *    begins with its content. It asks the API through `api` and `ok` (api/client.ts), keeps filters in the address (`useQuery`),
 *    unsaved text in `useDraft`, and shows long lists in `DataTable`.
 * 2. Add a line here, in the order of the menu. `roles` are those of its routes; [] is everybody who is signed in. A path with a
 *    `:part` (`/cases/:id`, read by `useParam('id')`) or with `menu: false` is not in the menu; the entry above it in the path is lit.
 * 3. Always `lazy(() => import(…))`: a page's script is loaded when it is opened.
 */
import {
  AlertOutlined,
  AuditOutlined,
  BankOutlined,
  BarChartOutlined,
  BookOutlined,
  BranchesOutlined,
  CalendarOutlined,
  CommentOutlined,
  CompassOutlined,
  CustomerServiceOutlined,
  DashboardOutlined,
  ExperimentOutlined,
  FieldTimeOutlined,
  FileDoneOutlined,
  MessageOutlined,
  NotificationOutlined,
  QuestionCircleOutlined,
  ReadOutlined,
  SafetyCertificateOutlined,
  SettingOutlined,
  SolutionOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons';
import type { MenuProps } from 'antd';
import { lazy, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react';
import { may, type Me, type Role } from './roles';
import { match } from './router';

export type Group = '座席' | '督办' | '案例与规则' | '数据' | '管理';
export const GROUPS: readonly Group[] = ['座席', '督办', '案例与规则', '数据', '管理'];

export interface PageEntry {
  path: string;
  title: string;
  group: Group;
  roles: readonly Role[];
  icon?: ReactNode;
  page: LazyExoticComponent<ComponentType>;
  menu?: false;
}

export const PAGES: readonly PageEntry[] = [
  {
    path: '/desk',
    title: '座席台',
    group: '座席',
    roles: ['agent', 'supervisor'],
    icon: <CustomerServiceOutlined />,
    page: lazy(() => import('./desk/Desk')),
  },
  {
    path: '/tickets',
    title: '工单',
    group: '座席',
    roles: ['agent', 'supervisor', 'body_officer'],
    icon: <SolutionOutlined />,
    page: lazy(() => import('./tickets/TicketList')),
  },
  {
    path: '/tickets/:number',
    title: '工单',
    group: '座席',
    roles: ['agent', 'supervisor', 'body_officer'],
    page: lazy(() => import('./tickets/TicketPage')),
  },
  {
    path: '/joint',
    title: '三方对话',
    group: '座席',
    roles: ['body_officer'],
    icon: <CommentOutlined />,
    page: lazy(() => import('./joint/Joint')),
  },
  {
    path: '/phrases',
    title: '常用语',
    group: '座席',
    roles: ['agent', 'supervisor', 'curator'],
    icon: <MessageOutlined />,
    page: lazy(() => import('./phrases/PhrasesPage')),
  },
  {
    path: '/wall',
    title: '现场',
    group: '督办',
    roles: ['supervisor'],
    icon: <DashboardOutlined />,
    page: lazy(() => import('./wall/Wall')),
  },
  {
    path: '/wall/:conversation',
    title: '旁听',
    group: '督办',
    roles: ['supervisor'],
    page: lazy(() => import('./wall/Listen')),
  },
  {
    path: '/overdue',
    title: '超期和退回',
    group: '督办',
    roles: ['supervisor'],
    icon: <AlertOutlined />,
    page: lazy(() => import('./wall/Overdue')),
  },
  {
    path: '/quality',
    title: '质检',
    group: '督办',
    roles: ['supervisor'],
    icon: <SafetyCertificateOutlined />,
    page: lazy(() => import('./quality/QualityPage')),
  },
  {
    path: '/bookings',
    title: '回电和预约',
    group: '座席',
    roles: ['agent', 'supervisor', 'body_officer', 'curator'],
    icon: <CalendarOutlined />,
    page: lazy(() => import('./bookings/BookingList')),
  },
  {
    path: '/notices',
    title: '发给市民的通知',
    group: '督办',
    roles: ['supervisor', 'administrator'],
    icon: <NotificationOutlined />,
    page: lazy(() => import('./notices/NoticeList')),
  },
  {
    path: '/cases',
    title: '案例库',
    group: '案例与规则',
    roles: ['curator', 'reviewer'],
    icon: <BookOutlined />,
    page: lazy(() => import('./cases/CaseList')),
  },
  {
    path: '/cases/:id',
    title: '案例',
    group: '案例与规则',
    roles: ['curator', 'reviewer'],
    page: lazy(() => import('./cases/CasePage')),
  },
  {
    path: '/reviews',
    title: '待审核案例',
    group: '案例与规则',
    roles: ['reviewer'],
    icon: <FileDoneOutlined />,
    page: lazy(() => import('./cases/ReviewQueue')),
  },
  {
    path: '/misses',
    title: '没答好的问题',
    group: '案例与规则',
    roles: ['curator', 'reviewer'],
    icon: <QuestionCircleOutlined />,
    page: lazy(() => import('./misses/MissClusters')),
  },
  {
    path: '/training',
    title: '训练数据',
    group: '案例与规则',
    roles: ['curator', 'reviewer'],
    icon: <ReadOutlined />,
    page: lazy(() => import('./training/TrainingPage')),
  },
  {
    path: '/hit-tests',
    title: '命中测试',
    group: '案例与规则',
    roles: ['curator', 'reviewer'],
    icon: <ExperimentOutlined />,
    page: lazy(() => import('./hittests/HitTestList')),
  },
  {
    path: '/hit-tests/:id',
    title: '命中测试',
    group: '案例与规则',
    roles: ['curator', 'reviewer'],
    page: lazy(() => import('./hittests/HitTestPage')),
  },
  {
    path: '/directory',
    title: '信息库',
    group: '案例与规则',
    roles: ['curator', 'reviewer', 'supervisor'],
    icon: <BankOutlined />,
    page: lazy(() => import('./directory/DirectoryList')),
  },
  {
    path: '/rules',
    title: '规则',
    group: '案例与规则',
    roles: ['curator', 'reviewer'],
    icon: <BranchesOutlined />,
    page: lazy(() => import('./rules/RulesPage')),
  },
  {
    path: '/what-if',
    title: '试一试指到哪',
    group: '案例与规则',
    roles: ['curator', 'reviewer', 'agent', 'supervisor'],
    icon: <CompassOutlined />,
    page: lazy(() => import('./rules/WhatIf')),
  },
  {
    path: '/figures',
    title: '指标',
    group: '数据',
    roles: ['supervisor', 'auditor', 'administrator'],
    icon: <BarChartOutlined />,
    page: lazy(() => import('./figures/Figures')),
  },
  {
    path: '/figures/tickets',
    title: '指标背后的工单',
    group: '数据',
    roles: ['supervisor', 'auditor', 'administrator'],
    menu: false,
    page: lazy(() => import('./figures/FigureTickets')),
  },
  {
    path: '/seats',
    title: '座席安排',
    group: '数据',
    roles: ['supervisor'],
    icon: <FieldTimeOutlined />,
    page: lazy(() => import('./seats/Seats')),
  },
  {
    path: '/accounts',
    title: '账号',
    group: '管理',
    roles: ['administrator'],
    icon: <TeamOutlined />,
    page: lazy(() => import('./accounts/AccountList')),
  },
  {
    path: '/settings',
    title: '设置',
    group: '管理',
    roles: ['administrator'],
    icon: <SettingOutlined />,
    page: lazy(() => import('./settings/SettingsPage')),
  },
  {
    path: '/audit',
    title: '审计记录',
    group: '管理',
    roles: ['auditor'],
    icon: <AuditOutlined />,
    page: lazy(() => import('./trail/Trail')),
  },
  {
    path: '/account',
    title: '我的账号',
    group: '管理',
    roles: [],
    icon: <UserOutlined />,
    page: lazy(() => import('./account/MyAccount')),
  },
];

/** The page at a path with the parts named in it; null when there is none. */
export function pageAt(path: string): { page: PageEntry; params: Record<string, string> } | null {
  for (const page of PAGES) {
    const params = match(page.path, path);
    if (params) return { page, params };
  }
  return null;
}

const inMenu = (page: PageEntry) => page.menu !== false && !page.path.includes('/:');

/** Whether somebody may open a page; with a password that others know, only those of their own account. */
export function mayOpen(me: Me, page: PageEntry): boolean {
  return page.roles.length === 0 || (!me.temporary_password && may(me, page.roles));
}

function pagesFor(me: Me): PageEntry[] {
  return GROUPS.flatMap((group) => PAGES.filter((page) => page.group === group && inMenu(page) && mayOpen(me, page)));
}

/** Where somebody begins: the first page of the menu. */
export function landing(me: Me): string {
  return pagesFor(me)[0]?.path ?? '/account';
}

/** The menu's entry to light: the longest that the path begins with. */
export function selectedIn(me: Me, path: string): string {
  const above = pagesFor(me).filter((page) => path === page.path || path.startsWith(`${page.path}/`));
  return above.reduce((longest, { path }) => (path.length > longest.length ? path : longest), '');
}

export function menuFor(me: Me, narrow: boolean): NonNullable<MenuProps['items']> {
  const pages = pagesFor(me);
  // The icon is decoration; its own label is English.
  const entry = ({ path, title, icon }: PageEntry) => ({
    key: path,
    label: title,
    title,
    icon: icon && <span aria-hidden>{icon}</span>,
  });
  if (narrow) return pages.map(entry);
  return GROUPS.filter((group) => pages.some((page) => page.group === group)).map((group) => ({
    type: 'group' as const,
    key: group,
    label: group,
    children: pages.filter((page) => page.group === group).map(entry),
  }));
}
