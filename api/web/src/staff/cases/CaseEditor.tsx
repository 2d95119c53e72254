import { Form, Input, Select } from 'antd';
import { useLibrary } from './library';
import { FIELDS, type Fault, type Written } from './texts';

interface Props {
  value: Written;
  onChange: (value: Written) => void;
  faults: readonly Fault[];
}

/** The fields of a case; what is wrong stands under each. */
export function CaseEditor({ value, onChange, faults }: Props) {
  const library = useLibrary();
  const set = (name: keyof Written) => (text: string) => onChange({ ...value, [name]: text });
  return (
    <Form layout="vertical" component="div" className="case-editor">
      {FIELDS.map(({ name, label, hint, rows, kind }) => {
        const wrong = faults.filter(({ field }) => field === name || field.startsWith(`${name}.`));
        return (
          <Form.Item
            key={name}
            label={label}
            htmlFor={`case-${name}`}
            extra={wrong.length ? undefined : hint}
            validateStatus={wrong.length ? 'error' : ''}
            help={wrong.length ? wrong.map(({ text }) => text).join('；') : undefined}
          >
            {kind === 'matter' && (
              <Select
                id="case-matter"
                showSearch={{ optionFilterProp: 'label' }}
                value={value.matter}
                onChange={set('matter')}
                options={(library.data?.matters ?? []).map(({ code, name }) => ({ value: code, label: name }))}
              />
            )}
            {kind === 'bodies' && (
              <Select
                id="case-handled_by"
                mode="multiple"
                showSearch={{ optionFilterProp: 'label' }}
                value={value.handled_by ? value.handled_by.split('\n') : []}
                onChange={(codes: string[]) => set('handled_by')(codes.join('\n'))}
                options={(library.data?.body_types ?? []).map(({ code, name }) => ({ value: code, label: name }))}
              />
            )}
            {kind === 'day' && (
              <Input
                id={`case-${name}`}
                type="date"
                value={value[name]}
                onChange={({ target }) => set(name)(target.value)}
                style={{ width: 180 }}
              />
            )}
            {(kind === 'text' || kind === 'lines') && (
              <Input.TextArea
                id={`case-${name}`}
                autoSize={{ minRows: rows, maxRows: 16 }}
                value={value[name]}
                onChange={({ target }) => set(name)(target.value)}
              />
            )}
          </Form.Item>
        );
      })}
    </Form>
  );
}
