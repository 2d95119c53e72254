import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { FileChooser } from './FileChooser';
import { FileError, sizeText, type FileLimits, type TicketFile } from './files';
import { anyWaiting, type FileQueue, type Waiting } from './queue';
import './files.css';

const TAKE_BACK = '收回后，这里谁也看不到了，文件会删掉。单位要是已经看过、存过，存下的那一份收不回来。';

interface Props {
  files: readonly TicketFile[];
  /** Null when nothing can be added. */
  limits: FileLimits | null;
  queue: FileQueue;
  /** Whose files are called the reader's own. */
  own: 'citizen' | 'body';
  save?: (file: TicketFile) => Promise<void>;
  /** Takes back a file of the reader's own; left out where nobody may. */
  takeBack?: (file: TicketFile) => Promise<void>;
  children?: ReactNode;
}

/** A ticket's photos and files: those that are there, those on their way, and ways to add. */
export function FileBox({ files, limits, queue, own, save, takeBack, children }: Props) {
  const { waiting, sent } = useSyncExternalStore(queue.subscribe, queue.snapshot, queue.snapshot);
  const [problem, setProblem] = useState('');
  const [asked, setAsked] = useState('');
  if (limits) queue.limits = limits;

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => anyWaiting() && event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);

  async function deal(dealing: Promise<void> | undefined) {
    setProblem('');
    setAsked('');
    try {
      await dealing;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      setProblem(error.message);
    }
  }

  const going = waiting.some((one) => !one.problem);
  const said = going ? '正在传，请先不要关掉这一页。' : sent > 0 && waiting.length === 0 ? '都传好了。' : '';
  return (
    <div className="file-box">
      {files.length > 0 && (
        <ul className="files">
          {files.map((file) => (
            <li key={file.id}>
              <span className="file-name">{file.name}</span>
              <small>
                {file.kind_name}，{sizeText(file.size)}，{file.party === own ? '您传的' : `${file.by || '座席'}传的`}
              </small>
              {save && (
                <button type="button" className="button" aria-label={`下载 ${file.name}`} onClick={() => void deal(save(file))}>
                  下载
                </button>
              )}
              {takeBack && file.party === own && asked !== file.id && (
                <button type="button" className="button" aria-label={`收回 ${file.name}`} onClick={() => setAsked(file.id)}>
                  收回
                </button>
              )}
              {takeBack && asked === file.id && (
                <>
                  <p>{TAKE_BACK}</p>
                  <div className="file-buttons">
                    <button type="button" className="button" onClick={() => void deal(takeBack(file))}>
                      收回并删除
                    </button>
                    <button type="button" className="button" onClick={() => setAsked('')}>
                      不收回
                    </button>
                  </div>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {waiting.length > 0 && (
        <ul className="files">
          {waiting.map((one) => (
            <OnItsWay key={one.key} one={one} queue={queue} />
          ))}
        </ul>
      )}
      {limits && (
        <>
          {children}
          <FileChooser accept={limits.accept} onChoose={(chosen) => queue.add(chosen)} />
          <p className="file-hint">{limits.text}</p>
        </>
      )}
      <p role="status" className="file-status">
        {problem || said}
      </p>
    </div>
  );
}

function OnItsWay({ one: { key, file, part, problem, again }, queue }: { one: Waiting; queue: FileQueue }) {
  return (
    <li>
      <span className="file-name">{file.name}</span>
      {problem ? (
        <>
          <p className="file-problem">{problem}</p>
          <div className="file-buttons">
            {again && (
              <button type="button" className="button" onClick={() => queue.again(key)}>
                再试一次
              </button>
            )}
            <button type="button" className="button" onClick={() => queue.takeBack(key)}>
              {again ? '不传了' : '去掉'}
            </button>
          </div>
        </>
      ) : (
        <progress aria-label={`正在传 ${file.name}`} max={1} value={part} />
      )}
    </li>
  );
}
