import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Collapse, Descriptions, Flex, Spin, Tag, Timeline, Typography } from 'antd';
import { useState } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { minute } from '../moments';
import { useParam } from '../router';
import { may } from '../roles';
import { useMe } from '../session';
import { useAction } from '../useAction';
import { ActionDialog } from './ActionDialog';
import { Bookings } from './Bookings';
import { ComplaintDialog } from './ComplaintDialog';
import { Files } from './Files';
import { RecusalDialog } from './RecusalDialog';
import { LinkDialog, linkOf, type BodyLink } from './LinkDialog';
import { DOINGS, GROUPS, leftText, nextStep, possible, type Detail, type Kind } from './actions';

const WHO: Record<string, string> = { citizen: '市民', bot: '机器', agent: '座席' };

/** One ticket: what was told, what happened, what is promised, what to do now. */
export default function TicketPage() {
  const number = useParam('number');
  const desk = may(useMe(), ['agent', 'supervisor']);
  const cache = useQueryClient();
  const [kind, setKind] = useState<Kind | null>(null);
  const [link, setLink] = useState<BodyLink | null>(null);
  const [busy, run] = useAction();
  const path = { params: { path: { number } } };
  const read = useServerState({ queryKey: ['ticket', number], queryFn: () => ok(api.GET('/api/v1/desk/tickets/{number}', path)) });
  if (read.error) return <Alert type="error" showIcon title={readable(read.error)} action={<Button onClick={() => void read.refetch()}>再试一次</Button>} />;
  if (!read.data) return <Spin />;
  const ticket = read.data;
  const show = (done: Schemas['ActionDone']) => {
    cache.setQueryData(['ticket', number], done.ticket);
    void cache.invalidateQueries({ queryKey: ['tickets'] });
    setKind(null);
    setLink((before) => linkOf(done) ?? before);
  };
  const newLink = () => run(async () => show(await ok(api.POST('/api/v1/desk/tickets/{number}/links', path))));

  return (
    <>
      <Flex gap={8} align="center" wrap className="tools">
        <Typography.Text strong copyable>
          {ticket.number}
        </Typography.Text>
        <Tag color="processing">{ticket.state_text}</Tag>
        {ticket.urgent && <Tag color="error">急</Tag>}
        {ticket.callback_due && <Tag color="warning">要回访</Tag>}
        {ticket.complaint && <Tag color="warning">投诉</Tag>}
        {ticket.bound && <Tag>督办已裁定</Tag>}
        {ticket.repeat_of && <Tag>再次来访，上一件 {ticket.repeat_of}</Tag>}
      </Flex>
      <Actions ticket={ticket} busy={busy} onChoose={setKind} onLink={newLink} />
      <Flex gap={16} align="start" wrap>
        <Flex vertical gap={16} style={{ flex: '2 1 420px', minWidth: 0 }}>
          {ticket.complaint && <Complaint complaint={ticket.complaint} />}
          <Story ticket={ticket} />
          <Files ticket={ticket} />
        </Flex>
        <Flex vertical gap={16} style={{ flex: '1 1 340px', minWidth: 0 }}>
          <Standing ticket={ticket} />
          {desk && <Bookings number={number} sequence={ticket.sequence} />}
          <Card size="small" title="经过">
            <Timeline
              items={[...ticket.events].reverse().map((event) => ({
                content: (
                  <>
                    <Typography.Text strong>{event.kind_name}</Typography.Text>{' '}
                    <Typography.Text type="secondary">
                      {minute(event.at)} {event.by}
                      {event.visible_to === 'agents' || event.visible_to === 'internal' ? ' · 只有座席看得到' : ''}
                    </Typography.Text>
                    <div>{event.text}</div>
                  </>
                ),
              }))}
            />
          </Card>
        </Flex>
      </Flex>
      {kind && <ActionDialog ticket={ticket} kind={kind} onDone={show} onClose={() => setKind(null)} />}
      {link && <LinkDialog link={link} onClose={() => setLink(null)} />}
    </>
  );
}

interface ActionsProps {
  ticket: Detail;
  busy: boolean;
  onChoose: (kind: Kind) => void;
  onLink: () => void;
}

function Actions({ ticket, busy, onChoose, onLink }: ActionsProps) {
  const me = useMe();
  const kinds = possible(ticket, me.username);
  const first = nextStep(ticket, kinds);
  const desk = me.roles.includes('agent') || me.roles.includes('supervisor');
  return (
    <Flex vertical gap={8} className="tools">
      {GROUPS.map((group) => {
        const here = kinds.filter((kind) => DOINGS[kind]!.group === group);
        if (here.length === 0) return null;
        return (
          <Flex key={group} gap={8} align="center" wrap>
            <Typography.Text type="secondary" style={{ width: '6em' }}>
              {group === '替单位登记' && !desk ? '本单位' : group}
            </Typography.Text>
            {here.map((kind) => (
              <Button key={kind} type={kind === first ? 'primary' : 'default'} onClick={() => onChoose(kind)}>
                {DOINGS[kind]!.label}
              </Button>
            ))}
            {group === '替单位登记' && desk && ticket.body && (
              <Button loading={busy} onClick={onLink}>
                给单位开新链接
              </Button>
            )}
          </Flex>
        );
      })}
      {desk && <Apart number={ticket.number} />}
    </Flex>
  );
}

