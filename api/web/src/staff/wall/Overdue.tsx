import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Spin, Tabs, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { Link, useQuery } from '../router';
import { useMe } from '../session';
import { ActionDialog } from '../tickets/ActionDialog';
import { DOINGS, leftText, possible, type Detail, type Kind } from '../tickets/actions';
import { LinkDialog, linkOf, type BodyLink } from '../tickets/LinkDialog';
import './wall.css';

type Line = Schemas['LineView'];
type Tab = 'overdue' | 'disputed' | 'callbacks';

const TABS: Record<Tab, { label: string; empty: string; filters: object; doings: readonly Kind[] }> = {
  overdue: {
    label: '超期',
    empty: '没有超期的工单。',
    filters: { open: true, due: 'overdue' },
    doings: ['decided', 'reminder', 'sent', 'taken', 'note'],
  },
  disputed: {
    label: '再次退回，等裁定',
    empty: '没有等裁定的工单。',
    filters: { open: true, state: ['disputed'] },
    doings: ['decided', 'closed', 'note'],
  },
  callbacks: {
    label: '要回访',
    empty: '没有要回访的工单。',
    filters: { callback_due: true },
    doings: ['called_back', 'reopened', 'note'],
  },
};

const COLUMNS: TableColumnsType<Line> = [
  {
    title: '工单',
    render: (_, line) => (
      <>
        <Link to={`/tickets/${line.number}`}>{line.number}</Link> {line.urgent && <Tag color="error">急</Tag>}
      </>
    ),
  },
  { title: '事项', dataIndex: 'matter_name' },
  { title: '到哪一步', dataIndex: 'state_text' },
  { title: '单位', dataIndex: 'body_name' },
  {
    title: '最晚',
    dataIndex: 'due_on',
    render: (day: string | null, { overdue }) => (overdue ? <Tag color="error">{day} 超期</Tag> : day),
  },
  { title: '首问责任人', dataIndex: 'first_responder' },
  { title: '最后一动', dataIndex: 'changed_at', render: minute },
];

/** What only a supervisor can move: promises that were broken, tickets two bodies sent back, citizens who are not content. */
export default function Overdue() {
  const [query, change] = useQuery();
  const tab = (query.get('tab') ?? 'overdue') as Tab;
  const shown = TABS[tab] ?? TABS.overdue;
  const cache = useQueryClient();
  const [link, setLink] = useState<BodyLink | null>(null); // outlives the row, which goes when it is decided
  const done = (made: Schemas['ActionDone']) => {
    setLink(linkOf(made));
    for (const name of ['tickets', 'wall-tickets']) void cache.invalidateQueries({ queryKey: [name] });
  };
  return (
    <>
      <Tabs
        activeKey={tab}
        onChange={(next) => change({ tab: next === 'overdue' ? null : next, page: null })}
        items={Object.entries(TABS).map(([key, { label }]) => ({ key, label }))}
      />
      <DataTable<Line>
        key={tab}
        name="tickets"
        rowKey="number"
        columns={COLUMNS}
        filters={shown.filters as Record<string, unknown>}
        load={(page) => ok(api.GET('/api/v1/desk/tickets', { params: { query: { ...shown.filters, ...page } } }))}
        emptyText={shown.empty}
        refreshMs={30_000}
        expandable={{ expandedRowRender: ({ number }) => <Case number={number} doings={shown.doings} onDone={done} />, columnTitle: '看', expandRowByClick: true }}
      />
      {link && <LinkDialog link={link} onClose={() => setLink(null)} />}
    </>
  );
}

interface CaseProps {
  number: string;
  doings: readonly Kind[];
  onDone: (done: Schemas['ActionDone']) => void;
}

/** What it is about, how it came to this, and what can be done. */
function Case({ number, doings, onDone }: CaseProps) {
  const me = useMe();
  const cache = useQueryClient();
  const [kind, setKind] = useState<Kind | null>(null);
  const read = useServerState({
    queryKey: ['ticket', number],
    queryFn: () => ok(api.GET('/api/v1/desk/tickets/{number}', { params: { path: { number } } })),
  });
  if (read.error) return <Alert type="error" title={readable(read.error)} />;
  if (!read.data) return <Spin />;
  const ticket = read.data;
  const kinds = doings.filter((doing) => possible(ticket, me.username).includes(doing));
  const done = (made: Schemas['ActionDone']) => {
    setKind(null);
    cache.setQueryData(['ticket', number], made.ticket);
    onDone(made);
  };
  return (
    <div className="overdue-detail">
      <p>
        <strong>市民说：</strong>
        {told(ticket)}
      </p>
      {ticket.events
        .filter((event) => ['returned', 'decided', 'overdue', 'not_solved', 'rated'].includes(event.kind))
        .map((event) => (
          <p key={event.sequence}>
            <strong>{event.kind_name}</strong> {minute(event.at)} {event.by}：{event.text}
          </p>
        ))}
      {ticket.clocks
        .filter((clock) => clock.overdue)
        .map((clock) => (
          <p key={clock.promise}>
            <Tag color="error">{clock.name}</Tag> 最晚 {clock.due_on}，{leftText(clock)}
          </p>
        ))}
      {ticket.proposals.map(({ body, why }) => (
        <p key={body.id}>
          <strong>建议：{body.name}</strong>（{why}）
        </p>
      ))}
      <Flex gap={8} wrap>
        {kinds.map((doing, at) => (
          <Button key={doing} type={at === 0 ? 'primary' : 'default'} onClick={() => setKind(doing)}>
            {DOINGS[doing]!.label}
          </Button>
        ))}
      </Flex>
      {kind && <ActionDialog ticket={ticket} kind={kind} onDone={done} onClose={() => setKind(null)} />}
    </div>
  );
}

const told = ({ story }: Detail) =>
  story.told
    .filter(({ who }) => who === 'citizen')
    .map(({ text }) => text)
    .join('；');
