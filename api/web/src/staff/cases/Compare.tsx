import { useLibrary, namesOf } from './library';
import { FIELDS, written, type CaseFields } from './texts';

interface Side {
  title: string;
  fields: CaseFields | null;
}

/** Two or three texts side by side, field by field; what differs is marked. */
export function Compare({ sides, onlyChanges = true }: { sides: readonly Side[]; onlyChanges?: boolean }) {
  const library = useLibrary();
  const names = { ...namesOf(library.data?.matters), ...namesOf(library.data?.body_types) };
  const texts = sides.map(({ fields }) => (fields ? written(fields) : null));
  const rows = FIELDS.map((field) => ({ ...field, values: texts.map((text) => text?.[field.name] ?? '') })).filter(
    ({ values }) => !onlyChanges || new Set(values).size > 1,
  );
  if (rows.length === 0) return <p>没有不同。</p>;
  const shown = (kind: string, text: string) =>
    kind === 'matter' || kind === 'bodies' ? text.split('\n').map((code) => names[code] ?? code).join('\n') : text;
  return (
    <table className="compare">
      <thead>
        <tr>
          <th scope="col">栏目</th>
          {sides.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, label, kind, values }) => (
          <tr key={name}>
            <th scope="row">{label}</th>
            {values.map((text, at) => {
              const others = new Set(values.filter((_, other) => other !== at).flatMap((value) => value.split('\n')));
              return (
                <td key={at}>
                  {shown(kind, text).split('\n').map((line, number) => (
                    <div key={number} className={line && !others.has(text.split('\n')[number]!) ? 'differs' : ''}>
                      {line}
                    </div>
                  ))}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
