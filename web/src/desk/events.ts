// events.ts - what types of events and their fields are called, where they are those of the shipped schema; others are shown by their names in words.
import { both, useTexts, words } from '../i18n';

const texts = both({
	types: { call: '通话', sms: '短信', transfer: '转账', cash: '取现', open_card: '开卡', open_account: '开户', login: '登录', data_use: '上网', bind: '绑定', label: '标注' } as Record<string, string>,
	fields: {
		caller: '主叫', callee: '被叫', sender: '发送', receiver: '接收', payer: '付款', payee: '收款', holder: '持有人', device: '设备', cell: '基站', person: '人员', account: '账户', phone: '号码', amount: '金额', channel: '渠道', district: '区域', talk: '时长', body: '内容', url: '链接',
		bank: '银行', place: '地点', roaming: '漫游', app: '应用', iot: '物联网卡', remote: '远程办理', outlet: '网点', agent: '代理商', clerk: '经办人', ip: '网络地址',
	} as Record<string, string>,
}, { types: {} as Record<string, string>, fields: {} as Record<string, string> });

export const useTypeName = (): ((type: string) => string) => {
	const t = useTexts(texts);
	return (type) => t.types[type] ?? words(type);
};
export const useFieldName = (): ((field: string) => string) => {
	const t = useTexts(texts);
	return (field) => t.fields[field] ?? words(field);
};
