/* bulletin.c - bulletins about new methods and their receipts; see bulletin.h. */
#include "desk/bulletin.h"
#include "desk/desk_int.h"
#include "desk/incident.h"

enum {
	READINGS_MAX = 4096
};

/* ---- bulletins ---- */

static enum desk_refusal draft(struct desk_turn *t)
{
	if (!desk_has(t->o, BULLETIN_F_SIGN))
		desk_set_i(t->o, BULLETIN_F_SIGN, SIGN_PERSON);
	if (desk_i(t->o, BULLETIN_F_SIGN) != SIGN_PERSON && !desk_has(t->o, BULLETIN_F_EVIDENCE))
		return DESK_REFUSED_NO_EVIDENCE;
	return DESK_OK;
}

static enum desk_refusal publish(struct desk_turn *t)
{
	if (!desk_has(t->o, BULLETIN_F_READ_BY))
		desk_set_i(t->o, BULLETIN_F_READ_BY, t->now + turn_limit(t, LIMIT_BULLETIN_READ));
	if (desk_i(t->o, BULLETIN_F_READ_BY) <= t->now) {
		t->d->bad_field = BULLETIN_F_READ_BY;
		return DESK_REFUSED_TIME;
	}
	desk_set_i(t->o, BULLETIN_F_PUBLISHED, t->now);
	turn_timer(t, BULLETIN_T_READ, desk_i(t->o, BULLETIN_F_READ_BY));
	turn_send(t, DESK_MESSAGE_BULLETIN, 0);
	return DESK_OK;
}

static enum desk_refusal archive(struct desk_turn *t)
{
	turn_timer(t, BULLETIN_T_READ, 0);
	return DESK_OK;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, BULLETIN_F_LATE, 1);
	return turn_alarm(t);
}

static const struct desk_choice sign_choice[] = {
	[SIGN_CLUSTER] = { "messages", "相似短信增多" },
	[SIGN_SCAM] = { "scam", "诈骗类型占比上升" },
	[SIGN_RULE] = { "rule", "规则命中占比上升" },
	[SIGN_PERSON] = { "person", "人工发现" },
};
static const struct desk_choices signs = { ARRAY_LEN(sign_choice), sign_choice };

