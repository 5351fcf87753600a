/* measure.c - the lawful ledger; see measure.h. What a measure must have is checked here once more, whoever imposes it: a machine with a mistake is refused like anybody. */
#include "desk/measure.h"
#include "desk/desk_int.h"

static const struct desk_choice measure_choice[DESK_MEASURES] = {
	[MEASURE_OF_TAG] = { "tag", "标记" },
	[MEASURE_OF_WARN] = { "warn", "预警劝阻" },
	[MEASURE_OF_VERIFY] = { "verify", "核验" },
	[MEASURE_OF_REVERIFY] = { "re-verify", "重新实名核验" },
	[MEASURE_OF_DELAY] = { "delay", "延迟到账" },
	[MEASURE_OF_LIMIT] = { "limit", "限制功能" },
	[MEASURE_OF_BAR_OUTGOING] = { "bar-outgoing", "限制呼出" },
	[MEASURE_OF_SUSPEND] = { "suspend", "暂停服务" },
	[MEASURE_OF_STOP] = { "stop-payment", "紧急止付" },
	[MEASURE_OF_REPORT] = { "report", "报告公安机关" },
	[MEASURE_OF_FREEZE] = { "freeze", "冻结" },
	[MEASURE_OF_COUNTER_ONLY] = { "counter-only", "只收不付" },
	[MEASURE_OF_DISCIPLINE] = { "discipline", "联合惩戒" },
	[MEASURE_OF_HOLD_LINE] = { "hold-line", "保护性停机" },
	[MEASURE_OF_SUSPEND_THING] = { "suspend-thing", "物联网卡停机" },
	[MEASURE_OF_SUSPEND_OPENINGS] = { "suspend-openings", "暂停开户开卡" },
	[MEASURE_OF_BAN] = { "ban", "禁言" },
};
const struct desk_choices desk_measures = { DESK_MEASURES, measure_choice };

static const struct desk_choice basis_choice[DESK_BASES] = {
	[BASIS_AFL_11] = { "AFL-11", "反电信网络诈骗法第11条" },
	[BASIS_AFL_12] = { "AFL-12", "反电信网络诈骗法第12条" },
	[BASIS_AFL_14] = { "AFL-14", "反电信网络诈骗法第14条" },
	[BASIS_AFL_18] = { "AFL-18", "反电信网络诈骗法第18条" },
	[BASIS_AFL_20] = { "AFL-20", "反电信网络诈骗法第20条" },
	[BASIS_AFL_24] = { "AFL-24", "反电信网络诈骗法第24条" },
	[BASIS_AFL_31] = { "AFL-31", "反电信网络诈骗法第31条" },
	[BASIS_AFL_34] = { "AFL-34", "反电信网络诈骗法第34条" },
	[BASIS_YF_2016_86] = { "YF-2016-86", "银发〔2016〕86号" },
	[BASIS_YF_2016_261] = { "YF-2016-261", "银发〔2016〕261号" },
	[BASIS_YF_2019_85] = { "YF-2019-85", "银发〔2019〕85号" },
	[BASIS_MIIT_2021] = { "MIIT-2021", "工信部、公安部2021年6月通告" },
	[BASIS_IOT_2020] = { "IOT-2020", "工信厅网安〔2020〕9号" },
	[BASIS_JOINT_2024] = { "JOINT-2024", "联合惩戒办法" },
	[BASIS_CPL_144] = { "CPL-144", "刑事诉讼法第144条" },
	[BASIS_AFL_9] = { "AFL-9", "反电信网络诈骗法第9条" },
	[BASIS_COMMENTS_2022] = { "COMMENTS-2022", "互联网跟帖评论服务管理规定（2022年）" },
};
const struct desk_choices desk_bases = { DESK_BASES, basis_choice };

static const struct desk_choice remedy_choice[] = {
	[1] = { "96110", "96110" },           [2] = { "bank", "开户银行" },
	[3] = { "operator", "运营商营业厅" }, [4] = { "police", "作出认定的公安机关" },
	[5] = { "board", "本版块申诉入口" },
};
const struct desk_choices desk_remedies = { ARRAY_LEN(remedy_choice), remedy_choice };

