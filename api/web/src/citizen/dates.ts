/** Dates as people in Wuhan read them, whatever time zone the device is set to. */

import { texts } from './texts';

const ZONE = 'Asia/Shanghai';

interface Day {
  year: number;
  month: number;
  day: number;
}

/** `2026-11-27` → `11 月 27 日（周五）`, with the year when it is not this one. What is no date comes back as it is. */
export function dayWithWeekday(isoDay: string, now: Date = new Date()): string {
  const day = parseDay(isoDay);
  if (!day) return isoDay;
  const thisYear = day.year === inShanghai(now).year;
  const named = thisYear ? texts.dates.day(day.month, day.day) : fullDay(isoDay);
  return texts.dates.withWeekday(named, weekday(day));
}

/** `2021-01-01` → `2021 年 1 月 1 日`. */
export function fullDay(isoDay: string): string {
  const day = parseDay(isoDay);
  return day ? texts.dates.yearAndDay(day.year, day.month, day.day) : isoDay;
}

/** An instant → `11 月 24 日（周二）` in Wuhan. */
export function dayOf(instant: string, now: Date = new Date()): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const at = inShanghai(date);
  return dayWithWeekday(`${at.year}-${pad(at.month)}-${pad(at.day)}`, now);
}

/** An instant → `11 月 24 日（周二）09:05` in Wuhan. */
export function dayAndTime(instant: string, now: Date = new Date()): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const at = inShanghai(date);
  return `${dayOf(instant, now)}${pad(at.hour)}:${pad(at.minute)}`;
}

/** An instant → `09:05` in Wuhan. */
export function timeOf(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const { hour, minute } = inShanghai(date);
  return `${pad(hour)}:${pad(minute)}`;
}

function parseDay(isoDay: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(isoDay);
  return match ? { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) } : null;
}

function weekday(day: Day): string {
  return texts.dates.weekdays[new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay()]!;
}

function inShanghai(date: Date): Day & { hour: number; minute: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: ZONE,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(date);
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: value('year'),
    month: value('month'),
    day: value('day'),
    hour: value('hour'),
    minute: value('minute'),
  };
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
