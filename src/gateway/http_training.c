/* http_training.c - what training asks beyond the tables: the questions of an attempt and the talk of a drill, without what is right until it is over.
 *
 * Starting an attempt and answering it are steps like any other (POST /v1/attempts). The questions drawn are shown to whoever takes them and to trainers. A drill is told step by step: the client
 * says which moves were made so far and hears what comes next, so that no answer has the whole of it. */
#include <inttypes.h>
#include "desk/attempt.h"
#include "desk/question.h"
#include "gateway/http_desk_int.h"

#define ALL_TRAINERS (1u << ROLE_TRAINER | 1u << ROLE_AUDITOR)

static void put_two(struct buf *b, struct text zh, struct text en)
{
	buf_z(b, "\"zh\":");
	buf_json(b, zh);
	buf_z(b, ",\"en\":");
	buf_json(b, en);
}

/* ---- questions ---- */

struct told { /* a question's texts, out of their seals */
	struct buf zh, en, choices_zh, choices_en, why_zh, why_en;
};

static void told_init(struct told *t)
{
	struct buf *b[] = { &t->zh, &t->en, &t->choices_zh, &t->choices_en, &t->why_zh, &t->why_en };

	for (size_t i = 0; i < ARRAY_LEN(b); i++)
		buf_init(b[i], TEXT_BYTES_MAX);
}

static void told_release(struct told *t)
{
	struct buf *b[] = { &t->zh, &t->en, &t->choices_zh, &t->choices_en, &t->why_zh, &t->why_en };

	for (size_t i = 0; i < ARRAY_LEN(b); i++)
		buf_release(b[i]);
}

static enum err told_read(struct told *t, struct request *r, const struct desk_object *q)
{
	const struct {
		struct buf *b;
		uint32_t field;
	} part[] = { { &t->zh, QUESTION_F_ZH },
		         { &t->en, QUESTION_F_EN },
		         { &t->choices_zh, QUESTION_F_CHOICES_ZH },
		         { &t->choices_en, QUESTION_F_CHOICES_EN },
		         { &t->why_zh, QUESTION_F_WHY_ZH },
		         { &t->why_en, QUESTION_F_WHY_EN } };
	enum err e = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(part) && e == ERR_OK; i++) {
		buf_clear(part[i].b);
		e = texts_read(r->h->o.texts, q->value[part[i].field].ref, part[i].b);
		e = e == ERR_OK ? part[i].b->err : e;
	}
	return e;
}

/* Line n, from 0; empty if there are not so many. */
static struct text line_of(struct text all, uint32_t n)
{
	for (;; n--) {
		const char *nl = all.n == 0 ? NULL : memchr(all.p, '\n', all.n);
		size_t k = nl == NULL ? all.n : (size_t)(nl - all.p);

		if (n == 0 || nl == NULL)
			return n == 0 ? text_trim(text_of(all.p, k)) : TEXT("");
		all = text_of(all.p + k + 1, all.n - k - 1);
	}
}

static void put_question(struct buf *b, const struct desk_object *a, const struct desk_object *q, uint32_t place,
                         const struct told *t)
{
	uint32_t n = (uint32_t)desk_i(q, QUESTION_F_N_CHOICES);
	uint8_t order[QUIZ_CHOICES_MAX];
	bool over = a->state != ATTEMPT_STARTED;
	const struct desk_code *answers = &a->value[ATTEMPT_F_ANSWERS].code;

	quiz_order((uint64_t)desk_i(a, ATTEMPT_F_SEED), place, n, order);
	buf_printf(b, "%s{\"number\":%" PRIu32 ",\"question\":", place > 0 ? "," : "", place + 1);
	desk_put_id(b, DESK_QUESTION, q->id);
	buf_printf(b, ",\"scam\":\"%s\",", desk_scams.choice[desk_i(q, QUESTION_F_SCAM)].name);
	put_two(b, buf_view(&t->zh), buf_view(&t->en));
	buf_z(b, ",\"choices\":[");
	for (uint32_t k = 0; k < n; k++) {
		buf_printf(b, "%s{\"letter\":\"%c\",", k > 0 ? "," : "", 'A' + (int)k);
		put_two(b, line_of(buf_view(&t->choices_zh), order[k]), line_of(buf_view(&t->choices_en), order[k]));
		if (over)
			buf_printf(b, ",\"right\":%s", order[k] + 1 == desk_i(q, QUESTION_F_RIGHT) ? "true" : "false");
		buf_char(b, '}');
	}
	buf_char(b, ']');
	if (over) {
		buf_z(b, ",\"answered\":");
		if (place < answers->n && answers->p[place] != '-')
			buf_printf(b, "\"%c\"", answers->p[place]);
		else
			buf_z(b, "null");
		buf_z(b, ",\"why_zh\":");
		buf_json(b, buf_view(&t->why_zh));
		buf_z(b, ",\"why_en\":");
		buf_json(b, buf_view(&t->why_en));
	}
	buf_char(b, '}');
}

/* False: the answer is set. */
static bool put_questions(struct request *r, const struct desk_object *a)
{
	struct desk_object q;
	struct told t;
	enum err e = ERR_OK;

	told_init(&t);
	buf_z(&r->out, ",\"questions\":[");
	for (uint32_t i = 0; i < attempt_questions(a) && e == ERR_OK; i++) {
		e = registry_load(r->h->o.registry, desk_id(a, ATTEMPT_F_QUESTION + i), &q);
		if (e == ERR_OK)
			e = told_read(&t, r, &q);
		if (e == ERR_OK)
			put_question(&r->out, a, &q, i, &t);
	}
	told_release(&t);
	buf_char(&r->out, ']');
	if (e != ERR_OK)
		desk_answer_store(r, e);
	return e == ERR_OK;
}

