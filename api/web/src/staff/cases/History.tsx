import { useQuery as useServerState } from '@tanstack/react-query';
import { Button, Popconfirm, Table } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { minute } from '../moments';
import { Compare } from './Compare';
import { EVENTS, type Case, type CaseFields } from './texts';

type Event = Schemas['CaseEventView'];

interface Props {
  record: Case;
  mayWrite: boolean;
  onRestore: (version: number) => void;
}

/** Everything that happened to a case; any text of before beside the present one. */
export function History({ record, mayWrite, onRestore }: Props) {
  const [shown, setShown] = useState<{ title: string; fields: CaseFields } | null>(null);
  const history = useServerState({
    queryKey: ['case-history', record.id, record.revision],
    queryFn: () => ok(api.GET('/api/v1/admin/cases/{case_id}/history', { params: { path: { case_id: record.id } } })),
  });
  return (
    <>
      <Table<Event>
        size="small"
        rowKey="revision"
        loading={history.isLoading}
        dataSource={history.data ?? []}
        pagination={false}
        columns={[
          { title: '时间', dataIndex: 'at', render: minute },
          { title: '事情', render: (_, { kind, version }) => `${EVENTS[kind] ?? kind}${version ? `（第 ${version} 版）` : ''}` },
          { title: '谁', dataIndex: 'who' },
          { title: '来源和理由', render: (_, { source, reason }) => [source, reason].filter(Boolean).join('；') },
          {
            title: '操作',
            render: (_, event) => (
              <>
                {event.case && (
                  <Button
                    type="link"
                    size="small"
                    onClick={() => setShown({ title: `${minute(event.at)} ${event.who}`, fields: event.case! })}
                  >
                    和现在对照
                  </Button>
                )}
                {mayWrite && event.version !== null && event.version !== record.version && (
                  <Popconfirm title={`把第 ${event.version} 版放回草稿？现在的草稿会被替换，历史里还在。`} onConfirm={() => onRestore(event.version!)}>
                    <Button type="link" size="small">
                      恢复这一版
                    </Button>
                  </Popconfirm>
                )}
              </>
            ),
          },
        ]}
      />
      {shown && (
        <Compare
          sides={[
            { title: shown.title, fields: shown.fields },
            { title: '现在', fields: record.draft ?? record.live },
          ]}
        />
      )}
    </>
  );
}
