import { Tabs } from 'antd';
import { useQuery } from '../router';
import { may } from '../roles';
import { useMe } from '../session';
import { AnswersEditor } from './AnswersEditor';
import { RuleEditor } from './RuleEditor';
import { RuleTable } from './RuleTable';
import { RuleVersions } from './RuleVersions';

/** Which body takes what: the table, drafts with their proof, versions. */
export default function RulesPage() {
  const [query, change] = useQuery();
  const writes = may(useMe(), ['curator']);
  return (
    <Tabs
      activeKey={query.get('tab') ?? 'table'}
      onChange={(tab) => change({ tab: tab === 'table' ? null : tab })}
      items={[
        { key: 'table', label: '决定表', children: <RuleTable /> },
        ...(writes
          ? [
              { key: 'edit', label: '改规则', children: <RuleEditor /> },
              { key: 'answers', label: '答复', children: <AnswersEditor /> },
            ]
          : []),
        { key: 'versions', label: '版本', children: <RuleVersions /> },
      ]}
    />
  );
}
