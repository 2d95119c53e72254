import { Card, Collapse, Empty, Flex, Tag, Typography } from 'antd';
import type { Schemas } from '../api/client';
import { Link } from '../router';
import { LABELS } from './texts';

/** What was found in the text while it is written: faults, citations, personal data, neighbours. */
export function CheckPanel({ check }: { check: Schemas['CaseCheck'] | undefined }) {
  if (!check) return <Card size="small" loading />;
  const cited = check.citations.filter(({ id }, at, all) => !id || all.findIndex((other) => other.id === id) === at);
  return (
    <Flex vertical gap={8} className="check-panel">
      <Card size="small" title={check.faults.length ? `还有 ${check.faults.length} 处要改` : '可以提交审核'}>
        {check.faults.map(({ field, text }, at) => (
          <Typography.Paragraph key={at} type="danger" style={{ marginBottom: 4 }}>
            {LABELS[field] ?? field}：{text}
          </Typography.Paragraph>
        ))}
      </Card>
      {check.personal.length > 0 && (
        <Card size="small" title="像是个人信息，请换掉">
          {check.personal.map(({ field, said, instead }, at) => (
            <div key={at}>
              {LABELS[field] ?? field}：<Typography.Text mark>{said}</Typography.Text> → {instead}
            </div>
          ))}
        </Card>
      )}
      <Card size="small" title="引用的法条">
        {cited.length === 0 && <Empty image={null} description="还没有引用法条" />}
        <Collapse
          ghost
          size="small"
          items={cited.map(({ id, said, in_force, text }, at) => ({
            key: at,
            label: (
              <>
                <Tag color={in_force ? 'success' : 'error'}>{in_force ? '现行有效' : '查不到或无效'}</Tag>
                {id ?? said}
              </>
            ),
            children: <div style={{ whiteSpace: 'pre-wrap' }}>{text ?? '数据库里没有这一条。'}</div>,
          }))}
        />
      </Card>
      <Card size="small" title="最像的案例">
        {check.neighbours.map(({ case_id, title, closeness, near_copy, pairs }) => (
          <div key={case_id} style={{ marginBottom: 6 }}>
            <Link to={`/cases/${case_id}`}>{title}</Link>{' '}
            <Typography.Text type={near_copy ? 'danger' : 'secondary'}>
              {near_copy ? '几乎一样' : '相近度'} {closeness.toFixed(2)}
            </Typography.Text>
            {pairs.slice(0, 2).map(({ ours, theirs }) => (
              <Typography.Text key={ours} type="secondary" style={{ display: 'block', fontSize: 12 }}>
                “{ours}” ≈ “{theirs}”
              </Typography.Text>
            ))}
          </div>
        ))}
      </Card>
    </Flex>
  );
}
