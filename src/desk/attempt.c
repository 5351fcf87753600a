/* attempt.c - attempts: what may be started, what was drawn, what the answers come to; see attempt.h. */
#include "desk/attempt.h"
#include "desk/course.h"
#include "desk/desk_int.h"
#include "desk/question.h"
#include "desk/user.h"

/* ---- what there is ---- */

void attempt_pool(struct desk_turn *t, uint32_t scams, struct quiz_pool *out)
{
	memset(out, 0, sizeof(*out));
	for (uint32_t scam = 1; scam < DESK_SCAMS; scam++) {
		struct desk_entity class = { DESK_NUMBER, { { 0, scam } } };
		uint64_t id = scams >> scam & 1 ? UINT64_MAX : 0;

		while (id != 0 && out->n[scam] < QUIZ_CLASS_MAX && (id = turn_about(t, DESK_QUESTION, class, id)) != 0) {
			const struct desk_object *q = turn_peek(t, id);

			if (q != NULL && q->state == QUESTION_IN_USE)
				out->id[scam][out->n[scam]++] = id;
		}
	}
}

uint32_t attempt_questions(const struct desk_object *o)
{
	uint32_t n = 0;

	while (n < QUIZ_QUESTIONS_MAX && desk_has(o, ATTEMPT_F_QUESTION + n))
		n++;
	return n;
}

struct earlier { /* attempts of the same person at the same course, or drill */
	uint32_t today;
	bool open;
	uint32_t n;
	uint64_t question[QUIZ_QUESTIONS_MAX]; /* of the last */
};

/* As far back as the last one before today, or DESK_ABOUT_MAX attempts of all sorts: who made that many in a day has made enough. */
static void look_back(struct desk_turn *t, struct earlier *out)
{
	int64_t day = desk_day(t->now);
	uint64_t id = UINT64_MAX;
	bool first = true, today = true;

	*out = (struct earlier){ 0 };
	for (uint32_t seen = 0; seen < DESK_ABOUT_MAX && (today || first); seen++) {
		const struct desk_object *a;

		id = turn_about(t, DESK_ATTEMPT, desk_thing(t->c->user), id);
		a = turn_peek(t, id);
		if (a == NULL)
			return;
		today = a->made_us >= day;
		if (a->id == t->o->id || desk_i(a, ATTEMPT_F_SORT) != desk_i(t->o, ATTEMPT_F_SORT) ||
		    desk_id(a, ATTEMPT_F_COURSE) != desk_id(t->o, ATTEMPT_F_COURSE) ||
		    desk_i(a, ATTEMPT_F_DRILL) != desk_i(t->o, ATTEMPT_F_DRILL))
			continue;
		out->today += today;
		out->open |= a->state == ATTEMPT_STARTED;
		for (uint32_t i = 0; first && i < attempt_questions(a); i++)
			out->question[out->n++] = desk_id(a, ATTEMPT_F_QUESTION + i);
		first = false;
	}
	out->today += today ? UINT8_MAX : 0;
}

/* ---- steps ---- */

/* Who, where, until when. */
static enum desk_refusal begin(struct desk_turn *t, uint32_t most, int64_t ends_us, struct earlier *before)
{
	const struct desk_object *u = t->c->user < DESK_USER_FIRST ? NULL : turn_peek(t, t->c->user);

	desk_set_id(t->o, ATTEMPT_F_PERSON, t->c->user);
	if (u != NULL && desk_has(u, USER_F_OUTLET))
		desk_copy(t->o, ATTEMPT_F_OUTLET, u, USER_F_OUTLET);
	look_back(t, before);
	if (before->open)
		return DESK_REFUSED_OTHER_OPEN;
	if (before->today >= most)
		return DESK_REFUSED_ATTEMPTS;
	desk_set_i(t->o, ATTEMPT_F_ENDS, ends_us);
	turn_timer(t, ATTEMPT_T_ENDS, ends_us);
	return DESK_OK;
}

