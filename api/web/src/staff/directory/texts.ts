export const STATES: Record<string, string> = { confirmed: '已核实', unconfirmed: '未核实', inactive: '已停办' };
export const stateColor = (state: string): string => STATE_COLORS[state] ?? 'default';
const STATE_COLORS: Record<string, string> = { confirmed: 'success', unconfirmed: 'warning', inactive: 'default' };
export const GAPS: Record<string, string> = { address: '地址', phone: '电话', hours: '时间' };
export const HINTS: Record<string, string> = {
  phone: '027-12345678 或短号，几个之间用“ / ”',
  hours: '工作日 09:00-12:00 14:00-17:00；2026-07-01..2026-08-31 周六 09:00-12:00；休 2026-12-01',
  state: 'confirmed（已核实）、unconfirmed（未核实）、inactive（已停办）',
  matters: '事项代码，空格隔开；空着就是都办',
  groups: '人群代码，空格隔开；空着就是都收',
  capacity: '整数；不知道就空着',
  valid_from: '2026-11-24',
  valid_to: '2026-11-24',
  street: '街道代码，如 420111002',
};
