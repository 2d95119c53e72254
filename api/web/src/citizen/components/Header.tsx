import { texts } from '../texts';
import { useReader } from '../reader';
import { SettingsPanel } from './SettingsPanel';
import type { Preferences } from '../preferences';

interface Props {
  preferences: Preferences;
  begun: boolean;
  onPreferences: (preferences: Preferences) => void;
  onLookup: () => void;
  onMyData: () => void;
  onRestart: () => void;
  onClose: () => void;
}

export function Header({ preferences, begun, onPreferences, onLookup, onMyData, onRestart, onClose }: Props) {
  const { place } = useReader();
  const { largePrint } = preferences;
  return (
    <header className="header">
      <div className="column header-row">
        <div className="header-name">
          <h1>{texts.name}</h1>
          <p className="tagline">{texts.tagline}</p>
        </div>
        {place === 'kiosk' && begun && (
          <button type="button" className="button header-button primary" onClick={onRestart}>
            {texts.header.restart}
          </button>
        )}
        <button
          type="button"
          className="button header-button"
          aria-pressed={largePrint}
          title={texts.header.largePrintHint}
          onClick={() => onPreferences({ ...preferences, largePrint: !largePrint })}
        >
          {texts.header.largePrint}
        </button>
        <button type="button" className="button header-button" onClick={onLookup}>
          {texts.header.lookup}
        </button>
        <SettingsPanel
          preferences={preferences}
          canRestart={begun && place !== 'kiosk'}
          onChange={onPreferences}
          onMyData={onMyData}
          onRestart={onRestart}
        />
        {place === 'frame' && (
          <button type="button" className="button header-button frame-close" aria-label={texts.header.close} onClick={onClose}>
            ×
          </button>
        )}
      </div>
    </header>
  );
}
