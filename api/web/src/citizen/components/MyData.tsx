import { useEffect, useRef, useState } from 'react';
import { ApiError, type DataCopy, type Erased } from '../api';
import { problemText } from '../conversation';
import { copyText, saveText } from '../devices';
import { readable } from '../myData';
import { useReader } from '../reader';
import { texts } from '../texts';

interface Props {
  load: () => Promise<DataCopy>;
  /** Erases it; throws what the API threw. */
  erase: () => Promise<Erased>;
}

/** What is kept of a person: to see, to take along, and to have erased after it was said what goes and what stays. */
export function MyData({ load, erase }: Props) {
  const t = texts.myData;
  const { place } = useReader();
  const [copy, setCopy] = useState<DataCopy | null>(null);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState('');
  const [problem, setProblem] = useState('');
  const [erased, setErased] = useState<Erased | null>(null);
  const question = useRef<HTMLHeadingElement>(null);
  const shown = useRef<HTMLPreElement>(null);
  const result = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (asking) question.current?.focus();
  }, [asking]);
  useEffect(() => {
    if (copy) shown.current?.focus();
  }, [copy]);
  useEffect(() => {
    if (erased) result.current?.focus();
  }, [erased]);

  async function run(act: () => Promise<void>) {
    if (busy) return;
    setBusy(true);
    setProblem('');
    setTold('');
    try {
      await act();
    } catch (error) {
      setProblem(error instanceof ApiError && error.problem?.detail ? error.problem.detail : problemText(error));
    } finally {
      setBusy(false);
    }
  }

  const show = () => run(async () => setCopy(await load()));
  const eraseAll = () =>
    run(async () => {
      const gone = await erase();
      setCopy(null);
      setAsking(false);
      setErased(gone);
    });

  if (erased) {
    return (
      <div role="status" tabIndex={-1} ref={result}>
        <p>{t.erasedNow}</p>
        {erased.remarks.map((remark) => (
          <p key={remark}>{remark}</p>
        ))}
      </div>
    );
  }
  return (
    <div className="my-data">
      <div className="ticket-buttons">
        <button type="button" className="button" aria-disabled={busy} onClick={() => void show()}>
          {t.show}
        </button>
        <button type="button" className="button quiet" aria-expanded={asking} onClick={() => setAsking(!asking)}>
          {t.erase}
        </button>
      </div>
      {asking && (
        <section className="my-data-question" aria-labelledby="erase-question">
          <h3 id="erase-question" ref={question} tabIndex={-1}>
            {t.sure}
          </h3>
          <p>{t.goes}</p>
          <p>{t.staysHeading}</p>
          <ul>
            {t.stays.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p>{t.forGood}</p>
          <div className="ticket-buttons">
            <button type="button" className="button danger" aria-disabled={busy} onClick={() => void eraseAll()}>
              {busy ? t.erasing : t.confirm}
            </button>
            <button type="button" className="button" onClick={() => setAsking(false)}>
              {t.cancel}
            </button>
          </div>
        </section>
      )}
      <div role="status">
        {problem && <p className="amber-note">{problem}</p>}
        {told && <p>{told}</p>}
      </div>
      {copy && (
        <>
          <pre className="my-data-copy" ref={shown} tabIndex={0} role="region" aria-label={t.heading}>
            {readable(copy)}
          </pre>
          {place !== 'kiosk' && (
            <div className="ticket-buttons">
              <button type="button" className="button" onClick={() => saveText(t.fileName, readable(copy), 'text/plain')}>
                {t.save}
              </button>
              <button
                type="button"
                className="button"
                onClick={() => void copyText(readable(copy)).then((done) => setTold(done ? t.copied : t.copyFailed))}
              >
                {t.copy}
              </button>
              <button
                type="button"
                className="button quiet"
                onClick={() => saveText(t.dataFileName, JSON.stringify(copy, null, 2), 'application/json')}
              >
                {t.saveData}
              </button>
            </div>
          )}
        </>
      )}
    </div>
  );
}
