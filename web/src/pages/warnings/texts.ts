import { both } from '../../i18n';

export const texts = both({
	title: '预警', live: '未办结', overdue: '已超时', assign: '待分派', transfers: '待审移交', review: '待倒查', revisit: '待回访', all: '全部台账', counts: '等级与状态', total: '合计', grade: '等级', state: '状态', changed: '更新', who: '对象', scam: '诈骗类型', type: '类型', district: '辖区', due: '时限', late: '超时', lateOf: ['签收', '联系', '办结'], owner: '签收人', outcome: '反馈',
	chosen: (n: number) => `已选 ${n} 条`, clear: '取消选择', done: (n: number) => `${n} 条已办理`, rows: (n: number, more: boolean) => `${n}${more ? '+' : ''} 条`, more: '载入更多', none: '没有符合条件的预警', filter: '筛选', reset: '清除筛选', issueTo: '下发到辖区', transferTo: '申请移交至辖区', keep: '按原辖区', unknown: '未知', note: '说明', send: '提交', cancel: '取消', shownOf: '点击单元格筛选',
}, {
	title: 'Warnings', live: 'Open', overdue: 'Overdue', assign: 'To assign', transfers: 'Transfers', review: 'To review', revisit: 'To visit again', all: 'All', counts: 'Grades and states', total: 'All', grade: 'Grade', state: 'State', changed: 'Changed', who: 'About', scam: 'Scam', type: 'Kind', district: 'District', due: 'Runs out', late: 'Late', lateOf: ['signing', 'contact', 'settling'], owner: 'Signed by', outcome: 'Feedback',
	chosen: (n: number) => `${n} chosen`, clear: 'Choose none', done: (n: number) => `Done for ${n}`, rows: (n: number, more: boolean) => `${n}${more ? '+' : ''}`, more: 'Load more', none: 'No warning like that', filter: 'Filter', reset: 'No filter', issueTo: 'Issue to a district', transferTo: 'Ask for a transfer to', keep: 'District as it is', unknown: 'unknown', note: 'Note', send: 'Send', cancel: 'Cancel', shownOf: 'A cell filters the list',
});
