import type { Send } from '../api';
import type { Status } from '../live';
import { texts } from '../texts';
import { PhoneText } from './PhoneText';

interface Props {
  status: Status | null;
  connected: boolean;
  onSay: (text: string, send: Send) => void;
}

/** Who has the conversation now: the place in the queue, or the agent and whether they type. Nothing while it is the machine. */
export function LiveStatus({ status, connected, onSay }: Props) {
  const { live } = texts;
  const waiting = status?.owner === 'waiting';
  return (
    <div className="live" role="status">
      {status && status.owner !== 'bot' && (
        <p className="column">
          <span>
            {!connected && `${live.reconnecting} `}
            {waiting ? <PhoneText text={queueText(status)} /> : live.agent(status.agent_name, status.typing)}
          </span>
          {waiting && (
            <button type="button" className="button" onClick={() => onSay(live.stop, { action: 'stop_waiting' })}>
              {live.stop}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

function queueText({ ahead, agents }: Status): string {
  if (agents === 0) return texts.live.nobody;
  return ahead ? texts.live.behind(ahead) : texts.live.next;
}