static const struct desk_state state[BULLETIN_STATES] = {
	[BULLETIN_DRAFT] = { "draft", "草稿", false },           [BULLETIN_SUBMITTED] = { "submitted", "待审核", false },
	[BULLETIN_PUBLISHED] = { "published", "已发布", false }, [BULLETIN_CLOSED] = { "closed", "已归档", true },
	[BULLETIN_DROPPED] = { "dropped", "不采用", true },
};
static const struct desk_field field[BULLETIN_F_FIELDS] = {
	[BULLETIN_F_SCAM] = { "scam", "诈骗类型", DESK_CHOICE, .choices = &desk_scams },
	[BULLETIN_F_TITLE] = { "title", "标题", DESK_TEXT },
	[BULLETIN_F_TEXT] = { "text", "内容", DESK_TEXT },
	[BULLETIN_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[BULLETIN_F_SIGN] = { "sign", "发现方式", DESK_CHOICE, .choices = &signs },
	[BULLETIN_F_METHOD] = { "method", "手法编号", DESK_CODE },
	[BULLETIN_F_SEEN] = { "seen", "本周次数", DESK_INTEGER, .max = INT32_MAX },
	[BULLETIN_F_BEFORE] = { "before", "此前次数", DESK_INTEGER, .max = INT32_MAX },
	[BULLETIN_F_WEEK] = { "week", "所在周", DESK_TIME },
	[BULLETIN_F_READ_BY] = { "read_by", "阅知时限", DESK_TIME },
	[BULLETIN_F_LATE] = { "late", "阅知时限已过", DESK_INTEGER, .max = 1 },
	[BULLETIN_F_MATERIAL] = { "material", "配套素材", DESK_OBJECT, DESK_MATERIAL },
	[BULLETIN_F_REASON] = { "reason", "理由", DESK_TEXT },
	[BULLETIN_F_PUBLISHED] = { "published", "发布时间", DESK_TIME },
};
#define WRITERS (R(ANALYST) | R(EDITOR) | R(LEADER) | R(MEDIA))
#define WORDS                                                                                                         \
	(F(BULLETIN_F_SCAM) | F(BULLETIN_F_TITLE) | F(BULLETIN_F_TEXT) | F(BULLETIN_F_EVIDENCE) | F(BULLETIN_F_READ_BY) | \
	 F(BULLETIN_F_MATERIAL))
#define FOUND \
	(F(BULLETIN_F_SIGN) | F(BULLETIN_F_METHOD) | F(BULLETIN_F_SEEN) | F(BULLETIN_F_BEFORE) | F(BULLETIN_F_WEEK))
static const struct desk_step step[BULLETIN_DO_STEPS] = {
	[BULLETIN_DO_DRAFT] = { "draft", "起草", S_NEW, S(BULLETIN_DRAFT), WRITERS, 0,
	                        F(BULLETIN_F_TITLE) | F(BULLETIN_F_TEXT),
	                        (WORDS | FOUND) & ~(F(BULLETIN_F_TITLE) | F(BULLETIN_F_TEXT)), NULL, draft },
	[BULLETIN_DO_EDIT] = { "edit", "修改", S(BULLETIN_DRAFT), 0, WRITERS, 0, 0, WORDS, NULL, NULL },
	[BULLETIN_DO_SUBMIT] = { "submit", "送审", S(BULLETIN_DRAFT), S(BULLETIN_SUBMITTED), WRITERS, DESK_PROPOSES, 0, 0,
	                         NULL, NULL },
	[BULLETIN_DO_PUBLISH] = { "publish", "批准发布", S(BULLETIN_SUBMITTED), S(BULLETIN_PUBLISHED),
	                          R(EDITOR) | R(LEADER), DESK_FOUR_EYES, 0, F(BULLETIN_F_READ_BY), NULL, publish },
	[BULLETIN_DO_SEND_BACK] = { "send-back", "退回", S(BULLETIN_SUBMITTED), S(BULLETIN_DRAFT), R(EDITOR) | R(LEADER), 0,
	                            F(BULLETIN_F_REASON), 0, NULL, NULL },
	[BULLETIN_DO_DROP] = { "drop", "不采用", S(BULLETIN_DRAFT) | S(BULLETIN_SUBMITTED), S(BULLETIN_DROPPED),
	                       R(ANALYST) | R(EDITOR) | R(LEADER), 0, F(BULLETIN_F_REASON), 0, NULL, NULL },
	[BULLETIN_DO_CLOSE] = { "close", "归档", S(BULLETIN_PUBLISHED), S(BULLETIN_CLOSED), R(EDITOR) | R(LEADER), 0, 0,
	                        F(BULLETIN_F_REASON), NULL, archive },
	[BULLETIN_DO_LATE] = { "late", "阅知超时", S(BULLETIN_PUBLISHED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, late },
};
static const struct desk_timer timer[BULLETIN_T_TIMERS] = {
	[BULLETIN_T_READ] = { "read", "阅知时限", BULLETIN_DO_LATE },
};

const struct desk_machine desk_bulletin = {
	.kind = DESK_BULLETIN,
	.letters = "BU",
	.name = "bulletin",
	.zh = "新手法通报",
	.route = "bulletins",
	.shared = S(BULLETIN_PUBLISHED) | S(BULLETIN_CLOSED),
	.n_states = BULLETIN_STATES,
	.n_fields = BULLETIN_F_FIELDS,
	.n_steps = BULLETIN_DO_STEPS,
	.n_timers = BULLETIN_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};

/* ---- readings ---- */

/* Each reader has few bulletins and each bulletin has thousands of readers, so it is the reader's that are looked through: newest first, and none that is older than the bulletin, because ids ascend with the journal.
 * Whoever has read more than READINGS_MAX others since it was drafted is refused rather than counted twice. */
static enum desk_refusal read_before(struct desk_turn *t, struct desk_entity reader)
{
	uint64_t id = UINT64_MAX, bulletin = desk_id(t->o, READING_F_BULLETIN);

	for (uint32_t i = 0; i < READINGS_MAX; i++) {
		const struct desk_object *o;

		id = turn_about(t, DESK_READING, reader, id);
		if (id < bulletin)
			return DESK_OK;
		o = turn_peek(t, id);
		if (o && id != t->o->id && desk_id(o, READING_F_BULLETIN) == bulletin)
			return DESK_REFUSED_SAME;
	}
	return DESK_REFUSED_DEEP;
}

static enum desk_refusal read_it(struct desk_turn *t)
{
	const struct desk_object *b = turn_peek(t, desk_id(t->o, READING_F_BULLETIN)), *outlet;
	bool shown = b && b->kind == DESK_BULLETIN && b->state == BULLETIN_PUBLISHED;
	int64_t read_by = shown ? desk_i(b, BULLETIN_F_READ_BY) : 0;

	t->d->bad_field = READING_F_BULLETIN;
	if (!shown)
		return b ? DESK_REFUSED_NOT_IN_FORCE : DESK_REFUSED_ABSENT;
	t->d->bad_field = READING_F_OUTLET;
	if (desk_has(t->o, READING_F_OUTLET)) {
		outlet = turn_peek(t, desk_id(t->o, READING_F_OUTLET));
		if (!outlet || outlet->kind != DESK_OUTLET)
			return DESK_REFUSED_ABSENT;
		if (outlet->organisation != t->c->organisation)
			return DESK_REFUSED_SCOPE;
		t->o->district = outlet->district;
	} else if (t->c->user >= DESK_USER_FIRST) {
		desk_set_id(t->o, READING_F_READER, t->c->user);
	} else {
		return turn_missing(t, READING_F_OUTLET);
	}
	t->d->bad_field = 0;
	desk_set_i(t->o, READING_F_ORGANISATION, t->c->organisation);
	desk_set_i(t->o, READING_F_LATE, t->now > read_by);
	return read_before(t, desk_entity_of(t->o, desk_has(t->o, READING_F_OUTLET) ? READING_F_OUTLET : READING_F_READER));
}

static const struct desk_state read_state[READING_STATES] = {
	[READING_READ] = { "read", "已阅知", true },
};
static const struct desk_field read_field[READING_F_FIELDS] = {
	[READING_F_BULLETIN] = { "bulletin", "通报", DESK_OBJECT, DESK_BULLETIN },
	[READING_F_OUTLET] = { "outlet", "网点", DESK_OBJECT, DESK_OUTLET },
	[READING_F_READER] = { "reader", "阅知人", DESK_OBJECT, DESK_USER },
	[READING_F_LATE] = { "late", "超时", DESK_INTEGER, .max = 1 },
	[READING_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[READING_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
};
#define READERS                                                                                                \
	(R_CENTRE | R(STATION) | R(GRID) | R(BANK_DESK) | R(BANK_OUTLET) | R(OPERATOR_DESK) | R(OPERATOR_OUTLET) | \
	 R(CHANNEL) | R(APPEALS) | R(QUALITY))
static const struct desk_step read_step[READING_DO_STEPS] = {
	[READING_DO_READ] = { "read", "阅知", S_NEW, S(READING_READ), READERS, 0, F(READING_F_BULLETIN),
	                      F(READING_F_OUTLET), NULL, read_it },
};

const struct desk_machine desk_reading = {
	.kind = DESK_READING,
	.letters = "RE",
	.name = "reading",
	.zh = "通报阅知",
	.route = "readings",
	.in_head = { .subject = { READING_F_BULLETIN },
	             .also = { READING_F_OUTLET, READING_F_READER },
	             .organisation = READING_F_ORGANISATION,
	             .district = READING_F_DISTRICT },
	.n_states = READING_STATES,
	.n_fields = READING_F_FIELDS,
	.n_steps = READING_DO_STEPS,
	.state = read_state,
	.field = read_field,
	.step = read_step,
};
