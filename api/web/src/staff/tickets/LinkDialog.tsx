import { Alert, Button, Modal, Typography } from 'antd';
import type { Schemas } from '../api/client';

export interface BodyLink {
  address: string;
  note: string;
}

/** The link an action made for a body; null when it made none. */
export function linkOf(done: Schemas['ActionDone']): BodyLink | null {
  return done.link ? { address: `${window.location.origin}${done.link}`, note: done.link_note } : null;
}

/** Shows, this once, the address to give to a body. */
export function LinkDialog({ link, onClose }: { link: BodyLink; onClose: () => void }) {
  return (
    <Modal open title="给承办单位的链接" footer={<Button onClick={onClose}>好</Button>} onCancel={onClose}>
      <Typography.Paragraph copyable={{ text: link.address }} style={{ wordBreak: 'break-all' }}>
        {link.address}
      </Typography.Paragraph>
      <Alert type="warning" showIcon title={link.note} description="关掉以后不再显示，可以另开一个新链接。" />
    </Modal>
  );
}
