import { Tabs } from 'antd';
import { useQuery } from '../router';
import { Labels } from './Labels';
import { Models } from './Models';

const TABS = [
  { key: 'open', label: '待标', children: <Labels state="open" /> },
  { key: 'labelled', label: '已标', children: <Labels state="labelled" /> },
  { key: 'models', label: '训练和模型', children: <Models /> },
];

/** Questions the machine was unsure of, what they are about, and what is learnt from them. */
export default function TrainingPage() {
  const [query, change] = useQuery();
  return (
    <Tabs
      activeKey={query.get('tab') ?? 'open'}
      onChange={(tab) => change({ tab: tab === 'open' ? null : tab, page: null })}
      items={TABS}
      destroyOnHidden
    />
  );
}
