import { both } from '../../i18n';

export const texts = both({
	title: '接警席', clock: '通话', fresh: '新来电', send: '接警并发起止付', sendPlain: '接警', more: '补充要素', saved: '已接警', added: '已补充', stopped: '止付令已拟，待值班长审批', need: '止付还缺', ready: '要素已齐，提交即发起止付', nothing: '请至少填写报警电话或受害人', changed: '没有新的要素可补充',
	talk: '按通话顺序填写', who: '谁在报警', pay: '钱转到哪里', from: '从哪里转出', how: '怎么被骗', channel: '来源', caller: '报警电话', victim: '受害人证件号', victim_name: '受害人姓名', payee: '收款账户', payee_name: '收款户名', payee_bank: '收款银行编号', amount: '金额', paid: '转账时间', payer: '付款账户', payer_bank: '付款银行编号', suspect: '嫌疑号码', link: '涉诈网址或应用', scam: '诈骗类型', note: '案情', district: '辖区', hardship: '生活困难',
	ago: (m: number) => (m === 0 ? '刚刚' : `${m}分钟前`), dup: '此账户已有', dupNone: '此账户没有在办的警情和止付', dupCaller: '此号码的警情', dupWait: '正在查重', dupFail: '未能查重', join: '三方通话', joined: '银行已接入三方通话', open: '打开', order: '止付令', orderNone: '要素齐备后自动拟令', steps: ['拟令', '审批发送', '银行落地', '止付生效'], late: '接警已超5分钟，首笔止付尚未发起', script: '对受害人说',
	keys: 'Tab 下一项 · Alt+S 提交 · Alt+J 三方通话 · Alt+N 新来电', recent: '我接的警情', other: '处理', newHint: '当前警情已保存，可在下方打开', time: '时间不能晚于现在', max: '最多',
}, {
	title: 'Intake seat', clock: 'Call', fresh: 'New call', send: 'Receive and order the stop', sendPlain: 'Receive', more: 'Add facts', saved: 'Received', added: 'Added', stopped: 'The stop order is drafted; the leader approves it', need: 'The stop still needs', ready: 'All is there: sending it orders the stop', nothing: 'The caller’s number or the victim is needed', changed: 'There is nothing new to add',
	talk: 'In the order of the talk', who: 'Who calls', pay: 'Where the money went', from: 'Where it came from', how: 'How it happened', channel: 'Came by', caller: 'Caller’s number', victim: 'Victim’s ID number', victim_name: 'Victim’s name', payee: 'Payee’s account', payee_name: 'Payee’s name', payee_bank: 'Payee’s bank (number)', amount: 'Amount', paid: 'Paid at', payer: 'Payer’s account', payer_bank: 'Payer’s bank (number)', suspect: 'Suspect number', link: 'Link or app', scam: 'Type of scam', note: 'What happened', district: 'District', hardship: 'Hardship',
	ago: (m: number) => (m === 0 ? 'now' : `${m} min ago`), dup: 'About this account already', dupNone: 'No open report or order about this account', dupCaller: 'Reports from this number', dupWait: 'Looking for duplicates', dupFail: 'Duplicates not looked for', join: 'Three-party call', joined: 'The bank is in the call', open: 'Open', order: 'Stop order', orderNone: 'Drafted as soon as all is there', steps: ['Drafted', 'Approved, sent', 'At the bank', 'In force'], late: 'Five minutes, and no stop ordered yet', script: 'Say to the victim',
	keys: 'Tab next · Alt+S send · Alt+J three-party call · Alt+N new call', recent: 'My reports', other: 'Steps', newHint: 'This report is kept; open it below', time: 'Not later than now', max: 'at most',
});
/** What a stop order needs. */
export const NEEDED = ['payee', 'payee_bank', 'amount', 'paid'] as const;