/* What each measure wants. A measure without bases restricts nobody and is never entered. `longest` is a limit in months or microseconds. */
static const struct kind_of_measure {
	uint32_t bases;
	uint8_t longest, remedy;
	bool approver, own_page; /* own_page: whom it concerns reads it where they log in, and no message goes out */
} kinds[DESK_MEASURES] = {
	[MEASURE_OF_REVERIFY] = { S(BASIS_AFL_11) | S(BASIS_AFL_12) | S(BASIS_AFL_18) | S(BASIS_MIIT_2021) |
	                              S(BASIS_YF_2016_261),
	                          LIMIT_CARD_HOLD, 1, false },
	[MEASURE_OF_LIMIT] = { S(BASIS_AFL_18) | S(BASIS_YF_2016_261), LIMIT_ACCOUNT_HOLD, 2, false },
	[MEASURE_OF_BAR_OUTGOING] = { S(BASIS_AFL_11) | S(BASIS_AFL_12) | S(BASIS_MIIT_2021), LIMIT_CARD_HOLD, 3, false },
	[MEASURE_OF_SUSPEND] = { S(BASIS_AFL_11) | S(BASIS_AFL_14) | S(BASIS_MIIT_2021), LIMIT_CARD_HOLD, 3, true },
	[MEASURE_OF_STOP] = { S(BASIS_AFL_20) | S(BASIS_YF_2016_86), LIMIT_STOP_PERIOD, 4, true },
	[MEASURE_OF_FREEZE] = { S(BASIS_AFL_20) | S(BASIS_CPL_144), LIMIT_FREEZE_MONTHS, 4, true },
	[MEASURE_OF_COUNTER_ONLY] = { S(BASIS_AFL_18) | S(BASIS_YF_2016_261) | S(BASIS_YF_2019_85), LIMIT_ACCOUNT_HOLD, 2,
	                              true },
	[MEASURE_OF_DISCIPLINE] = { S(BASIS_AFL_31) | S(BASIS_JOINT_2024), LIMIT_DISCIPLINE_LONG, 4, true },
	[MEASURE_OF_HOLD_LINE] = { S(BASIS_AFL_34), LIMIT_WARNING_HELP, 1, true },
	[MEASURE_OF_SUSPEND_THING] = { S(BASIS_AFL_12) | S(BASIS_IOT_2020), LIMIT_CARD_HOLD, 3, false },
	[MEASURE_OF_SUSPEND_OPENINGS] = { S(BASIS_AFL_9) | S(BASIS_YF_2016_261), LIMIT_OUTLET_SUSPENSION, 4, true },
	[MEASURE_OF_BAN] = { S(BASIS_COMMENTS_2022), LIMIT_MEMBER_BAN, 5, false, true },
};

bool desk_basis_allows(uint32_t basis, uint32_t measure)
{
	return basis > 0 && basis < DESK_BASES && measure < DESK_MEASURES && (kinds[measure].bases >> basis & 1);
}

bool desk_measure_approved(uint32_t measure)
{
	return measure < DESK_MEASURES && kinds[measure].approver;
}

static bool within(const struct desk_turn *t, uint32_t measure, int64_t from, int64_t end)
{
	uint32_t limit = kinds[measure].longest;
	int64_t most = turn_limit(t, limit);

	most = desk_limit_infos[limit].unit == DESK_UNIT_MONTHS ? desk_months_after(from, most) : from + most;
	return end > from && end <= most;
}

static enum desk_refusal impose(struct desk_turn *t)
{
	struct desk_object *o = t->o;
	uint32_t measure = (uint32_t)desk_i(o, MEASURE_F_MEASURE);
	bool automatic = desk_i(o, MEASURE_F_AUTOMATIC) != 0, late = desk_i(o, MEASURE_F_LATE_PAPERS) != 0;

	if (!desk_basis_allows((uint32_t)desk_i(o, MEASURE_F_BASIS), measure))
		return DESK_REFUSED_NO_BASIS;
	if (!desk_has(o, MEASURE_F_EVIDENCE))
		return DESK_REFUSED_NO_EVIDENCE;
	if (!automatic && desk_i(o, MEASURE_F_ACTOR) == 0)
		return DESK_REFUSED_USER;
	if (kinds[measure].approver && !automatic && !late && desk_i(o, MEASURE_F_APPROVER) == 0)
		return DESK_REFUSED_NO_APPROVER;
	if (!desk_has(o, MEASURE_F_NOTICE))
		return DESK_REFUSED_NO_NOTICE;
	if (!desk_has(o, MEASURE_F_START) || !within(t, measure, desk_i(o, MEASURE_F_START), desk_i(o, MEASURE_F_END)))
		return DESK_REFUSED_NO_END;
	desk_set_i(o, MEASURE_F_REMEDY, kinds[measure].remedy);
	desk_set_i(o, MEASURE_F_APPEAL, APPEAL_STATE_NONE);
	if (measure == MEASURE_OF_HOLD_LINE)
		turn_timer(t, MEASURE_T_END, desk_i(o, MEASURE_F_END));
	if (!kinds[measure].own_page)
		turn_send(t, DESK_MESSAGE_NOTICE, 0);
	return DESK_OK;
}

