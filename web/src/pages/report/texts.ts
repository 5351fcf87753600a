// texts.ts - the words of the report page.
import { both } from '../../i18n';

export const texts = both({
	title: '统计与月报', length: '时段', day: '日', week: '周', month: '月', at: '日期', previous: '上一时段', next: '下一时段', by: '分组', none: '不分组', organisation: '单位', district: '区市', anyDistrict: '全市', anyOrganisation: '全部单位', before: '上期', change: '变化', now: '本期',
	figure: '指标', figures: '全部指标', find: '查找指标', overTime: '时间走势', groups: '分组对比', unit: '计量', csv: '下载 CSV', onlyCounted: '只看有数据的', elsewhere: '其他', nobodys: '未归属', minutes: '分钟（中位数）', per: '%', yuan: '元', times: '次',
	made: '按建立时间统计', happened: '按发生时间统计', sheets: '联合月报', sheetsMore: '各成员单位本月的联合月报，由同一组数据生成。', open: '网页版', pdf: 'PDF', markdown: '文本', monthOf: '月份', outlets: '网点月度考核表', notYet: '该时段尚未结束。', until: '数据截至', name: '名称',
}, {
	title: 'Figures and report', length: 'Span', day: 'Day', week: 'Week', month: 'Month', at: 'Date', previous: 'The span before', next: 'The next span', by: 'By', none: 'Not divided', organisation: 'Organisation', district: 'District', anyDistrict: 'Whole city', anyOrganisation: 'All organisations', before: 'Before', change: 'Change', now: 'Now',
	figure: 'Figure', figures: 'All figures', find: 'Find a figure', overTime: 'Over time', groups: 'Side by side', unit: 'Unit', csv: 'Download CSV', onlyCounted: 'Only what was counted', elsewhere: 'Elsewhere', nobodys: 'Nobody’s', minutes: 'minutes (median)', per: '%', yuan: 'yuan', times: 'times',
	made: 'counted when made', happened: 'counted when it happened', sheets: 'Joint report of the month', sheetsMore: 'The month’s report of the alliance, made of the same figures.', open: 'Web page', pdf: 'PDF', markdown: 'Text', monthOf: 'Month', outlets: 'Monthly sheets of outlets', notYet: 'This span is not over. ', until: 'As of', name: 'Name',
});
