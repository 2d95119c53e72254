import { Tabs } from 'antd';
import { useQuery } from '../router';
import { Agreement } from './Agreement';
import { Results } from './Results';
import { Sample } from './Sample';

const TABS = [
  { key: 'open', label: '待看', children: <Sample looked="open" /> },
  { key: 'done', label: '已看', children: <Sample looked="done" /> },
  { key: 'results', label: '按事项', children: <Results /> },
  { key: 'agreement', label: '采用情况', children: <Agreement /> },
];

/** Quality: what was drawn, what was found, and how far agents follow suggestions. To learn from, not to rank people by. */
export default function QualityPage() {
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