static enum desk_refusal end_measure(struct desk_turn *t)
{
	desk_set_i(t->o, MEASURE_F_ENDED, t->now);
	return DESK_OK;
}

static enum desk_refusal prolong(struct desk_turn *t)
{
	if (!within(t, (uint32_t)desk_i(t->o, MEASURE_F_MEASURE), desk_i(t->was, MEASURE_F_END),
	            desk_i(t->o, MEASURE_F_END)))
		return DESK_REFUSED_NO_END;
	turn_send(t, DESK_MESSAGE_NOTICE, 0);
	return DESK_OK;
}

static enum desk_refusal approve(struct desk_turn *t)
{
	if (desk_i(t->o, MEASURE_F_LATE_PAPERS) == 0)
		return DESK_REFUSED_SAME;
	desk_set_i(t->o, MEASURE_F_LATE_PAPERS, 0);
	return DESK_OK;
}

/* The measure ends, and what it holds is let go, in this step. */
static enum desk_refusal release_by_appeal(struct desk_turn *t)
{
	const struct desk_object *of = turn_peek(t, desk_id(t->o, MEASURE_F_OBJECT));
	uint32_t kind = of ? of->kind : 0, step;

	desk_set_i(t->o, MEASURE_F_ENDED, t->now);
	desk_set_i(t->o, MEASURE_F_CAUSE, CAUSE_APPEAL);
	desk_set_i(t->o, MEASURE_F_APPEAL, APPEAL_STATE_GRANTED);
	step = kind ? desk_step_find(desk_machine(kind), TEXT("release-by-appeal")) : 0;
	return step ? turn_step(t, kind, step, desk_id(t->o, MEASURE_F_OBJECT)) : DESK_REFUSED_ABSENT;
}

static enum desk_refusal expire(struct desk_turn *t)
{
	desk_set_i(t->o, MEASURE_F_ENDED, t->now);
	desk_set_i(t->o, MEASURE_F_CAUSE, CAUSE_EXPIRED);
	turn_send(t, DESK_MESSAGE_OPERATOR_RESTORE, 0);
	return DESK_OK;
}

static const struct desk_choice appeal_choice[] = {
	[APPEAL_STATE_NONE] = { "none", "无" },
	[APPEAL_STATE_OPEN] = { "open", "办理中" },
	[APPEAL_STATE_GRANTED] = { "granted", "成立" },
	[APPEAL_STATE_DENIED] = { "denied", "不成立" },
};
static const struct desk_choices appeals = { ARRAY_LEN(appeal_choice), appeal_choice };
static const struct desk_choice cause_choice[] = {
	[CAUSE_EXPIRED] = { "expired", "到期" },       [CAUSE_LIFTED] = { "lifted", "解除" },
	[CAUSE_APPEAL] = { "appeal", "申诉成立" },     [CAUSE_VERIFIED] = { "verified", "核验通过" },
	[CAUSE_CONVERTED] = { "converted", "转冻结" }, [CAUSE_REPLACED] = { "replaced", "被其他措施替代" },
};
static const struct desk_choices causes = { ARRAY_LEN(cause_choice), cause_choice };

