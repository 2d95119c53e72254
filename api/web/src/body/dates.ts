/** Dates in Wuhan, whatever time zone the device is set to. */

const DAY = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric', weekday: 'short' });
const TIME = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** `2026-11-27` → `11 月 27 日（周五）`. */
export function dayWithWeekday(isoDay: string): string {
  return named(new Date(`${isoDay}T12:00:00+08:00`));
}

/** An instant → `11 月 24 日（周二）09:05`. */
export function dayAndTime(instant: string): string {
  const date = new Date(instant);
  return `${named(date)}${TIME.format(date)}`;
}

function named(date: Date): string {
  const parts = Object.fromEntries(DAY.formatToParts(date).map((part) => [part.type, part.value]));
  return `${parts.month} 月 ${parts.day} 日（${parts.weekday}）`;
}
