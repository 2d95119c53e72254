import { texts } from '../texts';
import { PhoneText } from './PhoneText';

interface Props {
  notice: string;
  largePrint: boolean;
  onLargePrint: (on: boolean) => void;
  onLookup: () => void;
}

export function Header({ notice, largePrint, onLargePrint, onLookup }: Props) {
  return (
    <header className="header">
      <div className="column header-row">
        <div className="header-name">
          <h1>{texts.name}</h1>
          <p className="tagline">{texts.tagline}</p>
        </div>
        <button
          type="button"
          className="button header-button"
          aria-pressed={largePrint}
          title={texts.header.largePrintHint}
          onClick={() => onLargePrint(!largePrint)}
        >
          {texts.header.largePrint}
        </button>
        <button type="button" className="button header-button" onClick={onLookup}>
          {texts.header.lookup}
        </button>
      </div>
      <p className="machine-notice">
        <span className="column">
          <PhoneText text={notice} />
        </span>
      </p>
    </header>
  );
}
