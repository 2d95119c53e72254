import { Modal, Typography } from 'antd';
import type { Schemas } from '../api/client';

/** A password that is shown once, to be handed to its owner. */
export function TemporaryPassword({ told, onClose }: { told: Schemas['TemporaryPassword']; onClose: () => void }) {
  return (
    <Modal open title="初始密码" onOk={onClose} onCancel={onClose} mask={{ closable: false }} cancelButtonProps={{ hidden: true }} okText="已经记下">
      <p>
        请当面告诉 {told.account.name}（{told.account.username}）。只显示这一次；本人第一次登录后要先换成自己的密码。
      </p>
      <Typography.Text copyable code className="secret">
        {told.password}
      </Typography.Text>
    </Modal>
  );
}
