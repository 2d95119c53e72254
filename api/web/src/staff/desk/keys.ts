/** The desk's keyboard. Function keys act on the suggestion; Alt with a key acts on the conversation; both work while one types. */
export type Command =
  | 'adopt'
  | 'edit'
  | 'reject'
  | 'ticket'
  | 'next'
  | 'up'
  | 'down'
  | 'compose'
  | 'ask'
  | 'note'
  | 'pass'
  | 'end'
  | 'help'
  | { open: number };

export interface Shortcut {
  keys: string;
  does: string;
}

/** As shown by `?`. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: 'Alt + N', does: '接下一位' },
  { keys: 'Alt + 1 … 9', does: '打开我手上的第几个' },
  { keys: 'Alt + ↑ / ↓', does: '上一个、下一个' },
  { keys: 'Alt + J', does: '到输入框' },
  { keys: 'Enter', does: '发送（换行：Shift + Enter）' },
  { keys: '/ 加字母', does: '常用语，如 /jie；Enter 填入' },
  { keys: 'F2', does: '采用建议，直接发出' },
  { keys: 'F4', does: '把建议放进输入框修改' },
  { keys: 'F8', does: '这条建议不用' },
  { keys: 'Alt + Q', does: '把建议问的话放进输入框' },
  { keys: 'Alt + M', does: '给同事留备注（群众看不到）' },
  { keys: 'F9', does: '开工单' },
  { keys: 'Alt + Z', does: '转给同事、请人一起看、放回排队' },
  { keys: 'Alt + W', does: '写小结，交还机器' },
  { keys: '?', does: '看快捷键' },
];

const FUNCTION_KEYS: Record<string, Command> = { F2: 'adopt', F4: 'edit', F8: 'reject', F9: 'ticket' };
// By place on the keyboard (`code`), not by letter: Alt makes other letters on some systems.
const ALT_KEYS: Record<string, Command> = {
  KeyN: 'next',
  ArrowUp: 'up',
  ArrowDown: 'down',
  KeyJ: 'compose',
  KeyQ: 'ask',
  KeyM: 'note',
  KeyZ: 'pass',
  KeyW: 'end',
};

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'isComposing'>;

/** What a key press means; null when it is none of the desk's. `writing` says that the focus is in a field. */
export function commandOf(event: Pressed, writing: boolean): Command | null {
  if (event.isComposing || event.ctrlKey || event.metaKey) return null;
  if (event.altKey) {
    const digit = /^Digit([1-9])$/.exec(event.code);
    return digit ? { open: Number(digit[1]) } : (ALT_KEYS[event.code] ?? null);
  }
  if (event.key === '?' || event.key === '？') return writing ? null : 'help';
  return FUNCTION_KEYS[event.key] ?? null;
}
