/** Every Chinese sentence the page itself says. What the service answers comes from the API. */
export const texts = {
  name: '一拨通',
  tagline: '武汉公共法律服务，只说一次',
  notice: '机器生成的一般信息，不是律师意见；可转人工',

  dates: {
    weekdays: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
    day: (month: number, day: number) => `${month} 月 ${day} 日`,
    yearAndDay: (year: number, month: number, day: number) => `${year} 年 ${month} 月 ${day} 日`,
    withWeekday: (day: string, weekday: string) => `${day}（${weekday}）`,
  },

  header: {
    largePrint: '大字',
    largePrintHint: '放大全部文字',
    lookup: '查工单',
  },

  opening: {
    invite: '遇到什么难处？说说就行。',
    hint: '什么时候、在哪里、和谁、怎么了，用自己的话说，想到哪说到哪。',
    danger: '有危险，先打 110。',
    examples: '别人常问的，点一下就能问',
  },

  composer: {
    label: '说说您的事',
    placeholder: '在这里写',
    send: '发送',
    remaining: (left: number) => `还可以写 ${left} 字`,
    full: (limit: number) => `已到 ${limit} 字。先发这一段，再接着说。`,
  },

  actions: {
    group: '随时可以点',
    unresolved: '没解决',
    human: '转人工',
    restart: '换个问题',
    quickReplies: '可以直接点',
  },

  restart: {
    ask: '开一个新的对话？前面说的不再显示。',
    askWithTicket: '开一个新的对话？请先记下工单号和查询码，前面说的不再显示。',
    confirm: '开新的',
    cancel: '不换',
  },

  conversation: {
    log: '对话',
    you: '您说：',
    machine: '机器答：',
    typing: '正在想',
    restoring: '正在取回上次的对话',
    restoreFailed: '上次的对话没有取回来，可能是网络不通。',
    expired: '上次的对话已过期，给您开了新的。前面说的，这里看不到了。',
    gone: '上次的对话找不到了，给您开了新的。前面说的，这里看不到了。',
    retry: '重试',
    edit: '修改',
    sayAgain: '这一问是上次对话里的，请把情况再说一遍。',
  },

  failure: {
    network: '没发出去，网络好像不通。',
    timeout: '等了很久没有回音，可能没发出去。',
    server: '我们这边出了点问题，您的话还在这里。',
    busy: '发得太快了，请等一会儿。',
    rejected: '这句话没能发出去，请改一改再发。',
    load: '没有取到，网络好像不通。',
    urgent: '着急的话，请打 12348；有危险，马上打 110。',
  },

  unknownOption: '不知道',

  danger: {
    heading: '有危险',
    call: (name: string) => `点这里打（${name}）`,
  },

  answer: {
    settles: '关键看什么',
    steps: '怎么做',
    bring: '要带什么',
    timeLimits: '时间限制',
    timeBasis: (basis: string) => `依据：${basis}`,
    statutes: (count: number) => `依据：${count} 条法律（点开看原文）`,
    effective: (date: string) => `${date}起施行，现行有效`,
    otherSources: '其他依据',
    unverified: '未核验',
    sample: '示例案例，使用前须经司法行政机关审核。',
  },

  question: {
    chosen: '已选',
  },

  referral: {
    heading: '该去哪里办',
    whatItDoes: '能帮您做什么',
    where: '地址',
    phone: '电话',
    hours: '办公时间',
    website: '网站',
    unknown: (what: string[], note: string) => `${what.join('、')}：${note}`,
    unconfirmed: (note: string) => `这个单位的信息：${note}`,
    unknownNote: '未核实，请以 12348 告知为准',
    bring: '要带什么',
    sayThere: '到了这样说',
    hotlines: '也可以先打电话问',
    alternatives: '别的去处',
    reasons: '为什么是这里（点开看）',
    source: (source: string) => `出处：${source}`,
    legalAid: '法律援助（免费请律师）',
    legalAidLevel: {
      likely: '很可能可以申请',
      possible: '也许可以申请',
      unlikely: '一般申请不到',
    } as Record<string, string>,
    legalAidPapers: '申请要带',
    legalAidBasis: (basis: string) => `依据：${basis}`,
  },

  deadline: {
    heading: '请注意时间',
    lastDay: (day: string) => `最后一天：${day}`,
    left: (days: number) => `还有 ${days} 天`,
    today: '就是今天',
    passed: '可能已经过了。先别放弃，转人工问一问。',
    basis: (basis: string) => `依据：${basis}`,
  },

  ticketForm: {
    heading: '留个联系方式',
    forBody: (name: string) => `转给：${name}`,
    hint: '姓名和电话都可以不填。不填的话，凭工单号和查询码来查。',
    name: '姓名（可不填）',
    phone: '电话（可不填）',
    agree: '我看过了，同意',
    consentMissing: '请先看一下上面的说明，同意了再打勾。',
    submit: '提交',
    submitting: '正在提交',
    checkBelow: '还有要改的地方，请看下面的提示。',
    sent: '已经提交，见下面的工单。',
    superseded: '请用下面新的表。',
    retryKept: '填的内容都在，可以再点一次「提交」，不会重复。',
  },

  ticket: {
    heading: '一拨通工单',
    number: '工单号',
    code: '查询码',
    copy: '复制工单号和查询码',
    copied: '已复制',
    copyFailed: '没复制成，请抄下来或截屏',
    copyText: (number: string, code: string) => `一拨通工单号 ${number}，查询码 ${code}`,
    keep: '请记下这两样，查进度要用。可以抄下来或截屏。',
    body: '办理单位',
    sent: '已经发过去的',
    next: '接下来',
    print: '打印',
    follow: '查进度',
  },

  lookup: {
    heading: '查工单',
    back: '返回对话',
    intro: '填工单号和查询码，看办到哪一步了。',
    number: '工单号',
    numberExample: '如 WH20261124-000123',
    code: '查询码',
    codeExample: '如 7K4M2P',
    submit: '查询',
    loading: '正在查',
    missingNumber: '请填工单号。',
    missingCode: '请填查询码。',
    notFound: '没查到。请核对工单号和查询码，或打 12348 问。',
    tooMany: '查得太多次了，请过一会儿再试。',
    state: '现在',
    matter: '事项',
    openedAt: '提交时间',
    body: '办理单位',
    nextStep: '接下来',
    events: '经过',
    noEvents: '还没有新的进展。',
  },
} as const;

/** The most characters one message may have, as the API takes it. */
export const MESSAGE_LIMIT = 2000;
/** From how many characters left the count is shown. */
export const COUNT_FROM = 200;