/** What keeps people apart: a complaint about how this was dealt with, and somebody involved who must not deal with it. */
function Apart({ number }: { number: string }) {
  const [open, setOpen] = useState<'complaint' | 'recusal' | null>(null);
  const close = () => setOpen(null);
  return (
    <Flex gap={8} align="center" wrap>
      <Typography.Text type="secondary" style={{ width: '6em' }}>
        投诉和回避
      </Typography.Text>
      <Button onClick={() => setOpen('complaint')}>登记投诉</Button>
      <Button onClick={() => setOpen('recusal')}>登记回避</Button>
      {open === 'complaint' && <ComplaintDialog ticket={number} onClose={close} />}
      {open === 'recusal' && <RecusalDialog ticket={number} onClose={close} />}
    </Flex>
  );
}

function Complaint({ complaint }: { complaint: NonNullable<Detail['complaint']> }) {
  return (
    <Card size="small" title={`投诉：${complaint.target_name}`}>
      <div>被投诉的：{complaint.about || '没有说姓名、单位'}</div>
      {complaint.about_ticket && <div>由工单 {complaint.about_ticket} 引起</div>}
      {complaint.recused.map((text) => (
        <div key={text}>{text}</div>
      ))}
    </Card>
  );
}

function Standing({ ticket }: { ticket: Detail }) {
  return (
    <Card size="small" title="承诺和责任">
      <Descriptions
        column={1}
        size="small"
        items={[
          { key: 'body', label: '单位', children: ticket.body?.name ?? `还没转出（该转：${ticket.story.decided_for.name}）` },
          { key: 'first', label: '首问责任人', children: ticket.first_responder || '还没有' },
          { key: 'owner', label: '接手', children: ticket.owner || '没有人' },
          { key: 'who', label: '联系人', children: [ticket.name, ticket.phone].filter(Boolean).join(' ') || '没有留' },
          { key: 'opened', label: '登记', children: minute(ticket.opened_at) },
        ]}
      />
      {ticket.clocks.map((clock) => (
        <div key={`${clock.promise}-${clock.started_at}`}>
          <Tag color={clock.overdue || clock.kept === false ? 'error' : clock.stopped_at ? 'success' : 'processing'}>{clock.name}</Tag>
          {[clock.due_on && `最晚 ${clock.due_on}`, leftText(clock)].filter(Boolean).join('，')}
        </div>
      ))}
    </Card>
  );
}

function Story({ ticket }: { ticket: Detail }) {
  const { story } = ticket;
  const told = story.told.filter(({ who }) => who === 'citizen');
  return (
    <>
      <Card size="small" title={ticket.matter_name}>
        {told.map((said, at) => (
          <p key={at}>{said.text}</p>
        ))}
        {story.note && <p>补充：{story.note}</p>}
        {story.facts.map((fact) => (
          <Tag key={fact}>{fact}</Tag>
        ))}
      </Card>
      {story.deadlines.length > 0 && (
        <Alert
          type="error"
          showIcon
          title="法律上的期限"
          description={story.deadlines.map((limit) => (
            <div key={limit.text}>
              {limit.text}
              {limit.last_day && `（最后一天 ${limit.last_day}）`} <Typography.Text type="secondary">{limit.basis}</Typography.Text>
            </div>
          ))}
        />
      )}
      <Card size="small" title={`为什么转给${story.decided_for.name}`}>
        {story.reasons.map((reason) => (
          <div key={reason.text}>
            {reason.text} <Typography.Text type="secondary">{reason.source}</Typography.Text>
          </div>
        ))}
      </Card>
      <Collapse
        size="small"
        items={[
          {
            key: 'all',
            label: '全部对话、给市民看过的案例和法条',
            children: (
              <>
                {story.told.map((said, at) => (
                  <p key={at}>
                    <Typography.Text type="secondary">{WHO[said.who] ?? said.who}：</Typography.Text>
                    {said.text}
                  </p>
                ))}
                {story.cases.map((shown) => (
                  <p key={shown.id}>
                    <Typography.Text strong>{shown.title}</Typography.Text>：{shown.answer}
                  </p>
                ))}
                {story.statutes.length > 0 && <p>法条：{story.statutes.join('、')}</p>}
              </>
            ),
          },
        ]}
      />
    </>
  );
}
