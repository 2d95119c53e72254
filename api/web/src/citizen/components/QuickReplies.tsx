import type { QuickReply, Send } from '../api';
import { texts } from '../texts';

interface Props {
  items: QuickReply[];
  onSay: (text: string, send: Send) => void;
}

export function QuickReplies({ items, onSay }: Props) {
  if (items.length === 0) return null;
  return (
    <ul className="quick-replies" aria-label={texts.actions.quickReplies}>
      {items.map((item) => (
        <li key={item.label}>
          <button type="button" className="button tap" onClick={() => onSay(item.label, item.send)}>
            {item.label}
          </button>
        </li>
      ))}
    </ul>
  );
}
