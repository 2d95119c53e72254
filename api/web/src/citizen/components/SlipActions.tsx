import { useEffect, useRef, useState, type RefObject } from 'react';
import { canPrint, canShare, copyText, printOnly, shareText } from '../devices';
import { drawSlip } from '../picture';
import { useReader, useWords } from '../reader';
import { slipText, type Slip } from '../slip';
import { texts } from '../texts';

interface Props {
  slip: Slip;
  /** What is printed. */
  paper: RefObject<HTMLElement | null>;
}

/** Ways to keep a slip or hand it on. A terminal can only print it. */
export function SlipActions({ slip, paper }: Props) {
  const t = texts.slip;
  const { place } = useReader();
  const words = useWords();
  const own = place !== 'kiosk';
  const [said, setSaid] = useState('');
  const [picture, setPicture] = useState('');
  const pictureButton = useRef<HTMLButtonElement>(null);

  return (
    <div className="slip-buttons">
      {own && (
        <button
          type="button"
          className="button"
          onClick={async () => setSaid((await copyText(slipText(slip))) ? t.copied : t.copyFailed)}
        >
          {words('copy', t.copy)}
        </button>
      )}
      {own && canShare() && (
        <button type="button" className="button" onClick={() => void shareText(slip.heading, slipText(slip))}>
          {words('share', t.share)}
        </button>
      )}
      {own && (
        <button type="button" className="button" ref={pictureButton} onClick={() => setPicture(drawSlip(slip))}>
          {words('picture', t.picture)}
        </button>
      )}
      {canPrint() && (
        <button type="button" className="button" onClick={() => paper.current && printOnly(paper.current)}>
          {words('print', t.print)}
        </button>
      )}
      <p className="copied" role="status">
        {said}
      </p>
      {picture && (
        <PictureDialog
          picture={picture}
          slip={slip}
          onClose={() => {
            setPicture('');
            pictureButton.current?.focus();
          }}
        />
      )}
    </div>
  );
}

interface PictureProps {
  picture: string;
  slip: Slip;
  onClose: () => void;
}

/** The picture itself: chat apps block downloads, but a long press saves what is on the screen. */
function PictureDialog({ picture, slip, onClose }: PictureProps) {
  const t = texts.slip;
  const close = useRef<HTMLButtonElement>(null);
  const save = useRef<HTMLAnchorElement>(null);
  useEffect(() => close.current?.focus(), []);
  return (
    <div
      className="overlay"
      role="dialog"
      aria-modal="true"
      aria-label={t.pictureHeading}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        if (event.key !== 'Tab') return;
        event.preventDefault();
        (document.activeElement === close.current ? save : close).current?.focus();
      }}
    >
      <div className="overlay-box">
        <p>{t.pictureHeading}</p>
        <img src={picture} alt={t.pictureText([slip.title, ...slip.lines])} />
        <div className="overlay-buttons">
          <a className="button" ref={save} href={picture} download={`${slip.title}.png`}>
            {t.pictureSave}
          </a>
          <button type="button" className="button primary" ref={close} onClick={onClose}>
            {t.pictureClose}
          </button>
        </div>
      </div>
    </div>
  );
}
