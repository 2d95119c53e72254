import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Select, Tag, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { api, download, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { may } from '../roles';
import { useMe } from '../session';
import { useAction } from '../useAction';

type Question = Schemas['DoubtfulQuestion'];

/** One question a line: confirm the guess, choose another matter, or say that it is of no use. */
export function Labels({ state }: { state: 'open' | 'labelled' }) {
  const me = useMe();
  const [busy, run] = useAction();
  const mayLabel = may(me, ['curator']);
  const columns: TableColumnsType<Question> = [
    {
      title: '市民的话（已去掉姓名、电话）',
      dataIndex: 'text',
      render: (text: string, { times }) => (
        <>
          {text} {times > 1 && <Tag>问过 {times} 次</Tag>}
        </>
      ),
    },
    {
      title: '机器猜的',
      render: (_, { guessed_name, confidence }) =>
        guessed_name ? `${guessed_name}${confidence ? `（${Math.round(confidence * 100)}%）` : ''}` : '没猜出来',
    },
    ...(state === 'labelled'
      ? ([
          { title: '标成', render: (_, { matter, matter_name }) => (matter ? matter_name : <Tag>不用于训练</Tag>) },
          { title: '谁标的', render: (_, { who, newest_at }) => `${who} ${minute(newest_at)}` },
        ] as TableColumnsType<Question>)
      : []),
    ...(mayLabel
      ? ([
          {
            title: state === 'open' ? '其实是' : '改成',
            width: 420,
            render: (_, question) => <Choose key={`${question.text_hash}-${question.version}`} question={question} />,
          },
        ] as TableColumnsType<Question>)
      : []),
  ];
  return (
    <>
      <Flex gap={12} align="center" wrap className="tools">
        <Button loading={busy} onClick={() => void run(() => download('/api/v1/admin/training/export', 'labelled.yml'))}>
          导出已标的（Rasa 格式）
        </Button>
        <Typography.Text type="secondary">
          {state === 'open' ? '机器没把握的问题，问得多的在前。' : '标过的都可以改。'}
        </Typography.Text>
      </Flex>
      <DataTable<Question>
        name="training-questions"
        rowKey="text_hash"
        columns={columns}
        filters={{ state }}
        load={(page) => ok(api.GET('/api/v1/admin/training/questions', { params: { query: { state, ...page } } }))}
        emptyText={state === 'open' ? '没有等着标的问题。' : '还没有标过的问题。'}
        scroll={{ x: 800 }}
      />
    </>
  );
}

function Choose({ question }: { question: Question }) {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const guessed = question.matter === null ? question.guessed : question.matter;
  const [chosen, setChosen] = useState<string | null>(null);
  const matters = useServerState({
    queryKey: ['training-matters'],
    queryFn: () => ok(api.GET('/api/v1/admin/training/matters')),
    staleTime: Infinity,
  });
  // A guess of a matter that is not in the list any more is none.
  const matter = chosen ?? matters.data?.find(({ code }) => code === guessed)?.code ?? null;
  const groups = [...new Set((matters.data ?? []).map(({ group }) => group))];
  const keep = (about: string) =>
    run(async () => {
      const params = { params: { path: { text_hash: question.text_hash } } };
      await ok(
        api.PUT('/api/v1/admin/training/questions/{text_hash}', {
          ...params,
          body: { matter: about, version: question.version },
        }),
      );
      await cache.invalidateQueries({ queryKey: ['training-questions'] });
      await cache.invalidateQueries({ queryKey: ['training'] });
    }, '已标');
  return (
    <Flex gap={4} wrap>
      <Select
        aria-label="事项"
        showSearch={{ optionFilterProp: 'label' }}
        placeholder="选事项"
        value={matter}
        onChange={setChosen}
        loading={matters.isFetching}
        style={{ width: 190 }}
        options={groups.map((group) => ({
          label: group,
          options: (matters.data ?? [])
            .filter((one) => one.group === group)
            .map(({ code, name }) => ({ value: code, label: name })),
        }))}
      />
      <Button type="primary" loading={busy} disabled={!matter || matter === question.matter} onClick={() => void keep(matter!)}>
        {matter && matter === question.guessed && question.matter === null ? '猜对了' : '就是它'}
      </Button>
      <Button loading={busy} disabled={question.matter === ''} onClick={() => void keep('')}>
        不用于训练
      </Button>
    </Flex>
  );
}
