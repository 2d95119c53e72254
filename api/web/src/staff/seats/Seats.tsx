import { keepPreviousData, useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Checkbox, Flex, InputNumber, Segmented, Select, Skeleton, Table, Typography } from 'antd';
import { useMemo } from 'react';
import { api, ok, readable } from '../api/client';
import { Chart, DARK, LIGHT } from '../figures/Chart';
import { useQuery } from '../router';
import { busy, duration, freedText, patienceText, type SeatPlan, type Slot } from './texts';
import './seats.css';

const whole = (text: string | null): number | undefined => (text && /^\d{1,5}$/.test(text) ? Number(text) : undefined);

/** How many agents each half hour needs, and what answering some topics by the machine would free. */
export default function Seats() {
  const [query, change] = useQuery();
  const kind = query.get('kind') === 'text' ? 'text' : 'phone';
  const days = query.get('days') === 'free' ? 'free' : 'working';
  const weeks = whole(query.get('weeks')) ?? 4;
  const level = whole(query.get('level')) ?? 95;
  const share = whole(query.get('share')) ?? 50;
  const atOnce = whole(query.get('at_once')) ?? 1;
  const within = whole(query.get('within'));
  const patience = whole(query.get('patience'));
  const topics = query.get('topics');
  const asked = {
    kind,
    days,
    weeks,
    level: level / 100,
    share: share / 100,
    at_once: atOnce,
    ...(within && { within_s: within }),
    ...(patience && { patience_s: patience }),
    ...(topics !== null && { topics: topics === '.' ? [''] : topics.split('.') }), // one empty one: none is chosen
  } as const;
  const found = useServerState({
    queryKey: ['seats', asked],
    queryFn: () => ok(api.GET('/api/v1/desk/seats', { params: { query: asked } })),
    placeholderData: keepPreviousData,
  });
  const plan = found.data;
  return (
    <>
      <Flex gap={12} wrap className="tools" align="center">
        <Segmented
          aria-label="电话或文字"
          value={kind}
          onChange={(kind) => change({ kind: kind === 'phone' ? null : kind, within: null, topics: null })}
          options={[
            { value: 'phone', label: '电话' },
            { value: 'text', label: '文字' },
          ]}
        />
        <Segmented
          aria-label="哪些日子"
          value={days}
          onChange={(days) => change({ days: days === 'working' ? null : days })}
          options={[
            { value: 'working', label: '工作日' },
            { value: 'free', label: '休息日' },
          ]}
        />
        <Select
          aria-label="看多久"
          value={weeks}
          onChange={(weeks) => change({ weeks: weeks === 4 ? null : weeks })}
          options={[1, 2, 4, 8, 13].map((value) => ({ value, label: `最近 ${value} 周` }))}
          style={{ width: 120 }}
        />
        <label>
          <InputNumber
            min={50}
            max={99}
            value={level}
            onChange={(level) => level && change({ level: level === 95 ? null : level })}
            style={{ width: 64 }}
          />{' '}
          % 的人
        </label>
        <label>
          在{' '}
          <InputNumber
            min={1}
            max={3600}
            value={within ?? plan?.within_s ?? null}
            onChange={(within) => change({ within })}
            style={{ width: 76 }}
          />{' '}
          秒内接到
        </label>
        <label>
          等{' '}
          <InputNumber
            min={1}
            max={7200}
            placeholder="自动"
            value={patience ?? (plan?.patience_s ? Math.round(plan.patience_s) : null)}
            onChange={(patience) => change({ patience })}
            style={{ width: 76 }}
          />{' '}
          秒就挂断（平均）
        </label>
        {kind === 'text' && (
          <label>
            一位座席同时谈{' '}
            <InputNumber min={1} max={5} value={atOnce} onChange={(at_once) => change({ at_once })} style={{ width: 56 }} /> 人
          </label>
        )}
      </Flex>
      {found.error && <Alert type="error" showIcon title={readable(found.error)} className="tools" />}
      {!plan && !found.error && <Skeleton active />}
      {plan && <Planned plan={plan} change={change} share={share} />}
    </>
  );
}

interface PlannedProps {
  plan: SeatPlan;
  share: number;
  change: (changes: Record<string, string | number | null>) => void;
}

