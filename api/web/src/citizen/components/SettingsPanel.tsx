import { useEffect, useId, useRef, useState } from 'react';
import { THEMES, type Preferences } from '../preferences';
import { useReader } from '../reader';
import { texts } from '../texts';

interface Props {
  preferences: Preferences;
  canRestart: boolean;
  onChange: (preferences: Preferences) => void;
  onMyData: () => void;
  onRestart: () => void;
}

type Switch = 'highContrast' | 'simple' | 'readAloud';

/** How the page looks and speaks; every change holds at once, so that it can be seen while choosing. */
export function SettingsPanel({ preferences, canRestart, onChange, onMyData, onRestart }: Props) {
  const t = texts.settings;
  const { voice } = useReader();
  const id = useId();
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const switches: Switch[] = voice.available ? ['highContrast', 'simple', 'readAloud'] : ['highContrast', 'simple'];

  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };

  useEffect(() => {
    if (!open) return undefined;
    panel.current?.querySelector<HTMLElement>('input:checked')?.focus();
    const outside = (event: Event) => {
      const inside = panel.current?.contains(event.target as Node) || opener.current?.contains(event.target as Node);
      if (!inside) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);

  return (
    <div className="settings" onKeyDown={(event) => event.key === 'Escape' && open && close()}>
      <button
        type="button"
        className="button header-button"
        ref={opener}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {texts.header.more}
      </button>
      <div id={id} className="settings-panel" role="group" aria-label={t.heading} ref={panel} hidden={!open}>
        <fieldset>
          <legend>{t.colours}</legend>
          <div className="choices">
            {THEMES.map((theme) => (
              <label key={theme} className="choice">
                <input
                  type="radio"
                  name={`${id}-theme`}
                  checked={preferences.theme === theme}
                  onChange={() => onChange({ ...preferences, theme })}
                />
                <span>{t.theme[theme]}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {switches.map((name) => (
          <label key={name} className="consent">
            <input
              type="checkbox"
              checked={preferences[name]}
              onChange={(event) => onChange({ ...preferences, [name]: event.target.checked })}
            />
            <span>{t[name]}</span>
          </label>
        ))}
        <div className="settings-buttons">
          {canRestart && (
            <button
              type="button"
              className="button quiet"
              onClick={() => {
                setOpen(false);
                onRestart();
              }}
            >
              {t.restart}
            </button>
          )}
          <button
            type="button"
            className="button quiet"
            onClick={() => {
              setOpen(false);
              onMyData();
            }}
          >
            {t.myData}
          </button>
          <button type="button" className="button primary" onClick={close}>
            {t.close}
          </button>
        </div>
      </div>
    </div>
  );
}
