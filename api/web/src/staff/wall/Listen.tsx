import { Alert, Flex, Spin, Tag } from 'antd';
import '../desk/desk.css';
import { Panel } from '../desk/Panel';
import { CHANNELS, titleOf } from '../desk/queue';
import { Thread } from '../desk/Thread';
import { useTalk } from '../desk/useTalk';
import { Link, useParam } from '../router';
import './wall.css';

const nothing = () => undefined;

/** A colleague's conversation as it goes on, to read only. */
export default function Listen() {
  const { talk, lines, connected, gone } = useTalk(useParam('conversation'));
  const back = <Link to="/wall">回到现场</Link>;
  if (gone) return <Alert type="info" showIcon title={gone} action={back} />;
  if (!talk) return <Spin className="page-loading" />;
  const { item } = talk;
  return (
    <div className="desk wall-talk">
      {!connected && <Alert banner type="error" title="连接断了，正在重新连接。" />}
      <Flex gap={8} align="center" wrap className="wall-bar">
        {back}
        <Tag color="processing">只看，不能发言</Tag>
        <span>
          {item.agent_name ? `${item.agent_name}在办` : '没有座席在办'} · {CHANNELS[item.channel] ?? item.channel} ·{' '}
          {titleOf(item)}
        </span>
        <small>您在看，同事看得到；这次旁听已记入审计。</small>
      </Flex>
      <div className="wall-two">
        <section className="desk-talk" aria-label="对话">
          <Thread lines={lines} people={talk.people} agent={item.agent_id} />
        </section>
        <Panel
          suggested={talk.suggested}
          mine={false}
          isCall={item.channel === 'phone'}
          onAdopt={nothing}
          onEdit={nothing}
          onReject={nothing}
          onAsk={nothing}
        />
      </div>
    </div>
  );
}
