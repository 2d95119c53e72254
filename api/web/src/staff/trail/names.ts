/** Actions and kinds of the audit trail in words; one without a name is shown by its code. */
const ACTIONS: Record<string, string> = {
  'audit.export': '导出审计记录',
  'staff.sign_in': '登录',
  'staff.create': '新建账号',
  'staff.change': '修改账号',
  'staff.reset_password': '重设密码',
  'staff.change_password': '改自己的密码',
  'staff.second_factor': '开通动态码',
  'staff.remove_second_factor': '关掉动态码',
  'staff.end_session': '退出一处登录',
  'staff.end_sessions': '强制退出登录',
  'directory.changed': '改信息库',
  'directory.added': '新增单位',
  'directory.imported': '导入信息库',
  'rules.drafted': '起草规则',
  'rules.published': '发布规则',
};

const KINDS: Record<string, string> = {
  audit: '审计记录',
  case: '案例',
  staff: '账号',
  ticket: '工单',
  rules: '规则',
  body: '承办单位',
};

export const actionName = (code: string): string => ACTIONS[code] ?? code;
export const kindName = (code: string): string => KINDS[code] ?? code;
