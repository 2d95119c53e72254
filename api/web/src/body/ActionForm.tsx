import { useState, type FormEvent } from 'react';
import type { Action, BodyTicket } from './api';

export type ActionName = Action['kind'];
export const ACTIONS: ActionName[] = ['accepted', 'answered', 'asked', 'extended', 'returned', 'referred_onward'];

const LABELS: Record<ActionName, string> = {
  accepted: '受理',
  answered: '答复',
  asked: '请他补充',
  extended: '延期',
  returned: '退回',
  referred_onward: '转给别的单位',
};
const TEXT_LABELS: Record<ActionName, string> = {
  accepted: '要跟办事人说的话（可不填）',
  answered: '答复（办事人会看到）',
  asked: '要补充什么（办事人会看到，等的时候不算时间）',
  extended: '延期的原因（办事人会看到）',
  returned: '说明（可不填）',
  referred_onward: '说明（可不填）',
};
const NEEDS_TEXT: ActionName[] = ['answered', 'asked', 'extended'];

interface Props {
  shown: BodyTicket;
  possible: ActionName[];
  open: ActionName | null;
  sending: boolean;
  onOpen: (name: ActionName | null) => void;
  onSend: (action: Action) => void;
}

export function ActionForm({ shown, possible, open, sending, onOpen, onSend }: Props) {
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [better, setBetter] = useState('');
  const [bodyId, setBodyId] = useState('');
  const [days, setDays] = useState(5);
  const [missing, setMissing] = useState('');

  function toggle(name: ActionName) {
    setMissing('');
    onOpen(open === name ? null : name);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!open) return;
    const gap =
      (NEEDS_TEXT.includes(open) && !text.trim() && '请写明内容。') ||
      (open === 'returned' && !reason && '请选退回的原因。') ||
      (open === 'returned' && !better && '请选应该由谁办；不知道就选“不清楚”。') ||
      (open === 'referred_onward' && !bodyId && '请选转给哪个单位。') ||
      '';
    setMissing(gap);
    if (gap) return;
    onSend({
      kind: open,
      text: text.trim(),
      ...(open === 'returned' && { reason, better }),
      ...(open === 'referred_onward' && { body_id: bodyId }),
      ...(open === 'extended' && { days }),
    });
    setText('');
  }

  return (
    <>
      <div className="buttons">
        {possible.map((name, index) => (
          <button
            key={name}
            type="button"
            className={index === 0 && !open ? 'button primary' : 'button'}
            aria-expanded={open === name}
            onClick={() => toggle(name)}
          >
            {LABELS[name]}
          </button>
        ))}
      </div>
      {open && (
        <form onSubmit={submit} noValidate>
          {open === 'returned' && (
            <>
              <Select label="退回的原因" value={reason} choices={shown.return_reasons} onChange={setReason} />
              <Select
                label="应该由谁办"
                value={better}
                choices={[{ id: 'unknown', name: '不清楚' }, ...shown.bodies]}
                onChange={setBetter}
              />
            </>
          )}
          {open === 'referred_onward' && (
            <Select label="转给哪个单位" value={bodyId} choices={shown.bodies} onChange={setBodyId} />
          )}
          {open === 'extended' && (
            <label>
              延几个工作日（最多 {shown.most_extension_days} 个，只能延一次）
              <input
                type="number"
                inputMode="numeric"
                min={1}
                max={shown.most_extension_days}
                value={days}
                onChange={(event) => setDays(Number(event.target.value))}
              />
            </label>
          )}
          <label>
            {TEXT_LABELS[open]}
            <textarea rows={4} maxLength={2000} value={text} onChange={(event) => setText(event.target.value)} />
          </label>
          <p className="field-error" role="alert">
            {missing}
          </p>
          <button type="submit" className="button primary" aria-disabled={sending}>
            {sending ? '正在登记……' : `确定${LABELS[open]}`}
          </button>
        </form>
      )}
    </>
  );
}

interface SelectProps {
  label: string;
  value: string;
  choices: { id: string; name: string }[];
  onChange: (value: string) => void;
}

function Select({ label, value, choices, onChange }: SelectProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">请选择</option>
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.name}
          </option>
        ))}
      </select>
    </label>
  );
}
