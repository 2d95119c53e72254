/** A chart drawn by ECharts; loaded only by the pages that show one. Beside each stands a table with the same numbers. */
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([AriaComponent, BarChart, GridComponent, LegendComponent, LineChart, SVGRenderer, TooltipComponent]);

/** Told apart without colour: dark and light, with a pattern on the second. */
export const DARK = '#0b4a57';
export const LIGHT = '#b9ccd2';
const TEXT = { color: '#16222a', fontFamily: 'inherit', fontSize: 13 };

interface Props {
  option: EChartsCoreOption;
  height: number;
  /** What a reader of the screen hears instead. */
  label: string;
  onPick?: (name: string) => void;
}

export function Chart({ option, height, label, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const pick = useRef(onPick);
  pick.current = onPick;

  useEffect(() => {
    const drawn = init(box.current!, null, { renderer: 'svg', locale: 'ZH' });
    chart.current = drawn;
    drawn.on('click', ({ name }) => pick.current?.(name));
    const sized = new ResizeObserver(() => drawn.resize());
    sized.observe(box.current!);
    return () => {
      sized.disconnect();
      drawn.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption({ animation: false, textStyle: TEXT, ...option }, { notMerge: true });
  }, [option]);

  return <div ref={box} role="img" aria-label={label} style={{ height, cursor: onPick ? 'pointer' : undefined }} />;
}
