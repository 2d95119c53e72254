import { Button, Flex, Form, Input, QRCode, Typography } from 'antd';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { useSession } from '../session';
import { useAction } from '../useAction';

/** Set up six digits from an authenticator app: password, QR code, first code. */
export function SecondFactor() {
  const { me, refresh } = useSession();
  const [uri, setUri] = useState('');
  const [busy, run] = useAction();
  if (me.second_factor) return <>已开通。换手机或丢了手机，请找管理员关掉，再重新开通。</>;

  const offer = ({ password }: { password: string }) =>
    run(async () => setUri((await ok(api.POST('/api/v1/staff/me/second-factor', { body: { password } }))).uri));
  const confirm = async ({ code }: { code: string }) => {
    if (await run(() => ok(api.PUT('/api/v1/staff/me/second-factor', { body: { code } })), '动态码已开通')) await refresh();
  };

  if (!uri) {
    return (
      <Form name="offer" layout="inline" requiredMark={false} onFinish={offer}>
        <Form.Item name="password" label="密码" rules={[{ required: true, message: '请填密码' }]}>
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Button htmlType="submit" loading={busy}>
          开通
        </Button>
      </Form>
    );
  }
  return (
    <Flex gap={16} align="start" wrap>
      <QRCode value={uri} size={168} type="svg" />
      <Form name="confirm" layout="vertical" requiredMark={false} onFinish={confirm} style={{ flex: 1, minWidth: 260 }}>
        <p>1. 用手机上的验证器（支持 TOTP 的都行）扫左边的码。</p>
        <p>
          扫不了，就手工填密钥：
          <Typography.Text copyable code>
            {new URL(uri).searchParams.get('secret')}
          </Typography.Text>
        </p>
        <Form.Item name="code" label="2. 填手机上显示的六位数字" rules={[{ required: true, message: '请填六位数字' }]}>
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} style={{ width: 140 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          确认开通
        </Button>
      </Form>
    </Flex>
  );
}
