import type { Schemas } from '../api/client';
import type { paths } from '../api/schema';

export type Figures = Schemas['TicketFiguresView'];
export type Group = Schemas['GroupView'];
export type Rate = Schemas['RateView'];
export type By = Figures['by'];
export type FigureId = paths['/api/v1/desk/figures/tickets']['get']['parameters']['query']['figure'];

export const BY_NAMES: Record<By, string> = { area: '区', matter: '事项', body: '单位', week: '周', month: '月' };
export const UNKNOWN = 'unknown';
export const isTime = (by: By): boolean => by === 'week' || by === 'month';

/** A figure of a group. */
export const rateOf = (group: Group, figure: FigureId): Rate => group.rates[figure] ?? { part: 0, whole: 0, value: null, few: true };

/** `93.1%`; of too few, and of nothing, no rate. */
export function rateText(rate: Rate): string {
  if (rate.value === null) return '没有数据';
  return rate.few ? '太少' : `${(100 * rate.value).toFixed(1)}%`;
}

/** `27 / 29`. */
export const countText = (rate: Rate): string => `${rate.part} / ${rate.whole}`;

/** A rate to draw; nothing where none should be read. */
export const drawn = (rate: Rate): number | null => (rate.value === null || rate.few ? null : Math.round(1000 * rate.value) / 10);

/** Days as the API wants them, `2026-11-24`; a wrong one in the address is as none. */
export const day = (text: string | null): string | undefined => (text && /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined);

/** A time's short name under a chart: `11 月`, `11-02`. */
export function tick(by: By, key: string, name: string): string {
  if (by === 'month') return `${key.slice(2, 4)} 年 ${Number(key.slice(5, 7))} 月`;
  return by === 'week' ? key.slice(5) : name;
}