static enum desk_refusal start(struct desk_turn *t)
{
	const struct desk_object *found = turn_peek(t, desk_id(t->o, ATTEMPT_F_COURSE));
	uint64_t drawn[QUIZ_QUESTIONS_MAX];
	struct desk_object course;
	struct quiz_pool pool;
	struct earlier before;
	enum desk_refusal no;
	uint32_t n;

	if (found == NULL || found->kind != DESK_COURSE || found->state != COURSE_IN_FORCE)
		return DESK_REFUSED_NOT_IN_FORCE;
	course = *found;
	if ((t->c->roles & course_roles((enum course_audience)desk_i(&course, COURSE_F_AUDIENCE))) == 0)
		return DESK_REFUSED_USER;
	desk_set_i(t->o, ATTEMPT_F_SORT, ATTEMPT_QUIZ);
	no = begin(t, (uint32_t)turn_limit(t, LIMIT_TRAINING_ATTEMPTS),
	           t->now + desk_i(&course, COURSE_F_MINUTES) * US_PER_MINUTE, &before);
	if (no != DESK_OK)
		return no;
	n = (uint32_t)desk_i(&course, COURSE_F_QUESTIONS);
	attempt_pool(t, (uint32_t)desk_i(&course, COURSE_F_SCAMS), &pool);
	if (quiz_pool_size(&pool) < n)
		return DESK_REFUSED_FEW_QUESTIONS;
	quiz_draw(&pool, (uint64_t)desk_i(t->o, ATTEMPT_F_SEED), n, before.question, before.n, drawn);
	for (uint32_t i = 0; i < n; i++)
		desk_set_id(t->o, ATTEMPT_F_QUESTION + i, drawn[i]);
	desk_copy(t->o, ATTEMPT_F_PASS, &course, COURSE_F_PASS);
	desk_copy(t->o, ATTEMPT_F_MONTHS, &course, COURSE_F_MONTHS);
	desk_set_i(t->o, ATTEMPT_F_OF, n);
	return DESK_OK;
}

static enum desk_refusal rehearse(struct desk_turn *t)
{
	uint32_t drill = (uint32_t)desk_i(t->o, ATTEMPT_F_DRILL);
	struct earlier before;

	desk_set_i(t->o, ATTEMPT_F_SORT, ATTEMPT_DRILL);
	desk_set_i(t->o, ATTEMPT_F_PASS, ATTEMPT_DRILL_PASS);
	desk_set_i(t->o, ATTEMPT_F_MONTHS, turn_limit(t, LIMIT_TRAINING_DRILL_MONTHS));
	desk_set_i(t->o, ATTEMPT_F_OF, drill_points(drill));
	return begin(t, (uint32_t)turn_limit(t, LIMIT_TRAINING_DRILLS), t->now + turn_limit(t, LIMIT_TRAINING_DRILL_TIME),
	             &before);
}

static enum desk_refusal wrong_answers(struct desk_turn *t)
{
	t->d->bad_field = ATTEMPT_F_ANSWERS;
	return DESK_REFUSED_FIELD_VALUE;
}

/* How many are right; false: a letter stands for no choice. */
static bool grade_quiz(struct desk_turn *t, const struct desk_code *answers, int64_t *right)
{
	uint8_t order[QUIZ_CHOICES_MAX];

	for (uint32_t i = 0; i < answers->n; i++) {
		const struct desk_object *q = turn_peek(t, desk_id(t->o, ATTEMPT_F_QUESTION + i));
		uint32_t n = q == NULL ? 0 : (uint32_t)desk_i(q, QUESTION_F_N_CHOICES), k = (uint32_t)(answers->p[i] - 'A');

		if (answers->p[i] == '-')
			continue;
		if (q == NULL || k >= n)
			return false;
		quiz_order((uint64_t)desk_i(t->o, ATTEMPT_F_SEED), i, n, order);
		*right += order[k] + 1 == desk_i(q, QUESTION_F_RIGHT);
	}
	return true;
}

