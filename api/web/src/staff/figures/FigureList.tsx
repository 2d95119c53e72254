import { countText, rateOf, rateText, type FigureId, type Figures } from './texts';

interface Props {
  seen: Figures;
  chosen: FigureId;
  choose: (figure: FigureId) => void;
}

/** Every figure with its definition beside it; one is chosen to be looked at closely. */
export function FigureList({ seen, chosen, choose }: Props) {
  return (
    <ul className="figures-list" aria-label="各项指标">
      {seen.definitions.map(({ id, name, text, beside }) => {
        const rate = rateOf(seen.total, id as FigureId);
        const other = seen.definitions.find((definition) => definition.id === beside);
        return (
          <li key={id}>
            <button type="button" aria-pressed={id === chosen} onClick={() => choose(id as FigureId)}>
              <span className="figures-name">{name}</span>
              <span className={rate.few ? 'figures-rate figures-few' : 'figures-rate'}>{rateText(rate)}</span>
              <span className="figures-count">
                {countText(rate)}
                {other && `，${other.name} ${rateText(rateOf(seen.total, other.id as FigureId))}`}
              </span>
              <span className="figures-text">{text}</span>
            </button>
          </li>
        );
      })}
      <li className="figures-text">
        {seen.tickets.name}：{seen.tickets.text}分母不到 {seen.few} 的写“太少”，不算成率：差一件就差 5 个百分点以上。
      </li>
    </ul>
  );
}
