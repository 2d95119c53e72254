import { keepPreviousData, useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Button, Card, DatePicker, Dropdown, Flex, Segmented, Skeleton, Tag } from 'antd';
import dayjs from 'dayjs';
import { api, download, ok, readable } from '../api/client';
import { to, useQuery } from '../router';
import { useAction } from '../useAction';
import { FigureList } from './FigureList';
import { Groups } from './Groups';
import { Times } from './Times';
import { BY_NAMES, day, isTime, UNKNOWN, type By, type FigureId } from './texts';
import './figures.css';

const FIGURES = '/api/v1/desk/figures';
const NARROWED = ['area', 'matter', 'body'] as const;

/** The figures of a time, each with its definition; one of them over time and by district, matter or body. */
export default function FiguresPage() {
  const [query, change] = useQuery();
  const [busy, run] = useAction();
  const by = (query.get('by') ?? 'area') as By;
  const step = query.get('step') === 'week' ? 'week' : 'month';
  const narrowed = Object.fromEntries(NARROWED.flatMap((name) => (query.get(name) ? [[name, query.get(name)!]] : [])));
  const scope = {
    ...narrowed,
    ...(day(query.get('first')) && { first: day(query.get('first'))! }),
    ...(day(query.get('last')) && { last: day(query.get('last'))! }),
  };
  const read = (grouped: By) => ({
    queryKey: ['figures', scope, grouped],
    queryFn: () => ok(api.GET(FIGURES, { params: { query: { ...scope, by: grouped } } })),
    placeholderData: keepPreviousData,
  });
  const groups = useServerState(read(isTime(by) ? 'area' : by));
  const times = useServerState(read(step));
  const error = groups.error ?? times.error;
  if (error)
    return (
      <Alert
        type="error"
        showIcon
        title={readable(error)}
        action={<Button onClick={() => change({ first: null, last: null })}>看最近 90 天</Button>}
      />
    );
  const seen = groups.data;
  if (!seen || !times.data) return <Skeleton active />;

  const figure = (query.get('figure') ?? 'one_call') as FigureId;
  const definition = seen.definitions.find(({ id }) => id === figure) ?? seen.definitions[0]!;
  const id = definition.id as FigureId;
  const tickets = (more: Record<string, string> = {}) => to('/figures/tickets', { ...scope, figure: id, ...more });
  const save = (format: 'xlsx' | 'csv') =>
    run(() => download(to(`${FIGURES}/export`, { ...scope, by: seen.by, format }), `figures.${format}`));
  const report = (format: 'html' | 'pdf', month: string) =>
    run(() => download(to('/api/v1/desk/reports/monthly', { month, format }), `report-${month}.${format}`));
  const month = dayjs(seen.last).format('YYYY-MM');
  return (
    <>
      <Flex gap={8} wrap className="tools" align="center">
        <DatePicker.RangePicker
          value={[dayjs(seen.first), dayjs(seen.last)]}
          allowClear={false}
          onChange={(days) =>
            change({ first: days?.[0]?.format('YYYY-MM-DD') ?? null, last: days?.[1]?.format('YYYY-MM-DD') ?? null })
          }
          presets={[
            { label: '本月', value: [dayjs().startOf('month'), dayjs()] },
            { label: '上月', value: [dayjs().subtract(1, 'month').startOf('month'), dayjs().subtract(1, 'month').endOf('month')] },
            { label: '近 90 天', value: [dayjs().subtract(90, 'day'), dayjs()] },
            { label: '今年', value: [dayjs().startOf('year'), dayjs()] },
          ]}
        />
        <span>登记的工单：{seen.total.tickets} 件</span>
        {seen.within.length > 0 && (
          <span className="figures-within">您的账号只看：{seen.within.join('、')}，和不清楚在哪个区的</span>
        )}
        {NARROWED.filter((name) => narrowed[name]).map((name) => (
          <Tag key={name} closable onClose={() => change({ [name]: null })}>
            {BY_NAMES[name]}：{narrowed[name] === UNKNOWN ? '不清楚' : (seen.by === name && seen.groups[0]?.name) || query.get(`${name}_name`) || narrowed[name]}
          </Tag>
        ))}
        <Flex gap={8} style={{ marginLeft: 'auto' }} wrap>
          <Dropdown
            menu={{
              items: [
                { key: 'xlsx', label: 'Excel（各组和定义）' },
                { key: 'csv', label: 'CSV' },
              ],
              onClick: ({ key }) => void save(key as 'xlsx' | 'csv'),
            }}
          >
            <Button loading={busy}>导出</Button>
          </Dropdown>
          {seen.within.length === 0 && (
            <Dropdown
              menu={{
                items: [
                  { key: 'html', label: `${month} 网页` },
                  { key: 'pdf', label: `${month} PDF` },
                ],
                onClick: ({ key }) => void report(key as 'html' | 'pdf', month),
              }}
            >
              <Button loading={busy}>月度考核报告</Button>
            </Dropdown>
          )}
        </Flex>
      </Flex>
      <div className="figures">
        <FigureList seen={seen} chosen={id} choose={(figure) => change({ figure })} />
        <div className="figures-one">
          <h2>
            {definition.name}
            <small>
              {definition.higher_is_better ? '越高越好' : '越低越好'} · <a href={`#${tickets()}`}>看工单</a>
            </small>
          </h2>
          <Card
            size="small"
            title="随时间"
            extra={
              <Segmented
                size="small"
                aria-label="按月或按周"
                value={step}
                onChange={(step) => change({ step: step === 'month' ? null : step })}
                options={[
                  { value: 'month', label: '按月' },
                  { value: 'week', label: '按周' },
                ]}
              />
            }
          >
            <Times seen={times.data} figure={id} name={definition.name} />
          </Card>
          <Card
            size="small"
            title="分组"
            extra={
              <Segmented
                size="small"
                aria-label="按什么分组"
                value={seen.by}
                onChange={(by) => change({ by: by === 'area' ? null : by })}
                options={NARROWED.map((value) => ({ value, label: `按${BY_NAMES[value]}` }))}
              />
            }
          >
            <Groups
              seen={seen}
              figure={id}
              narrow={(group) => change({ [seen.by]: group.key, [`${seen.by}_name`]: group.name })}
              tickets={(group) => tickets({ [seen.by]: group.key })}
            />
          </Card>
        </div>
      </div>
    </>
  );
}
