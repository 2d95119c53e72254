import { Table } from 'antd';
import { Link } from '../router';
import { countText, drawn, rateOf, rateText, BY_NAMES, type FigureId, type Figures, type Group } from './texts';

interface Props {
  seen: Figures;
  figure: FigureId;
  narrow: (group: Group) => void;
  tickets: (group: Group) => string;
}

/** The groups as a table whose bars are the chart: the numbers and the picture are one. */
export function Groups({ seen, figure, narrow, tickets }: Props) {
  return (
    <>
      <Table<Group>
        size="small"
        rowKey="key"
        dataSource={seen.groups}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: '这段时间没有工单' }}
        columns={[
          {
            title: BY_NAMES[seen.by],
            render: (_, group) => (
              <button type="button" className="figures-narrow" title="只看这一组" onClick={() => narrow(group)}>
                {group.name}
              </button>
            ),
          },
          { title: '工单', align: 'right', width: 80, dataIndex: 'tickets', sorter: (a, b) => a.tickets - b.tickets },
          {
            title: '率',
            width: 220,
            sorter: (a, b) => (drawn(rateOf(a, figure)) ?? -1) - (drawn(rateOf(b, figure)) ?? -1),
            render: (_, group) => {
              const rate = rateOf(group, figure);
              return (
                <span className="figures-bar">
                  <span aria-hidden style={{ width: `${drawn(rate) ?? 0}%` }} />
                  <b className={rate.few ? 'figures-few' : undefined}>{rateText(rate)}</b>
                </span>
              );
            },
          },
          { title: '分子 / 分母', align: 'right', width: 120, render: (_, group) => countText(rateOf(group, figure)) },
          { title: '操作', width: 70, render: (_, group) => <Link to={tickets(group)}>看工单</Link> },
        ]}
      />
      {seen.left_out > 0 && <p>还有 {seen.left_out} 个较小的组没有列出，导出里有全部。</p>}
    </>
  );
}
