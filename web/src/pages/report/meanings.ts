// meanings.ts - what each figure counts, in Chinese; the English comes from the service (doc/figures.md). A figure that is new in the service shows by its name alone.
export const WHAT: Record<string, string> = {
	warnings: '本期建立的预警，按目前等级', warning_states: '目前所处状态', warning_outcomes: '已反馈或已办结预警的反馈结果', message_only: '只发送过短信、尚未反馈和办结的蓝色预警', warnings_open: '未反馈、未办结，且不是仅短信的预警', hits: '合并进预警的告警与触网记录',
	signed_in_time: '黄色及以上：时限内签收，占已签收与超时之和', contacted_in_time: '时限内首次联系，占已联系、已见面、已发短信（蓝色）与超时之和', settled_in_time: '时限内见面或反馈，占已处置与超时之和', contact_rate: '黄色及以上：已通话或已见面，占已下发', face_rate: '红色和紫色：已见面，占已下发',
	time_to_sign: '下发到签收', time_to_contact: '下发到首次联系；无人拨打时到见面', time_to_meet: '下发到见面', escalations: '因超时提醒值班长的次数', upgrades: '人工或因联系不上而升级的次数', post_warning_victims: '反馈已劝阻之后仍被骗，占已劝阻；依据回访或时限内的报案', time_to_victim: '已劝阻反馈到得知被骗', false_alarms: '反馈为不符，占可判断规则对错的反馈',
	warning_scams: '预警目前的诈骗类型', wrong_labels: '反馈给引擎的结论中判定规则有误的，占全部', incidents: '受理的报案', incident_states: '目前所处状态', incidents_filed: '已有案件编号，占全部报案', first_stop_in_time: '时限内发出首次止付，占已有止付或已超时的报案', time_to_first_stop: '受理到首次止付指令', incident_amount: '报案所述付款的金额', incident_loss: '事主损失合计',
	warned_before: '事主或报案人此前在时限内被预警过，占全部报案', stops: '起草的止付', stop_states: '目前结果：信息不符、已解除、已转冻结、到期等', stops_sent: '已发送银行', stops_in_force: '曾经生效，无论后来如何', stops_repeated: '发送一次以上', stops_extended: '延期已生效', stopped_amount: '止付时账户内余额', time_to_answer: '首次发送到银行答复',
	report_to_stop: '受理到银行所述止付时刻', payment_to_stop: '付款到止付时刻', freezes: '申请的冻结', freeze_states: '目前所处状态', freezes_in_force: '曾经生效的冻结', frozen_amount: '银行告知的冻结金额', cards: '本期进入研判的号卡', card_states: '目前所处状态', cards_cleared: '未经核验即排除的号卡', cards_verified: '机主核验通过', accounts: '本期进入研判的账户',
	account_states: '目前所处状态', accounts_cleared: '未止付、未核验即排除的账户', accounts_verified: '户主核验通过', measures: '采取并记入台账的措施', measures_in_force: '本期采取、目前仍有效的措施', measures_ended: '本期终止的措施，按原因；申诉：异议成立而解除', time_in_force: '本期终止的措施从开始到终止', appeals: '提出的申诉', appeal_states: '目前所处状态',
	appeal_decisions: '本期作出的决定，按目前状态', time_to_decide: '申诉提出到决定', time_to_release: '申诉提出到解除', listings: '联合惩戒对象，按依据', listing_states: '目前所处状态', clues: '提交的线索，按内容', clue_states: '目前所处状态', device_reports: '涉诈设备报告，按种类', device_states: '目前所处状态', messages: '发出的消息，按种类', alarms: '超时或即将到期的提示，按对象',
	dead_letters: '已放弃投递的消息',
};
