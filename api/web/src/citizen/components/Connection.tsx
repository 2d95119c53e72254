import { useEffect, useState } from 'react';
import { isOnline, onReach } from '../devices';
import { texts } from '../texts';
import { PhoneText } from './PhoneText';

/** Says calmly that the network is away, that nothing is lost, and what to do if it can't wait. */
export function Connection({ cutOff }: { cutOff: boolean }) {
  const [online, setOnline] = useState(isOnline);
  useEffect(() => onReach(() => setOnline(isOnline())), []);
  return (
    <div className="connection" role="status">
      {(cutOff || !online) && (
        <p className="column">
          {texts.offline.strip}
          <PhoneText text={texts.failure.urgent} />
        </p>
      )}
    </div>
  );
}
