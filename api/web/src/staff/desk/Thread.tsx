import { useEffect, useLayoutEffect, useRef } from 'react';
import { keyOf, shownWith } from './lines';
import type { Line, Person } from './types';

interface Props {
  lines: readonly Line[];
  people: readonly Person[];
  /** Who has the conversation: not told among those who look on. */
  agent: number | null;
}

const WHO: Record<Line['from'], string> = { citizen: '群众', bot: '机器', agent: '座席', note: '备注' };

/** What was said, newest at the bottom. */
export function Thread({ lines, people, agent }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const citizen = people.find((person) => person.staff_id === 0);
  const others = people.filter((person) => person.staff_id !== 0 && person.staff_id !== agent);

  // Stays at the end while one reads there; somebody who reads further up is left alone.
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, citizen?.typing]);

  // The box grows smaller when the agent writes more: its end stays in sight.
  useEffect(() => {
    const shown = box.current;
    if (!shown) return;
    const watch = new ResizeObserver(() => {
      if (atEnd.current) shown.scrollTop = shown.scrollHeight;
    });
    watch.observe(shown);
    return () => watch.disconnect();
  }, []);

  return (
    <div
      className="desk-thread"
      ref={box}
      role="log"
      aria-label="对话内容"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
    >
      <ol>
        {lines.map((line) => (
          <li key={keyOf(line)} className={`desk-line is-${line.from}`}>
            <span className="desk-who">
              {line.name || WHO[line.from]} <time>{clock(line.at)}</time>
            </span>
            <div className="desk-said">
              {line.text}
              {shownWith(line).map((shown) => (
                <small key={shown}>{shown}</small>
              ))}
            </div>
            {line.from === 'agent' && citizen && citizen.read_id >= line.id && <span className="desk-read">已读</span>}
          </li>
        ))}
      </ol>
      <p className="desk-presence" role="status">
        {citizen?.typing ? '群众正在输入…' : ''}
        {others
          .filter((person) => person.looking)
          .map((person) => ` ${person.name}${person.typing ? '正在输入' : '也在看'}`)
          .join('，')}
      </p>
    </div>
  );
}

const CLOCK = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function clock(at: string): string {
  return CLOCK.format(new Date(at));
}
