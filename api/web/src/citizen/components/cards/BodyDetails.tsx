import type { ReactNode } from 'react';
import type { Body } from '../../api';
import { useReader } from '../../reader';
import { mapLink } from '../../slip';
import { texts } from '../../texts';
import { PhoneText } from '../PhoneText';

/** Where a body is and how to reach it; what is not known is said to be unknown. */
export function BodyDetails({ body }: { body: Body }) {
  const t = texts.referral;
  const rows: [string, ReactNode][] = [];
  const unknown: string[] = [];
  if (body.address) rows.push([t.where, <Address address={body.address} />]);
  else unknown.push(t.where);
  if (body.phone) rows.push([t.phone, <PhoneText text={body.phone} />]);
  else unknown.push(t.phone);
  if (body.hours) rows.push([t.hours, body.hours]);
  else unknown.push(t.hours);
  if (body.website) rows.push([t.website, <Website address={body.website} />]);

  const note = body.unknown_note || t.unknownNote;
  return (
    <>
      {rows.length > 0 && (
        <dl className="body-details">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {body.remarks?.map((remark) => (
        <p className="amber-note" key={remark}>
          <PhoneText text={remark} />
        </p>
      ))}
      {unknown.length > 0 && (
        <p className="amber-note">
          <PhoneText text={t.unknown(unknown, note)} />
        </p>
      )}
      {body.state === 'unconfirmed' && rows.length > 0 && (
        <p className="amber-note">
          <PhoneText text={t.unconfirmed(note)} />
        </p>
      )}
    </>
  );
}

function Address({ address }: { address: string }) {
  const { place } = useReader();
  if (place === 'kiosk') return address;
  return (
    <>
      {address}{' '}
      <a href={mapLink(address)} target="_blank" rel="noopener noreferrer">
        {texts.referral.map}
      </a>
    </>
  );
}

/** A terminal shows the address only: it must not lead away to other sites. */
function Website({ address }: { address: string }) {
  const { place } = useReader();
  if (place === 'kiosk' || !/^https?:\/\//i.test(address)) return address;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {address.replace(/^https?:\/\//i, '').replace(/\/$/, '')}
    </a>
  );
}
