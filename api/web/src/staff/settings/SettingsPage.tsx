import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Input, InputNumber, Spin, Typography } from 'antd';
import { api, ok, readable, type Schemas } from '../api/client';
import { minute } from '../moments';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';

type Setting = Schemas['SettingView'];

/** Settings that are safe to change while people are served; each takes effect at once, everywhere. */
export default function SettingsPage() {
  const found = useServerState({ queryKey: ['settings'], queryFn: () => ok(api.GET('/api/v1/staff/settings')) });
  if (found.error) return <Alert type="error" showIcon title={readable(found.error)} />;
  if (!found.data) return <Spin />;
  return (
    <Flex vertical gap={12} style={{ maxWidth: 720 }}>
      <Typography.Text type="secondary">保存以后马上生效，不用重启。每次改动都记入审计。</Typography.Text>
      {found.data.map((setting) => (
        <SettingCard key={`${setting.name}-${setting.version}`} setting={setting} />
      ))}
    </Flex>
  );
}

function SettingCard({ setting }: { setting: Setting }) {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const draft = useDraft<string | number>(`setting.${setting.name}`, setting.value, String(setting.version));
  const params = { params: { path: { name: setting.name } } };
  const save = async () => {
    const done = await run(async () => {
      const body = { value: draft.value, version: setting.version };
      await ok(api.PUT('/api/v1/staff/settings/{name}', { ...params, body }));
    }, '已保存');
    if (done) draft.done(draft.value);
    await cache.invalidateQueries({ queryKey: ['settings'] });
  };
  const id = `setting-${setting.name}`;
  return (
    <Card size="small" title={<label htmlFor={id}>{setting.title}</label>}>
      <p id={`${id}-help`} style={{ marginTop: 0 }}>
        {setting.help}
      </p>
      {draft.outdated && (
        <Alert type="warning" showIcon title="别人在您写的时候改过这一项。现在的值看下面，确认后再保存。" style={{ marginBottom: 8 }} />
      )}
      <Flex gap={8} align="start" wrap>
        {setting.longest ? (
          <Input.TextArea
            id={id}
            aria-describedby={`${id}-help`}
            value={String(draft.value)}
            maxLength={setting.longest}
            showCount
            autoSize={{ minRows: 1, maxRows: 4 }}
            onChange={({ target: { value } }) => draft.change(value)}
            style={{ flex: '1 1 300px' }}
          />
        ) : (
          <InputNumber
            id={id}
            aria-describedby={`${id}-help`}
            value={Number(draft.value)}
            min={setting.least}
            max={setting.most}
            precision={0}
            onChange={(value) => value !== null && draft.change(value)}
          />
        )}
        <Button type="primary" loading={busy} disabled={draft.value === setting.value} onClick={() => void save()}>
          保存
        </Button>
      </Flex>
      <Typography.Text type="secondary" style={{ display: 'block', marginTop: 8 }}>
        现在是：{setting.value === '' ? '（空）' : String(setting.value)}
        {setting.changed_at && `，${setting.changed_by}改于 ${minute(setting.changed_at)}`}
      </Typography.Text>
    </Card>
  );
}