static enum desk_refusal answer(struct desk_turn *t)
{
	const struct desk_code *answers = &t->o->value[ATTEMPT_F_ANSWERS].code;
	bool quiz = desk_i(t->o, ATTEMPT_F_SORT) == ATTEMPT_QUIZ;
	struct drill_result drilled = { 0 };
	int64_t got = 0;

	if (desk_id(t->o, ATTEMPT_F_PERSON) != t->c->user)
		return DESK_REFUSED_SCOPE;
	if (quiz && (answers->n != attempt_questions(t->o) || !grade_quiz(t, answers, &got)))
		return wrong_answers(t);
	if (!quiz && !drill_grade((uint32_t)desk_i(t->o, ATTEMPT_F_DRILL), (uint64_t)desk_i(t->o, ATTEMPT_F_SEED),
	                          text_of(answers->p, answers->n), &drilled))
		return wrong_answers(t);
	got += drilled.points;
	desk_set_i(t->o, ATTEMPT_F_GOT, got);
	desk_set_i(t->o, ATTEMPT_F_FATAL, drilled.fatal);
	turn_timer(t, ATTEMPT_T_ENDS, 0);
	t->o->state = ATTEMPT_FAILED;
	if (drilled.fatal || !quiz_reaches(got, desk_i(t->o, ATTEMPT_F_OF), desk_i(t->o, ATTEMPT_F_PASS)))
		return DESK_OK;
	t->o->state = ATTEMPT_PASSED;
	desk_set_i(t->o, ATTEMPT_F_UNTIL, desk_months_after(t->now, desk_i(t->o, ATTEMPT_F_MONTHS)));
	turn_timer(t, ATTEMPT_T_UNTIL, desk_i(t->o, ATTEMPT_F_UNTIL));
	return DESK_OK;
}

/* ---- the tables ---- */

static const struct desk_choice sort_choice[ATTEMPT_SORTS] = {
	[ATTEMPT_QUIZ] = { "quiz", "测验" },
	[ATTEMPT_DRILL] = { "drill", "演练" },
};
static const struct desk_choices sorts = { ARRAY_LEN(sort_choice), sort_choice };

static const struct desk_state state[ATTEMPT_STATES] = {
	[ATTEMPT_STARTED] = { "started", "进行中", false },    [ATTEMPT_PASSED] = { "passed", "合格", false },
	[ATTEMPT_FAILED] = { "failed", "不合格", true },       [ATTEMPT_LAPSED] = { "lapsed", "超时未交", true },
	[ATTEMPT_EXPIRED] = { "expired", "合格已过期", true },
};
#define Q(i) [ATTEMPT_F_QUESTION + (i)-1] = { "question_" #i, "第" #i "题", DESK_OBJECT, DESK_QUESTION }
static const struct desk_field field[ATTEMPT_F_FIELDS] = {
	[ATTEMPT_F_SORT] = { "sort", "类别", DESK_CHOICE, .choices = &sorts },
	[ATTEMPT_F_COURSE] = { "course", "课程", DESK_OBJECT, DESK_COURSE },
	[ATTEMPT_F_DRILL] = { "drill", "演练剧本", DESK_CHOICE, .choices = &drill_names },
	[ATTEMPT_F_SEED] = { "seed", "随机种子", DESK_INTEGER, .max = INT64_MAX - 1, .drawn = true },
	[ATTEMPT_F_PERSON] = { "person", "人员", DESK_OBJECT, DESK_USER },
	[ATTEMPT_F_OUTLET] = { "outlet", "网点", DESK_ENTITY, DESK_PLACE },
	[ATTEMPT_F_ENDS] = { "ends", "交卷截止", DESK_TIME },
	[ATTEMPT_F_ANSWERS] = { "answers", "作答", DESK_CODE },
	[ATTEMPT_F_TOOK] = { "took", "用时", DESK_DURATION },
	[ATTEMPT_F_GOT] = { "got", "得分", DESK_INTEGER, .max = 1000 },
	[ATTEMPT_F_OF] = { "of", "满分", DESK_INTEGER, .max = 1000 },
	[ATTEMPT_F_PASS] = { "pass", "合格线（百分比）", DESK_INTEGER, .max = 100 },
	[ATTEMPT_F_UNTIL] = { "until", "有效期至", DESK_TIME },
	[ATTEMPT_F_MONTHS] = { "months", "有效期（月）", DESK_INTEGER, .max = 36 },
	[ATTEMPT_F_FATAL] = { "fatal", "致命错误", DESK_INTEGER, .max = 1 },
	Q(1),
	Q(2),
	Q(3),
	Q(4),
	Q(5),
	Q(6),
	Q(7),
	Q(8),
	Q(9),
	Q(10),
	Q(11),
	Q(12),
	Q(13),
	Q(14),
	Q(15),
	Q(16),
	Q(17),
	Q(18),
	Q(19),
	Q(20),
};
_Static_assert(QUIZ_QUESTIONS_MAX == 20, "a field for each question");

