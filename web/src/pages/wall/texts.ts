// texts.ts - the wall's words.
import { both } from '../../i18n';

export const texts = both({
	title: '指挥大屏', full: '全屏', leave: '退出全屏', stale: '数据停在', until: '截至', upTo: (hour: number, n: string) => `截至 ${hour} 时 ${n}`, today: '今日', yesterdayDay: '昨日', weekDay: '上周同日', since: '自', sinceWhat: '起计数',
	events: '事件', alerts: '警报', measures: '拦截处置', proposed: '策略建议', warnings: '预警', open: '未结', stops: '止付成功', sent: '发出', money: '止付冻结金额', frozen: '冻结', stopped: '止付', incidents: '报案', loss: '损失金额', lossOf: '涉案',
	byGrade: '预警分级', grade: '等级', made: '今日新增', openNow: '当前未结', rates: '时限达标率', signed: '签收及时', contacted: '联系及时', settled: '办结及时', ofN: (hit: number, all: number) => `${hit}/${all}`, none: '今日尚无',
	map: '区市分布', district: '区市', funnel: '从触网到被骗', funnelAlt: '从告警到被骗的各环节人数', bulletins: '新手法通报', noBulletins: '暂无已发布的通报', person: '人工发现', trends: '逐时走势', hour: '时', perHour: '每小时', elsewhere: '其他', map_alt: '青岛市各区市', mine: '本单位', mineDistrict: '本辖区', key: 'F',
	of: (part: number) => `占上一环节 ${part}%`, figures: '数据表',
}, {
	title: 'Situation wall', full: 'Full screen', leave: 'Leave full screen', stale: 'Data stands at', until: 'until', upTo: (hour: number, n: string) => `By ${hour}:00 ${n}`, today: 'Today', yesterdayDay: 'Yesterday', weekDay: 'A week ago', since: 'counted since', sinceWhat: '',
	events: 'Events', alerts: 'Alerts', measures: 'Measures', proposed: 'proposed', warnings: 'Warnings', open: 'open', stops: 'Stops in force', sent: 'sent', money: 'Money held', frozen: 'frozen', stopped: 'stopped', incidents: 'Reports of fraud', loss: 'Money lost', lossOf: 'involved',
	byGrade: 'Warnings by grade', grade: 'Grade', made: 'New today', openNow: 'Open now', rates: 'In time', signed: 'Signed', contacted: 'Contacted', settled: 'Settled', ofN: (hit: number, all: number) => `${hit}/${all}`, none: 'none today',
	map: 'Districts', district: 'District', funnel: 'From contact to loss', funnelAlt: 'How many at each step from alert to loss', bulletins: 'Newest methods', noBulletins: 'No bulletin is published', person: 'found by people', trends: 'Hour by hour', hour: 'h', perHour: 'an hour', elsewhere: 'Elsewhere', map_alt: 'The districts of Qingdao', mine: 'Own organisation', mineDistrict: 'Own district', key: 'F',
	of: (part: number) => `${part}% of the step before`, figures: 'Table',
});
