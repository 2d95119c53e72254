import { useMemo } from 'react';
import { Chart, DARK, LIGHT } from './Chart';
import { countText, drawn, rateOf, rateText, tick, type FigureId, type Figures } from './texts';

/** One figure month by month or week by week, with how much it counts; the same in a table for those who do not see it. */
export function Times({ seen, figure, name }: { seen: Figures; figure: FigureId; name: string }) {
  const option = useMemo(
    () => ({
      aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
      grid: { left: 44, right: 44, top: 28, bottom: 24 },
      legend: { type: 'scroll', top: 0, left: 0, itemHeight: 10 },
      tooltip: { trigger: 'axis', confine: true },
      xAxis: { type: 'category', data: seen.groups.map((group) => tick(seen.by, group.key, group.name)) },
      yAxis: [
        { type: 'value', min: 0, max: 100, interval: 25, axisLabel: { formatter: '{value}%' } },
        { type: 'value', min: 0, minInterval: 1, splitLine: { show: false } },
      ],
      series: [
        {
          name: '分母（件）',
          type: 'bar',
          yAxisIndex: 1,
          barMaxWidth: 28,
          color: LIGHT,
          data: seen.groups.map((group) => rateOf(group, figure).whole),
        },
        {
          name: `${name}（%）`,
          type: 'line',
          symbolSize: 8,
          color: DARK,
          lineStyle: { width: 2.5 },
          data: seen.groups.map((group) => drawn(rateOf(group, figure))),
        },
      ],
    }),
    [seen, figure, name],
  );
  if (seen.groups.length === 0) return <p>这段时间没有工单。</p>;
  return (
    <>
      <Chart option={option} height={190} label={`${name}随时间的变化，数字在下面的表里`} />
      <details className="figures-numbers">
        <summary>看数字</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">时间</th>
              <th scope="col">{name}</th>
              <th scope="col">分子 / 分母</th>
            </tr>
          </thead>
          <tbody>
            {seen.groups.map((group) => (
              <tr key={group.key}>
                <th scope="row">{group.name}</th>
                <td>{rateText(rateOf(group, figure))}</td>
                <td>{countText(rateOf(group, figure))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
