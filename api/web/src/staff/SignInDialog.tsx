import { Button, Modal } from 'antd';
import { plainApi } from './api/client';
import type { Me } from './roles';
import { SignIn } from './SignIn';

/** Over the page, which stays as it is with everything written on it. Another person begins on a fresh page. */
export function SignInDialog({ me, onSignedIn }: { me: Me; onSignedIn: (me: Me) => void }) {
  const leave = async () => {
    await plainApi.DELETE('/api/v1/staff/session').catch(() => undefined);
    window.location.reload();
  };
  return (
    <Modal
      open
      title="登录已失效，请重新登录"
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      width={380}
      footer={
        <Button type="link" onClick={() => void leave()}>
          换人登录
        </Button>
      }
    >
      <p>这一页上写的内容都还在，登录后接着用。</p>
      <SignIn username={me.username} onSignedIn={onSignedIn} />
    </Modal>
  );
}
