import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Form, Input, Modal, Select, Typography } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { minute } from '../moments';
import { useAction } from '../useAction';

type Kind = Schemas['BookingView']['kind'];
type Bookable = Schemas['Bookable'];

const NAMES: Record<Kind, string> = { visit: '到场', callback: '回电' };

/** Times that are agreed for a ticket; the desk agrees on one for the citizen. */
export function Bookings({ number, sequence }: { number: string; sequence: number }) {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const [open, setOpen] = useState<Kind | null>(null);
  const path = { params: { path: { number } } };
  const read = useServerState({
    queryKey: ['ticket', number, 'bookings', sequence],
    queryFn: () => ok(api.GET('/api/v1/desk/tickets/{number}/bookings', path)),
  });
  if (!read.data || (!read.data.may && read.data.booked.length === 0)) return null;
  const renew = () => cache.invalidateQueries({ queryKey: ['ticket', number] });
  const cancel = (kind: Kind) =>
    run(async () => {
      await ok(api.DELETE('/api/v1/desk/tickets/{number}/bookings/{kind}', { params: { path: { number, kind } } }));
      await renew();
    }, '已取消');
  return (
    <Card size="small" title="约好的时间">
      {read.data.booked.map((booked) => (
        <Flex key={booked.kind} gap={8} align="center" wrap>
          <span>
            <Typography.Text strong>{NAMES[booked.kind]}</Typography.Text> {minute(booked.starts)}–{minute(booked.ends).slice(-5)}
            {booked.kind === 'visit' && ` ${booked.body_name}`}
          </span>
          <Button size="small" loading={busy} onClick={() => void cancel(booked.kind)}>
            取消
          </Button>
        </Flex>
      ))}
      {read.data.may && (
        <Flex gap={8} style={{ marginTop: read.data.booked.length > 0 ? 8 : 0 }}>
          {(['visit', 'callback'] as const).map((kind) => (
            <Button key={kind} onClick={() => setOpen(kind)}>
              {read.data.booked.some((booked) => booked.kind === kind) ? `改${NAMES[kind]}时间` : `约${NAMES[kind]}时间`}
            </Button>
          ))}
        </Flex>
      )}
      {open && (
        <BookingDialog
          number={number}
          kind={open}
          offer={read.data}
          onDone={() => {
            setOpen(null);
            void renew();
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </Card>
  );
}

interface DialogProps {
  number: string;
  kind: Kind;
  offer: Bookable;
  onDone: () => void;
  onClose: () => void;
}

function BookingDialog({ number, kind, offer, onDone, onClose }: DialogProps) {
  const [busy, run] = useAction();
  const [key] = useState(() => crypto.randomUUID());
  const [body, setBody] = useState(offer.sites.find(({ slots }) => slots.length > 0)?.body.id ?? offer.sites[0]?.body.id ?? '');
  const site = offer.sites.find((one) => one.body.id === body);
  const slots = kind === 'callback' ? offer.windows : (site?.slots ?? []);
  const note = kind === 'callback' ? offer.window_note : (site?.note ?? '');
  const submit = ({ starts, phone }: { starts: string; phone?: string }) =>
    run(async () => {
      const wanted = { kind, starts, key, body_id: kind === 'visit' ? body : '', phone: phone ?? '' };
      await ok(api.POST('/api/v1/desk/tickets/{number}/bookings', { params: { path: { number } }, body: wanted }));
      onDone();
    }, '约好了');
  return (
    <Modal
      open
      title={`约${NAMES[kind]}时间`}
      okText="就约这个时间"
      cancelText="取消"
      onCancel={onClose}
      confirmLoading={busy}
      okButtonProps={{ htmlType: 'submit', form: 'ticket-booking', disabled: slots.length === 0 }}
    >
      <Form id="ticket-booking" layout="vertical" onFinish={submit}>
        {kind === 'visit' && (
          <Form.Item label="去哪里">
            <Select aria-label="去哪里" value={body} onChange={setBody} options={offer.sites.map((one) => ({ value: one.body.id, label: one.body.name }))} />
          </Form.Item>
        )}
        {note && <Alert type="warning" showIcon title={note} />}
        {slots.length > 0 && (
          <Form.Item name="starts" label="时间" rules={[{ required: true, message: '请选时间' }]}>
            <Select
              options={slots.map(({ starts, ends, left }) => ({
                value: starts,
                label: `${minute(starts)}–${minute(ends).slice(-5)}${left ? `（还有 ${left} 个）` : ''}`,
              }))}
            />
          </Form.Item>
        )}
        {kind === 'callback' && slots.length > 0 && (
          <Form.Item name="phone" label={offer.phone ? `打尾号 ${offer.phone} 的电话；要打别的写在这里` : '打哪个电话'} rules={offer.phone ? [] : [{ required: true, message: '请填电话' }]}>
            <Input maxLength={30} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
