import { Alert, Card, Descriptions, Flex } from 'antd';
import { ROLE_NAMES } from '../roles';
import { useMe } from '../session';
import { PasswordForm } from './PasswordForm';
import { SecondFactor } from './SecondFactor';
import { Sessions } from './Sessions';

/** One's own account: password, second factor, where one is signed in. */
export default function MyAccount() {
  const me = useMe();
  return (
    <Flex vertical gap={12} style={{ maxWidth: 760 }}>
      {me.temporary_password && (
        <Alert type="warning" showIcon title="现在的密码是别人设的。请先换成自己的，换好以后就能用工作台。" />
      )}
      <Descriptions
        column={2}
        bordered
        size="small"
        items={[
          { key: 'name', label: '姓名', children: me.name },
          { key: 'username', label: '账号', children: me.username },
          { key: 'roles', label: '角色', children: me.roles.map((role) => ROLE_NAMES[role]).join('、') || '无' },
          { key: 'areas', label: '区域', children: me.areas.join('、') || '全市' },
        ]}
      />
      <Card size="small" title="密码">
        <PasswordForm />
      </Card>
      {!me.temporary_password && (
        <Card size="small" title="动态码（登录时的第二道锁）">
          <SecondFactor />
        </Card>
      )}
      <Card size="small" title="正在登录的地方">
        <Sessions />
      </Card>
    </Flex>
  );
}
