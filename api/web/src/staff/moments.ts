/** Moments as they are shown: the city's time, wherever the browser thinks it is. */
const FORMAT = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

function parts(moment: string): Record<string, string> {
  return Object.fromEntries(FORMAT.formatToParts(new Date(moment)).map(({ type, value }) => [type, value]));
}

/** `2026-11-24 15:30`; nothing for null. */
export function minute(moment: string | null | undefined): string {
  if (!moment) return '';
  const { year, month, day, hour, minute } = parts(moment);
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

/** `2026-11-24 15:30:07`. */
export function second(moment: string): string {
  return `${minute(moment)}:${parts(moment).second}`;
}