function Planned({ plan, share, change }: PlannedProps) {
  const slots = busy(plan.slots);
  const dayName = plan.days === 'working' ? '工作日' : '休息日';
  const basis = `${plan.first} 至 ${plan.last}，${plan.number_of_days} 个${dayName}，${plan.contacts} 次找人工，其中 ${plan.handled} 次知道用了多久${
    plan.handling_s === null ? '' : `，平均 ${duration(plan.handling_s)}`
  }。`;
  if (plan.too_few.length > 0)
    return (
      <Alert
        type="warning"
        showIcon
        title="数据太少，算不出要多少座席"
        description={
          <ul className="seats-few">
            {plan.too_few.map((text) => (
              <li key={text}>{text}</li>
            ))}
            <li>可以看更多周，或者换电话、文字再看。</li>
          </ul>
        }
      />
    );
  const choose = (matter: string, wanted: boolean) => {
    const chosen = plan.topics.filter((topic) => (topic.matter === matter ? wanted : topic.chosen)).map(({ matter }) => matter);
    change({ topics: chosen.join('.') || '.' });
  };
  return (
    <div className="seats">
      <section>
        <p className="seats-basis">
          {basis}按平均的一天算，忙的日子会超过。“要座席”当作没有人等不及挂断（Erlang C），所以略微偏多；“算上挂断”按上面的平均时间算
          （Erlang A），挂断的不算接到。没有算休息、培训、请假。{patienceText(plan)}
        </p>
        <Picture slots={slots} />
        <Table<Slot>
          size="small"
          rowKey="start"
          dataSource={[...slots]}
          pagination={false}
          scroll={{ x: 'max-content' }}
          columns={[
            { title: '半小时', dataIndex: 'start' },
            { title: '来几次', align: 'right', render: (_, { a_day }) => a_day.toFixed(1) },
            { title: '每次多久', align: 'right', render: (_, slot) => (slot.contacts ? duration(slot.handling_s) : '—') },
            {
              title: '要座席',
              align: 'right',
              render: (_, slot) => (
                <>
                  <b>{slot.seats}</b>
                  {slot.few && <span className="seats-mark">（太少，仅供参考）</span>}
                </>
              ),
            },
            {
              title: '算上挂断',
              align: 'right',
              render: (_, slot) =>
                slot.seats_patience === null || slot.left === null || !slot.contacts
                  ? '—'
                  : `${slot.seats_patience}（${(100 * slot.left).toFixed(1)}% 挂断）`,
            },
            { title: '能及时接到', align: 'right', render: (_, slot) => (slot.contacts ? `${(100 * slot.level).toFixed(0)}%` : '—') },
            { title: '座席多忙', align: 'right', render: (_, slot) => (slot.contacts ? `${(100 * slot.busy).toFixed(0)}%` : '—') },
            {
              title: '机器答好后',
              align: 'right',
              render: (_, { seats, seats_without }) => (seats_without < seats ? `${seats_without}（少 ${seats - seats_without}）` : seats_without),
            },
          ]}
        />
      </section>
      <section aria-label="由机器答好的话题">
        <Typography.Title level={2} className="seats-title">
          没答好、转到人工的话题
        </Typography.Title>
        <p aria-live="polite">{freedText(plan)}</p>
        <label>
          机器能答好其中{' '}
          <InputNumber min={0} max={100} value={share} onChange={(share) => change({ share: share ?? 50 })} style={{ width: 64 }} /> %
        </label>
        <ul className="seats-topics">
          {plan.topics.map((topic) => (
            <li key={topic.matter}>
              <Checkbox checked={topic.chosen} onChange={({ target }) => choose(topic.matter, target.checked)}>
                {topic.matter_name}
              </Checkbox>
              <span>
                每天用座席 {topic.hours_a_day.toFixed(1)} 小时，{topic.contacts} 次；没答好的问题 {topic.misses} 个
              </span>
            </li>
          ))}
        </ul>
        {plan.topics.length === 0 && <p>转到人工的事项里，没有在“没答好的问题”里等着处理的。</p>}
      </section>
    </div>
  );
}

function Picture({ slots }: { slots: readonly Slot[] }) {
  const option = useMemo(
    () => ({
      aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
      grid: { left: 36, right: 12, top: 28, bottom: 24 },
      legend: { type: 'scroll', top: 0, left: 0, itemHeight: 10 },
      tooltip: { trigger: 'axis', confine: true },
      xAxis: { type: 'category', data: slots.map(({ start }) => start) },
      yAxis: { type: 'value', min: 0, minInterval: 1 },
      series: [
        { name: '要座席', type: 'bar', barGap: '10%', color: DARK, data: slots.map(({ seats }) => seats) },
        { name: '机器答好后', type: 'bar', color: LIGHT, data: slots.map(({ seats_without }) => seats_without) },
      ],
    }),
    [slots],
  );
  return <Chart option={option} height={220} label="每半小时要多少座席，数字在下面的表里" />;
}
