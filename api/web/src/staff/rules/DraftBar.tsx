import { Button, Flex, Input } from 'antd';
import { useState, type ReactNode } from 'react';

interface Props {
  /** Something differs from what is in use. */
  some: boolean;
  provable: boolean;
  proved: boolean;
  busy: boolean;
  onProve: () => void;
  onKeep: (title: string) => void;
  onGiveUp: () => void;
  before?: ReactNode;
  children?: ReactNode;
}

/** Above every editor of rules: try what is changed, keep it as a version under a title, or give it up. */
export function DraftBar({ some, provable, proved, busy, onProve, onKeep, onGiveUp, before, children }: Props) {
  const [title, setTitle] = useState('');
  return (
    <Flex gap={8} align="center" wrap className="tools">
      {before}
      <Button disabled={!provable} loading={busy} onClick={onProve}>
        试跑：看会改变什么
      </Button>
      <Input
        placeholder="这一版改了什么"
        aria-label="这一版改了什么"
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.target.value)}
        style={{ width: 260 }}
      />
      <Button type="primary" disabled={!proved || title.trim().length < 2} loading={busy} onClick={() => onKeep(title)}>
        存成一版
      </Button>
      <Button disabled={!some} onClick={onGiveUp}>
        都不改了
      </Button>
      {children}
    </Flex>
  );
}