static const struct desk_state state[MEASURE_STATES] = {
	[MEASURE_IN_FORCE] = { "in-force", "生效中", false },
	[MEASURE_ENDED] = { "ended", "已终止", true },
	[MEASURE_RELEASED] = { "released", "申诉解除", true },
};
static const struct desk_field field[MEASURE_F_FIELDS] = {
	[MEASURE_F_MEASURE] = { "measure", "措施", DESK_CHOICE, .choices = &desk_measures },
	[MEASURE_F_BASIS] = { "basis", "法律依据", DESK_CHOICE, .choices = &desk_bases },
	[MEASURE_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[MEASURE_F_OBJECT] = { "object", "所属业务", DESK_OBJECT },
	[MEASURE_F_PHONE] = { "phone", "号码", DESK_ENTITY, DESK_PHONE },
	[MEASURE_F_ACCOUNT] = { "account", "账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[MEASURE_F_PERSON] = { "person", "当事人", DESK_ENTITY, DESK_PERSON },
	[MEASURE_F_ACTOR] = { "actor", "提出人", DESK_INTEGER, .max = INT64_MAX, .user = DESK_OR_SYSTEM },
	[MEASURE_F_APPROVER] = { "approver", "审批人", DESK_INTEGER, .max = INT64_MAX, .user = DESK_OR_NOBODY },
	[MEASURE_F_NOTICE] = { "notice", "告知时间", DESK_TIME },
	[MEASURE_F_START] = { "start", "起", DESK_TIME },
	[MEASURE_F_END] = { "end", "止", DESK_TIME },
	[MEASURE_F_APPEAL] = { "appeal", "申诉状态", DESK_CHOICE, .choices = &appeals },
	[MEASURE_F_APPEAL_OBJECT] = { "appeal_object", "申诉", DESK_OBJECT, DESK_APPEAL },
	[MEASURE_F_REASON] = { "reason", "理由", DESK_REF },
	[MEASURE_F_ENDED] = { "ended", "终止时间", DESK_TIME },
	[MEASURE_F_CAUSE] = { "cause", "终止原因", DESK_CHOICE, .choices = &causes },
	[MEASURE_F_AUTOMATIC] = { "automatic", "自动作出", DESK_INTEGER, .max = 1 },
	[MEASURE_F_REMEDY] = { "remedy", "救济渠道", DESK_CHOICE, .choices = &desk_remedies },
	[MEASURE_F_ORGANISATION] = { "organisation", "执行单位", DESK_INTEGER, .max = 65535 },
	[MEASURE_F_LATE_PAPERS] = { "late_papers", "手续待补", DESK_INTEGER, .max = 1 },
	[MEASURE_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
};
#define IMPOSED                                                                                                      \
	(F(MEASURE_F_MEASURE) | F(MEASURE_F_BASIS) | F(MEASURE_F_EVIDENCE) | F(MEASURE_F_OBJECT) | F(MEASURE_F_PHONE) |  \
	 F(MEASURE_F_ACCOUNT) | F(MEASURE_F_PERSON) | F(MEASURE_F_ACTOR) | F(MEASURE_F_APPROVER) | F(MEASURE_F_NOTICE) | \
	 F(MEASURE_F_START) | F(MEASURE_F_END) | F(MEASURE_F_REASON) | F(MEASURE_F_AUTOMATIC) |                          \
	 F(MEASURE_F_ORGANISATION) | F(MEASURE_F_LATE_PAPERS) | F(MEASURE_F_DISTRICT))
static const struct desk_step step[MEASURE_DO_STEPS] = {
	[MEASURE_DO_IMPOSE] = { "impose", "采取", S_NEW, S(MEASURE_IN_FORCE), 0, DESK_INTERNAL, 0, IMPOSED, "AFL 31, 32",
	                        impose },
	[MEASURE_DO_END] = { "end", "终止", S(MEASURE_IN_FORCE), S(MEASURE_ENDED), 0, DESK_INTERNAL, F(MEASURE_F_CAUSE), 0,
	                     NULL, end_measure },
	[MEASURE_DO_PROLONG] = { "prolong", "延长", S(MEASURE_IN_FORCE), 0, 0, DESK_INTERNAL, F(MEASURE_F_END), 0, NULL,
	                         prolong },
	[MEASURE_DO_APPROVE] = { "approve", "补审批", S(MEASURE_IN_FORCE), 0, 0, DESK_INTERNAL, F(MEASURE_F_APPROVER), 0,
	                         "YF-2016-86", approve },
	[MEASURE_DO_APPEAL_FILED] = { "appeal-filed", "已申诉", S(MEASURE_IN_FORCE), 0, 0, DESK_INTERNAL,
	                              F(MEASURE_F_APPEAL) | F(MEASURE_F_APPEAL_OBJECT), 0, "AFL 32", NULL },
	[MEASURE_DO_APPEAL_DECIDED] = { "appeal-decided", "申诉已答复",
	                                S(MEASURE_IN_FORCE) | S(MEASURE_ENDED) | S(MEASURE_RELEASED), 0, 0, DESK_INTERNAL,
	                                F(MEASURE_F_APPEAL), 0, "AFL 32", NULL },
	[MEASURE_DO_RELEASE_BY_APPEAL] = { "release-by-appeal", "申诉解除", S(MEASURE_IN_FORCE), S(MEASURE_RELEASED), 0,
	                                   DESK_INTERNAL, 0, 0, "AFL 32", release_by_appeal },
	[MEASURE_DO_EXPIRE] = { "expire", "到期", S(MEASURE_IN_FORCE), S(MEASURE_ENDED), 0, DESK_BY_TIMER, 0, 0, NULL,
	                        expire },
};
static const struct desk_timer timer[MEASURE_T_TIMERS] = {
	[MEASURE_T_END] = { "end", "到期", MEASURE_DO_EXPIRE },
};

const struct desk_machine desk_measure = {
	.kind = DESK_MEASURE,
	.letters = "M",
	.name = "measure",
	.zh = "处置台账",
	.route = "measures",
	.in_head = { .subject = { MEASURE_F_PHONE, MEASURE_F_ACCOUNT, MEASURE_F_PERSON, MEASURE_F_OBJECT },
	             .also = { MEASURE_F_PERSON, MEASURE_F_PHONE },
	             .organisation = MEASURE_F_ORGANISATION,
	             .district = MEASURE_F_DISTRICT },
	.n_states = MEASURE_STATES,
	.n_fields = MEASURE_F_FIELDS,
	.n_steps = MEASURE_DO_STEPS,
	.n_timers = MEASURE_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};

/* For the machines that impose measures. */

static void give_entity(struct desk_command *c, struct desk_entity e)
{
	static const uint8_t to[DESK_ENTITY_KINDS] = {
		[DESK_PHONE] = MEASURE_F_PHONE, [DESK_BANK_ACCOUNT] = MEASURE_F_ACCOUNT, [DESK_PERSON] = MEASURE_F_PERSON
	};

	if (to[e.kind])
		desk_give_token(c, to[e.kind], e.token);
}

enum desk_refusal turn_impose(struct desk_turn *t, uint32_t field_of, const struct imposed *i)
{
	struct desk_command c;
	const struct desk_object *o = t->o;
	uint64_t actor = i->automatic ? 0 : i->ordered ? o->proposer : t->c->user;
	enum desk_refusal no;
	uint64_t made;

	turn_command(t, &c, DESK_MEASURE, MEASURE_DO_IMPOSE, 0);
	desk_give_i(&c, MEASURE_F_MEASURE, i->measure);
	turn_give(t, &c, MEASURE_F_BASIS, i->basis);
	turn_give(t, &c, MEASURE_F_EVIDENCE, i->evidence);
	if (i->reason)
		turn_give(t, &c, MEASURE_F_REASON, i->reason);
	desk_give_id(&c, MEASURE_F_OBJECT, o->id);
	give_entity(&c, o->subject);
	give_entity(&c, o->also);
	desk_give_i(&c, MEASURE_F_ACTOR, (int64_t)actor);
	desk_give_i(&c, MEASURE_F_APPROVER, i->ordered && !i->automatic ? (int64_t)o->approver : 0);
	desk_give_i(&c, MEASURE_F_NOTICE, i->notice_us ? i->notice_us : t->now);
	desk_give_i(&c, MEASURE_F_START, i->start_us ? i->start_us : t->now);
	desk_give_i(&c, MEASURE_F_END, i->end_us);
	desk_give_i(&c, MEASURE_F_AUTOMATIC, i->automatic);
	desk_give_i(&c, MEASURE_F_LATE_PAPERS, i->late_papers);
	desk_give_i(&c, MEASURE_F_ORGANISATION, o->organisation);
	desk_give_i(&c, MEASURE_F_DISTRICT, o->district);
	no = turn_do(t, &c, &made);
	if (no == DESK_OK)
		desk_set_id(t->o, field_of, made);
	return no;
}

enum desk_refusal turn_end_measure(struct desk_turn *t, uint32_t field_of, enum measure_cause cause)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, field_of));
	uint64_t id = desk_id(t->o, field_of);
	struct desk_command c;

	desk_unset(t->o, field_of);
	if (!m || m->state != MEASURE_IN_FORCE)
		return DESK_OK;
	turn_command(t, &c, DESK_MEASURE, MEASURE_DO_END, id);
	desk_give_i(&c, MEASURE_F_CAUSE, cause);
	return turn_do(t, &c, NULL);
}
