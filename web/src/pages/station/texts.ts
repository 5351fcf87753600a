import { both } from '../../i18n';

export const texts = both({
	title: '派出所', mine: '我的任务', all: '本辖区', devices: '涉诈设备', none: '本辖区暂无待办预警', noneMine: '您暂无在办任务；请到「本辖区」签收。', sign: '签收', open: '打开', back: '返回列表', noDistrict: '您的账号没有辖区，请联系管理员。',
	who: '劝阻对象', phone: '电话', person: '人员', plain: '查看电话和姓名', purpose: '用途', caseNo: '案件或任务编号', purposeDefault: '上门劝阻', purposeHint: '查看会留下记录', show: '查看', call: '拨打', address: '系统不保存住址：请当面或电话询问，或按本所登记上门。', area: '所在辖区', gone: '已不可知',
	todo: '下一步', calls: '电话劝阻', reached: '已接通', 'no-answer': '未接听', busy: '占线', refused: '拒接', 'wrong-number': '号码错误', visit: '出发上门', verify: '身份已核实', meet: '已见面宣防', proof: '见面凭证', proofHint: '如：已当面核对证件，本人签字的告知书编号。不写证件号码', feed: '反馈结果', note: '备注', scam: '诈骗类型', amount: '涉及金额', send: '提交', cancel: '取消', done: '已办理',
	more: '其他', script: '上门话术', history: '经过', face: '须核实身份并见面后才能反馈「已劝阻」「重访」。', verifyFirst: '先核实身份', steps: ['签收', '联系', '上门', '核实身份', '见面', '反馈'], hidden: '收起', waitReview: '已反馈，等待倒查。', revisit: '回访', others: '另有', signed: '已签收，由您负责', of: '签收人',
}, {
	title: 'Station', mine: 'My tasks', all: 'My district', devices: 'Devices', none: 'No open warnings in your district', noneMine: 'Nothing in your hands; sign one under “My district”.', sign: 'Sign', open: 'Open', back: 'Back to the list', noDistrict: 'Your account has no district; ask your administrator.',
	who: 'Who is warned', phone: 'Phone', person: 'Person', plain: 'Show phone and name', purpose: 'Purpose', caseNo: 'Case or task', purposeDefault: 'Visit to dissuade', purposeHint: 'That you look is recorded', show: 'Show', call: 'Call', address: 'No addresses are kept here: ask, or go by your own register.', area: 'District', gone: 'not known any more',
	todo: 'Next', calls: 'Call', reached: 'Reached', 'no-answer': 'No answer', busy: 'Busy', refused: 'Refused', 'wrong-number': 'Wrong number', visit: 'Set out', verify: 'Identity verified', meet: 'Met', proof: 'Proof of the meeting', proofHint: 'Such as: papers seen, number of the signed notice. No identity numbers', feed: 'Feed back', note: 'Note', scam: 'Type of scam', amount: 'Amount', send: 'Send', cancel: 'Cancel', done: 'Done',
	more: 'More', script: 'What to say at the door', history: 'History', face: 'Persuaded, or to be seen again, only after they were identified and met.', verifyFirst: 'Verify the identity first', steps: ['Sign', 'Contact', 'Set out', 'Identity', 'Met', 'Feedback'], hidden: 'Hide', waitReview: 'Fed back; it waits for review.', revisit: 'Visit again', others: 'And', signed: 'Signed: you answer for it', of: 'Signed by',
});
export const CALLS = ['reached', 'no-answer', 'busy', 'refused', 'wrong-number'] as const;
export const OUTCOMES = ['persuaded', 'not-true', 'repeated', 'revisit', 'cheated'] as const;
