import { useEffect, useRef, useState } from 'react';
import type { DataCopy, Erased } from '../api';
import { texts } from '../texts';
import { MyData } from './MyData';

interface Props {
  /** Whether this device holds a conversation. */
  held: boolean;
  load: () => Promise<DataCopy>;
  erase: () => Promise<Erased>;
  onLookup: () => void;
  onBack: () => void;
}

/** What is kept of whoever holds this device's conversation. */
export function MyDataPage({ held, load, erase, onLookup, onBack }: Props) {
  const t = texts.myData;
  const [opened] = useState(held); // stays while it is told what was erased
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className="scroller lookup">
      <div className="column">
        <button type="button" className="button" onClick={onBack}>
          {texts.lookup.back}
        </button>
        <h2 ref={heading} tabIndex={-1}>
          {t.heading}
        </h2>
        {opened ? (
          <>
            <p>{t.intro}</p>
            <section className="card">
              <MyData load={load} erase={erase} />
            </section>
          </>
        ) : (
          <p>{t.nothing}</p>
        )}
        <p>{t.byTicket}</p>
        <button type="button" className="button" onClick={onLookup}>
          {texts.header.lookup}
        </button>
      </div>
    </main>
  );
}
