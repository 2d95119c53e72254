import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { api, ok } from '../api/client';
import { useSession } from '../session';
import { useAction } from '../useAction';

interface Fields {
  old: string;
  fresh: string;
  again: string;
}

/** Change one's password; the other places where one is signed in are signed out. */
export function PasswordForm() {
  const { me, refresh } = useSession();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const [busy, run] = useAction();
  const save = async ({ old, fresh }: Fields) => {
    const body = { old, new: fresh };
    if (!(await run(() => ok(api.PUT('/api/v1/staff/me/password', { body })), '密码已改，别处的登录都退出了'))) return;
    form.resetFields();
    void cache.invalidateQueries({ queryKey: ['my sessions'] });
    await refresh();
  };
  return (
    <Form form={form} name="password" layout="vertical" requiredMark={false} onFinish={save} style={{ maxWidth: 360 }}>
      <input type="text" autoComplete="username" value={me.username} readOnly hidden />
      <Form.Item name="old" label="现在的密码" rules={[{ required: true, message: '请填现在的密码' }]}>
        <Input.Password autoComplete="current-password" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="fresh"
        label="新密码"
        extra="至少 12 个字符；一句自己记得住的话就很好"
        rules={[{ required: true, min: 12, message: '至少 12 个字符' }]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="again"
        label="再填一次"
        dependencies={['fresh']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value === getFieldValue('fresh') ? Promise.resolve() : Promise.reject(new Error('两次填的不一样')),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        改密码
      </Button>
    </Form>
  );
}
