import { describe, expect, it } from 'vitest';
import type { DataCopy } from '../../src/citizen/api';
import { readable } from '../../src/citizen/myData';

function aCopy(fields: Partial<DataCopy> = {}): DataCopy {
  return { tickets: [], conversations: [], remarks: [], ...fields };
}

const TICKET: DataCopy['tickets'][number] = {
  number: 'WH20261124-000123',
  opened_at: '2026-11-24T01:00:00Z',
  state_text: '单位正在办',
  matter_name: '欠薪',
  name: '王**',
  phone: '',
  told: [{ who: 'citizen', text: '三个月没发工资' }],
  note: '',
  events: [{ at: '2026-11-24T02:00:00Z', by: '洪山区劳动监察', text: '已受理' }],
  files: [{ name: '工资条.jpg' }],
  news_by: ['sms'],
  erased: false,
};

describe("one's own data", () => {
  it('reads as plain lines, without what is empty', () => {
    const text = readable(aCopy({ tickets: [TICKET], remarks: ['单位有一份。'] }));
    expect(text).toContain('工单 WH20261124-000123');
    expect(text).toContain('姓名：王**');
    expect(text).toContain('有进展怎么告诉您：短信');
    expect(text).toContain('洪山区劳动监察：已受理');
    expect(text).toContain('您：三个月没发工资');
    expect(text).not.toContain('电话：');
    expect(text.endsWith('单位有一份。')).toBe(true);
  });

  it('says who said what, in its order', () => {
    const messages = [
      { at: '2026-11-24T01:00:00Z', who: 'citizen', text: '房东不退押金', answer: '可以要。' },
      { at: '2026-11-24T01:05:00Z', who: 'agent', text: '您好', answer: '' },
    ];
    const lines = readable(aCopy({ conversations: [{ messages }] })).split('\n');
    expect(lines.slice(1).map((line) => line.replace(/^.* /, ''))).toEqual(['您：房东不退押金', '机器：可以要。', '座席：您好']);
  });

  it('says of an emptied ticket that it is', () => {
    expect(readable(aCopy({ tickets: [{ ...TICKET, told: [], erased: true }] }))).toContain('内容已经删掉。');
  });
});
