import { describe, expect, it } from 'vitest';
import { frameColour } from '../../src/citizen/colour';
import { mapLink, referralSlip, slipText, ticketSlip } from '../../src/citizen/slip';
import { aBody, aReferral, aTicket } from './builders';

describe('a slip', () => {
  it('says what is not known, and makes nothing up', () => {
    expect(referralSlip(aReferral()).lines).toEqual(['地址、电话、办公时间：未核实，请以 12348 告知为准']);
    const known = aBody({ address: '某路 1 号', phone: '027-85551234', hours: '周一到周五' });
    expect(referralSlip(aReferral({ body: known })).lines).toEqual([
      '地址：某路 1 号',
      '电话：027-85551234',
      '办公时间：周一到周五',
    ]);
  });

  it('of a ticket carries number and code', () => {
    if (aTicket.kind !== 'ticket') throw new Error('not a ticket');
    expect(slipText(ticketSlip(aTicket))).toMatch(/WH20261124-000123[^]*7K4M2P/);
  });

  it('leads to a known address in the city', () => {
    expect(decodeURIComponent(mapLink('武汉市洪山区某路 1 号'))).toContain('keyword=武汉市洪山区某路 1 号');
    expect(decodeURIComponent(mapLink('某路 1 号'))).toContain('keyword=武汉市某路 1 号');
  });
});

describe('the colour of a site', () => {
  it('is taken when words on it can be read', () => {
    expect(frameColour('7A0000')).toBe('#7a0000');
    expect(frameColour('#0b4a57')).toBe('#0b4a57');
  });

  it.each([null, '', 'ffcc00', 'red', '12345', 'url(x)', '0b4a57;background:url(x)'])('%s is not', (given) => {
    expect(frameColour(given)).toBeNull();
  });
});
