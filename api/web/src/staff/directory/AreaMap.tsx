import type { Schemas } from '../api/client';
import './directory.css';

type Area = Schemas['DirectoryArea'];

/** Where each area lies to the others, north at the top, as column and row; no map: it shows no borders and no sizes. */
const PLACES: Record<string, readonly [number, number]> = {
  武汉市: [1, 1],
  黄陂区: [3, 1],
  长江新区: [4, 1],
  新洲区: [5, 1],
  东西湖区: [1, 2],
  江汉区: [2, 2],
  江岸区: [3, 2],
  青山区: [4, 2],
  临空港经开区: [1, 3],
  硚口区: [2, 3],
  武昌区: [3, 3],
  东湖风景区: [4, 3],
  蔡甸区: [1, 4],
  汉阳区: [2, 4],
  洪山区: [3, 4],
  东湖高新区: [4, 4],
  汉南区: [1, 5],
  武汉经开区: [2, 5],
  江夏区: [3, 5],
};

/** How each area's entries stand; a press shows its entries below. Areas that were added later follow in the last row. */
export function AreaMap({ areas, chosen, choose }: { areas: readonly Area[]; chosen: string; choose: (area: string | null) => void }) {
  return (
    <section aria-label="各区的条目">
      <p className="area-map-note">位置示意，不是地图比例。每格：已核实 / 在用条数；空缺是缺地址、电话或时间的，过期是 180 天没核对的。点一格看这个区。</p>
      <div className="area-map">
        {areas.map((area) => {
          const [column, row] = PLACES[area.name] ?? [undefined, 6];
          const known = area.entries ? area.confirmed / area.entries : 0;
          return (
            <button
              key={area.name}
              type="button"
              aria-pressed={chosen === area.name}
              className={area.stale ? 'stale' : undefined}
              style={{ gridColumn: column, gridRow: row }}
              onClick={() => choose(chosen === area.name ? null : area.name)}
            >
              <b>{area.name === '武汉市' ? '全市' : area.name}</b>
              <span>
                {area.confirmed} / {area.entries}
              </span>
              <i aria-hidden style={{ width: `${100 * known}%` }} />
              <small>
                {area.entries === 0 ? '还没有条目' : area.gaps ? `空缺 ${area.gaps}` : '没有空缺'}
                {area.stale ? `，过期 ${area.stale}` : ''}
              </small>
            </button>
          );
        })}
      </div>
    </section>
  );
}