/* ---- drills ---- */

static void put_drill_step(struct buf *b, const struct drill *d, uint32_t at, uint64_t seed)
{
	const struct drill_step *s = &d->step[at];
	uint8_t order[QUIZ_CHOICES_MAX];
	uint32_t n = drill_choices(s);

	quiz_order(seed, at, n, order);
	buf_char(b, '{');
	put_two(b, text_z(s->zh), text_z(s->en));
	buf_z(b, ",\"choices\":[");
	for (uint32_t k = 0; k < n; k++) {
		const struct drill_choice *c = &s->choice[order[k]];

		buf_printf(b, "%s{\"letter\":\"%c\",", k > 0 ? "," : "", 'A' + (int)k);
		put_two(b, text_z(c->zh), text_z(c->en));
		buf_char(b, '}');
	}
	buf_z(b, "]}");
}

/* What was done, move by move, once it is over. */
static void put_path(struct buf *b, const struct drill *d, const struct drill_result *x)
{
	buf_z(b, ",\"path\":[");
	for (uint32_t i = 0; i < x->n; i++) {
		const struct drill_step *s = &d->step[x->step[i]];
		const struct drill_choice *c = &s->choice[x->choice[i]];
		const struct drill_move_info *m = &drill_moves[c->move];

		buf_z(b, i > 0 ? ",{\"said\":{" : "{\"said\":{");
		put_two(b, text_z(s->zh), text_z(s->en));
		buf_z(b, "},\"done\":{");
		put_two(b, text_z(c->zh), text_z(c->en));
		buf_printf(b, "},\"move\":\"%s\",\"move_zh\":", m->name);
		buf_json(b, text_z(m->zh));
		buf_printf(b, ",\"points\":%" PRId64 ",\"fatal\":%s}", m->points, m->fatal ? "true" : "false");
	}
	buf_char(b, ']');
}

/* False: the answer is set. */
static bool put_talk(struct request *r, const struct desk_object *a)
{
	const char *asked = request_query(r, "moves");
	const struct desk_code *answers = &a->value[ATTEMPT_F_ANSWERS].code;
	bool over = a->state != ATTEMPT_STARTED;
	struct text moves = over ? text_of(answers->p, answers->n) : text_z(asked == NULL ? "" : asked);
	uint32_t number = (uint32_t)desk_i(a, ATTEMPT_F_DRILL);
	uint64_t seed = (uint64_t)desk_i(a, ATTEMPT_F_SEED);
	const struct drill *d = drill_find(number);
	struct drill_result x;
	bool ended = drill_grade(number, seed, moves, &x);
	uint32_t at = drill_next(d, &x);

	if (d == NULL || x.n != moves.n) {
		answer_problem(r, 400, "moves", "These moves are not in the talk",
		               "moves has a letter of a choice for each step so far");
		return false;
	}
	buf_printf(&r->out, ",\"drill\":\"%s\",", drill_names.choice[number].name);
	put_two(&r->out, text_z(d->zh), text_z(d->en));
	buf_z(&r->out, ",\"step\":");
	if (ended || over)
		buf_z(&r->out, "null");
	else
		put_drill_step(&r->out, d, at, seed);
	buf_printf(&r->out, ",\"ended\":%s", ended ? "true" : "false");
	if (over)
		put_path(&r->out, d, &x);
	return true;
}

static void run_questions(struct request *r)
{
	const struct desk_machine *m = desk_machine(DESK_ATTEMPT);
	struct desk_asker asker;
	struct desk_object a;
	bool quiz;

	if (!desk_asker(r, &asker) || !desk_asked_object(r, &asker, m, r->arg[0], &a))
		return;
	if (desk_id(&a, ATTEMPT_F_PERSON) != asker.user && (asker.roles & ALL_TRAINERS) == 0) {
		desk_answer_refusal(r, DESK_REFUSED_ABSENT, m, 0, NULL);
		return;
	}
	quiz = desk_i(&a, ATTEMPT_F_SORT) == ATTEMPT_QUIZ;
	buf_z(&r->out, "{\"attempt\":");
	desk_put_id(&r->out, DESK_ATTEMPT, a.id);
	buf_printf(&r->out, ",\"sort\":\"%s\",\"over\":%s,\"ends\":", quiz ? "quiz" : "drill",
	           a.state == ATTEMPT_STARTED ? "false" : "true");
	desk_put_time(&r->out, desk_i(&a, ATTEMPT_F_ENDS));
	if (quiz ? !put_questions(r, &a) : !put_talk(r, &a))
		return;
	buf_z(&r->out, "}\n");
	r->status = 200;
}

static void run_drills(struct request *r)
{
	struct desk_asker a;
	const char *comma = "";

	if (!desk_asker(r, &a))
		return;
	buf_z(&r->out, "{\"drills\":[");
	for (uint32_t i = 1; i < DRILL_NAMES; i++) {
		const struct drill *d = drill_find(i);

		if (d == NULL)
			continue;
		buf_printf(&r->out, "%s{\"drill\":\"%s\",\"name_zh\":", comma, drill_names.choice[i].name);
		buf_json(&r->out, text_z(drill_names.choice[i].zh));
		buf_char(&r->out, ',');
		put_two(&r->out, text_z(d->zh), text_z(d->en));
		buf_printf(&r->out, ",\"points\":%" PRId64 ",\"pass\":%d}", drill_points(i), ATTEMPT_DRILL_PASS);
		comma = ",";
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
}

const struct route http_training_routes[] = {
	{ "GET", "/v1/desk/drills", SCOPE_DESK, ROUTE_SLOW, run_drills },
	{ "GET", "/v1/attempts/*/questions", SCOPE_DESK, ROUTE_SLOW, run_questions },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