#define ANYBODY ((1u << DESK_ROLES) - 1 - R(SYSTEM) - R(CONNECTOR))
static const struct desk_step step[ATTEMPT_DO_STEPS] = {
	[ATTEMPT_DO_START] = { "start", "开始测验", S_NEW, S(ATTEMPT_STARTED), ANYBODY, 0,
	                       F(ATTEMPT_F_COURSE) | F(ATTEMPT_F_SEED), 0, "AFL 8, 30", start },
	[ATTEMPT_DO_REHEARSE] = { "rehearse", "开始演练", S_NEW, S(ATTEMPT_STARTED), ANYBODY, 0,
	                          F(ATTEMPT_F_DRILL) | F(ATTEMPT_F_SEED), 0, "AFL 8, 30", rehearse },
	[ATTEMPT_DO_ANSWER] = { "answer", "交卷", S(ATTEMPT_STARTED), S(ATTEMPT_PASSED) | S(ATTEMPT_FAILED), ANYBODY, 0,
	                        F(ATTEMPT_F_ANSWERS), F(ATTEMPT_F_TOOK), NULL, answer },
	[ATTEMPT_DO_LAPSE] = { "lapse", "超时", S(ATTEMPT_STARTED), S(ATTEMPT_LAPSED), 0, DESK_BY_TIMER, 0, 0, NULL, NULL },
	[ATTEMPT_DO_EXPIRE] = { "expire", "过期", S(ATTEMPT_PASSED), S(ATTEMPT_EXPIRED), 0, DESK_BY_TIMER, 0, 0, NULL,
	                        NULL },
};
static const struct desk_timer timer[ATTEMPT_T_TIMERS] = {
	[ATTEMPT_T_ENDS] = { "ends", "交卷时限", ATTEMPT_DO_LAPSE },
	[ATTEMPT_T_UNTIL] = { "until", "合格有效期", ATTEMPT_DO_EXPIRE },
};

const struct desk_machine desk_attempt = {
	.kind = DESK_ATTEMPT,
	.letters = "AT",
	.name = "attempt",
	.zh = "测验与演练",
	.route = "attempts",
	.own = (1u << DESK_ROLES) - 1 - (R(TRAINER) | R(AUDITOR) | R(CHANNEL)),
	.in_head = { .subject = { ATTEMPT_F_PERSON }, .also = { ATTEMPT_F_OUTLET } },
	.n_states = ATTEMPT_STATES,
	.n_fields = ATTEMPT_F_FIELDS,
	.n_steps = ATTEMPT_DO_STEPS,
	.n_timers = ATTEMPT_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
