import { both } from '../../i18n';

export const texts = both({
	title: '劝阻席', waiting: '待签收', inHand: '我在办', resting: '稍后再拨', wake: '现在再拨', none: '暂无待劝阻的预警', noneMore: '有新的预警会立即出现在这里。', take: '接下一个', takeHint: '签收后由您负责', aside: '搁置', asideDone: '已搁置，三分钟后再来',
	who: '劝阻对象', person: '人员', phone: '电话', account: '账户', suspect: '涉诈号码', amount: '涉及金额', why: '为何预警', called: '未接通', late: ['签收超时', '联系超时', '办结超时'], late0: '超时',
	step1: '签收', step2: '通话结果', step3: '劝阻结果', step2Hint: '拨打后按结果键', reached: '已接通', 'no-answer': '未接听', busy: '占线', refused: '拒接', 'wrong-number': '号码错误',
	face: '红、紫级预警须民警见面后才能反馈「已劝阻」「重访」，请按 V 派民警上门。', notYet: '接通后可反馈', visiting: '民警已上门，由派出所反馈。', outcome: '反馈', note: '备注', noteHint: '简要写明劝阻情况；不写个人信息', scam: '诈骗类型', send: '提交', cancel: '取消', amountAsked: '涉及金额',
	others: '其他', upgrade: '升级一级', upgraded: '已升级', 'not-found': '找不到', sms: '发预警短信', smsDone: '短信已发出', visit: '派民警上门', visitDone: '已派民警', operator: '申请运营商协助', code: '呼叫验证码', codeHint: '请对方挂断后打开反诈页面「是不是96110」输入此码，即可确认本次来电', until: '有效', newCode: '换一个', transfer: '申请移交', ai: '智能外呼',
	history: '此人的预警', noHistory: '此人没有其他预警', steps: '本预警经过', next: '下一个', done: '已反馈', script: '话术', revisit: '回访', revisitHint: '此人曾被劝阻，请回访确认', taken: '已由他人签收，已换下一个', queue: '排队',
}, {
	title: 'Dissuasion seat', waiting: 'Waiting', inHand: 'In my hands', resting: 'To call again', wake: 'Call now', none: 'Nobody to be warned now', noneMore: 'A new warning is shown here at once.', take: 'Take the next one', takeHint: 'You answer for it then', aside: 'Put aside', asideDone: 'Put aside; it comes back in three minutes',
	who: 'Who is warned', person: 'Person', phone: 'Phone', account: 'Account', suspect: 'Suspect number', amount: 'Amount', why: 'Why', called: 'Not reached', late: ['signed late', 'contacted late', 'settled late'], late0: 'Late',
	step1: 'Take', step2: 'How the call went', step3: 'What came of it', step2Hint: 'Call, then press the key', reached: 'Reached', 'no-answer': 'No answer', busy: 'Busy', refused: 'Refused', 'wrong-number': 'Wrong number',
	face: 'Red and purple ones are persuaded, or seen again, only after police met them: send them by V.', notYet: 'Once they are reached', visiting: 'Police are on their way; the station feeds back.', outcome: 'Feedback', note: 'Note', noteHint: 'In short what was said; nothing personal', scam: 'Type of scam', send: 'Send', cancel: 'Cancel', amountAsked: 'Amount',
	others: 'More', upgrade: 'One grade up', upgraded: 'One grade up', 'not-found': 'Not found', sms: 'Send the message', smsDone: 'The message is on its way', visit: 'Send police', visitDone: 'Police are sent', operator: 'Ask the operator to help', code: 'Call code', codeHint: 'Ask them to hang up, open the public page “Is it 96110?” and enter this code: it says that this call is ours', until: 'good for', newCode: 'Another one', transfer: 'Ask for a transfer', ai: 'Automatic call',
	history: 'Warnings of this person', noHistory: 'No other warnings of this person', steps: 'What was done', next: 'Next', done: 'Fed back', script: 'Script', revisit: 'Visit again', revisitHint: 'They were persuaded before: ask again how they are', taken: 'Somebody else took it; here is the next one', queue: 'Queue',
});
/** Results of a call and their keys. */
export const CALLS = [['c', 'reached'], ['a', 'no-answer'], ['b', 'busy'], ['r', 'refused'], ['w', 'wrong-number']] as const;
/** What feed-back takes, by digit; those that need a meeting if the grade is red or purple. */
export const OUTCOMES = ['persuaded', 'not-true', 'repeated', 'revisit', 'cheated'] as const;
export const NEEDS_MEETING: readonly string[] = ['persuaded', 'revisit'];
