import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { ok, plainApi, ProblemError, readable } from './api/client';
import type { Me } from './roles';
import { Ways } from './Ways';

const SECOND_FACTOR = 'urn:yibotong:second-factor'; // the password is right, a code is wanted too

interface Fields {
  username: string;
  password: string;
  code?: string;
}

interface Props {
  /** Given when a session has ended: only the same person can go on from here. */
  username?: string;
  onSignedIn: (me: Me) => void;
}

/** Account and password; the field for the second factor comes when the server asks for it. */
export function SignIn({ username, onSignedIn }: Props) {
  const [form] = Form.useForm<Fields>();
  const [wantsCode, setWantsCode] = useState(false);
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);

  const send = async ({ username, password, code }: Fields) => {
    setBusy(true);
    setTrouble('');
    try {
      onSignedIn(await ok(plainApi.POST('/api/v1/staff/session', { body: { username, password, code: code ?? '' } })));
    } catch (error) {
      if (error instanceof ProblemError && error.type === SECOND_FACTOR) {
        setWantsCode(true);
      } else {
        setTrouble(readable(error));
        form.setFieldValue('code', '');
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <Form form={form} name="sign-in" layout="vertical" size="large" requiredMark={false} initialValues={{ username }} onFinish={send}>
        {trouble && <Alert type="error" showIcon title={trouble} role="alert" style={{ marginBottom: 12 }} />}
        <Form.Item name="username" label="账号" rules={[{ required: true, message: '请填账号' }]}>
          <Input autoComplete="username" readOnly={username !== undefined} autoFocus={username === undefined} maxLength={60} />
        </Form.Item>
        <Form.Item name="password" label="密码" rules={[{ required: true, message: '请填密码' }]}>
          <Input.Password autoComplete="current-password" autoFocus={username !== undefined} maxLength={200} />
        </Form.Item>
        {wantsCode && (
          <Form.Item name="code" label="动态码" extra="手机验证器上的六位数字" rules={[{ required: true, message: '请填动态码' }]}>
            <Input autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block loading={busy}>
          登录
        </Button>
      </Form>
      <Ways />
    </>
  );
}
