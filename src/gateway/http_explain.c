/* http_explain.c - one decision of the past: the event as it was journaled, what came of it, by which policy, with which alerts.
 *
 * A worker reads the journal for it; decisions do not wait. What can't be told has a name: a position that is none, that is none yet, that holds
 * something else than an event, or whose record has expired. Whoever does not see everything is told no more of what is not his than that there is nothing for him.
 * Like a view, it is an act: who saw the decision about whom, and why if they say so (?reason=), stands in the journal before anything is shown.
 * How the windows stood is kept for alerts only: for anything else the journal is replayed under a policy that asks (doc/http-api.md). */
#include <inttypes.h>
#include <sodium/utils.h>
#include <stdlib.h>
#include "gateway/http_int.h"
#include "journal/written.h"
#include "shard/record_json.h"

struct question {
	struct request *r;
	struct viewer viewer;
	uint64_t position;
	const char *rule;            /* only this one's alerts; NULL: all */
	enum record_outcome outcome; /* as it was noted */
	struct shard_version policy; /* in force then; position 0: no longer remembered */
	uint64_t n_alerts;           /* told */
	bool alerted;                /* whoever may see it */
	bool lost;                   /* the file of its alerts is, so that there may have been others */
	enum err unshown;            /* what was found of them can't be read */
	enum severity severity;
	int64_t score;
	struct text why;
	struct buf tokens; /* whom it is about: "phone:TOKEN phone:TOKEN" */
};

static void no_decision(struct request *r, const char *detail)
{
	answer_problem(r, 404, "unknown", "No such decision", detail);
}

/* POSITION or POSITION.rule. False: the answer is set. */
static bool read_question(struct request *r, struct question *q)
{
	struct writer_counts c;
	char *end;

	*q = (struct question){ .r = r, .viewer = request_viewer(r), .position = strtoull(r->arg[0].p, &end, 10) };
	if (end == r->arg[0].p || (*end != 0 && *end != '.') || q->position == 0) {
		no_decision(r, "an explanation is named by its position, or by an alert's id");
		return false;
	}
	q->rule = *end == '.' ? end + 1 : NULL;
	writer_counts(r->h->o.writer, &c);
	if (q->position < c.next)
		return true;
	no_decision(r, "nothing has this position yet; /v1/ready tells which one comes next");
	return false;
}

/* ---- the record ---- */

/* Who does not see everything is told of his own records only what they are. */
static void other_kind(struct question *q, const struct record *record)
{
	const struct tenant *who = q->viewer.who;
	struct buf kind;

	if (!tenant_sees_all(who) && (record->organisation == 0 || record->organisation != who->number)) {
		no_decision(q->r, "at this position there is no decision that you may see");
		return;
	}
	buf_init(&kind, 64);
	buf_json(&kind, text_z(record_kind_name((enum record_kind)record->kind)));
	answer_problem_with(q->r, 404, "no-decision", "No decision stands at this position",
	                    "its record is of another kind: only events are decided about", "kind", buf_view(&kind));
	buf_release(&kind);
}

static void note_tokens(struct question *q, const struct schema *s, const struct event *e)
{
	const struct schema_event *t = &s->event[e->type];
	char hex[TOKEN_HEX + 1];

	for (uint32_t f = 0; f < t->n_fields; f++) {
		const struct schema_field *field = &t->field[f];

		if (field->type.dim != DIM_ENTITY || e->value[f] == VALUE_MISSING)
			continue;
		token_show(e->ident[field->slot].token, hex);
		buf_z(&q->tokens, q->tokens.n > 0 ? " " : "");
		buf_text(&q->tokens, s->entity[field->type.entity].name);
		buf_printf(&q->tokens, ":%s", hex);
	}
}

/* The event as the asker may see it into out. False: the answer is set, unless e is an error. */
static bool show_event(struct question *q, const struct written *w, const struct record *record, enum err *e)
{
	struct record_json_options o;
	struct view_event view;
	struct event event;

	*e = w == NULL ? ERR_FORMAT : record_event_take(w->recast, record, &event, NULL);
	if (*e != ERR_OK)
		return false;
	if (!view_event(&q->viewer, record->organisation, w->schema.event[event.type].name, &view)) {
		no_decision(q->r, "at this position there is no decision that you may see");
		return false;
	}
	note_tokens(q, &w->schema, &event);
	view.sight.tells = true;
	o = (struct record_json_options){ .sight = &view.sight };
	q->outcome = record_outcome(record->flags);
	buf_z(&q->r->out, ",\"record\":");
	*e = record_json(&q->r->out, w, record, &o);
	return *e == ERR_OK;
}

static enum err find_record(struct journal_reader *reader, uint64_t position, struct written **w, struct record *out,
                            struct buf *why)
{
	enum err e;

	do {
		e = journal_read(reader, out, why);
		if (e == ERR_OK && out->kind == RECORD_SCHEMA)
			e = written_follow(w, out->payload);
	} while (e == ERR_OK && out->position != position);
	return e;
}

/* False: the answer is set. */
static bool put_record(struct question *q)
{
	struct request *r = q->r;
	struct journal_reader *reader = NULL;
	struct written *w = NULL;
	struct record record;
	struct buf why;
	bool shown = false;
	enum err e;

	buf_init(&why, 4096);
	e = journal_reader_open(&reader, r->h->o.fill.disk, q->position, q->position + 1);
	if (e == ERR_ABSENT)
		answer_problem(r, 404, "expired", "The record of this decision has expired",
		               "the journal has let go of it: the setting journal.keep says how long records stay");
	if (e == ERR_OK)
		e = find_record(reader, q->position, &w, &record, &why);
	if (e == ERR_OK && record.kind != RECORD_EVENT)
		other_kind(q, &record);
	else if (e == ERR_OK)
		shown = show_event(q, w, &record, &e);
	if (e != ERR_OK && r->status == 0)
		answer_problem(r, 503, "journal", "The journal can't be read", why.n > 0 ? why.p : err_name(e));
	written_free(w);
	journal_reader_close(reader);
	buf_release(&why);
	return shown;
}

/* ---- the policy ---- */

/* On the writer's thread: the last that took effect before the position. */
static void find_policy(void *ctx, struct shard *s)
{
	struct question *q = ctx;
	uint32_t n;
	const struct shard_version *v = shard_versions(s, &n);

	for (uint32_t i = 0; i < n && v[i].position < q->position; i++)
		q->policy = v[i];
	q->policy.act = NULL;
}

static void put_policy(struct buf *b, const struct shard_version *v)
{
	char digest[2 * EDITION_DIGEST_BYTES + 1];

	buf_z(b, ",\"policy\":");
	if (v->position == 0) {
		buf_z(b, "null");
		return;
	}
	sodium_bin2hex(digest, sizeof(digest), v->digest, sizeof(v->digest));
	buf_printf(b, "{\"position\":%" PRIu64 ",\"time\":", v->position);
	event_json_time(b, v->time_us);
	buf_printf(b, ",\"digest\":\"%s\"}", digest);
}

/* ---- its alerts ---- */

static bool is_asked_for(const struct question *q, struct text shown)
{
	json_t *alert = q->rule == NULL ? NULL : json_loadb(shown.p, shown.n, 0, NULL);
	const char *rule = json_string_value(json_object_get(alert, "rule"));
	bool is = q->rule == NULL || (rule != NULL && strcmp(rule, q->rule) == 0);

	json_decref(alert);
	return is;
}

static void put_alert(struct question *q, struct text line, struct buf *shown)
{
	struct buf *b = &q->r->alerts;
	struct alert_head head;

	q->alerted = true;
	if (alert_head_read(line, &head)) {
		q->severity = head.severity > q->severity ? head.severity : q->severity;
		q->score = head.score > q->score ? head.score : q->score;
	}
	if (view_alert(&q->viewer, line, shown) != ERR_OK || !is_asked_for(q, buf_view(shown)))
		return;
	if (q->unshown == ERR_OK)
		q->unshown = verdict_show(q->r, q->position, shown);
	if (q->n_alerts++ > 0)
		buf_char(b, ',');
	buf_text(b, buf_view(shown));
}

/* False: the answer is set. */
static bool find_alerts(struct question *q)
{
	struct alertlog *log = q->r->h->o.log;
	uint64_t number, at = 0, position;
	struct buf line, shown;
	enum err e = alertlog_find(log, q->position, &number);

	buf_init(&line, ALERTLOG_LINE_MAX);
	buf_init(&shown, ALERTLOG_LINE_MAX);
	for (; e == ERR_OK; number = at + 1) {
		at = number;
		e = alertlog_read(log, &at, &line, &position);
		q->lost |= e == ERR_OK ? at > number : number < alertlog_count(log);
		if (e != ERR_OK || position != q->position)
			break;
		put_alert(q, buf_view(&line), &shown);
	}
	buf_release(&line);
	buf_release(&shown);
	e = e == ERR_ABSENT ? ERR_OK : e;
	e = e == ERR_OK ? q->unshown : e;
	if (e != ERR_OK)
		answer_problem(q->r, 503, "alerts", "The alerts can't be read", err_name(e));
	return e == ERR_OK;
}

/* ---- the answer ---- */

static void put_outcome(struct buf *b, const struct question *q)
{
	static const char *const name[] = { [RECORD_OUTCOME_UNKNOWN] = "null",
		                                [RECORD_OUTCOME_ACCEPTED] = "\"accepted\"",
		                                [RECORD_OUTCOME_LATE] = "\"late\"",
		                                [RECORD_OUTCOME_REFUSED] = "\"refused\"" };
	enum record_outcome o = q->alerted ? RECORD_OUTCOME_ACCEPTED : q->outcome; /* only what is accepted is looked at */

	buf_printf(b, ",\"outcome\":%s,\"severity\":\"%s\",\"score\":%" PRId64, name[o],
	           q->severity == SEVERITY_NONE ? "none" : policy_severity_name(q->severity), q->score);
}

/* False: the answer is set. */
static bool journal_act(struct question *q)
{
	struct buf act;
	uint64_t position;

	act_begin(&act, "explain", &q->r->who, q->why);
	act_number(&act, "explained", (int64_t)q->position);
	act_text(&act, "tokens", buf_view(&q->tokens));
	if (q->tokens.err != ERR_OK)
		act.err = q->tokens.err;
	return http_act(q->r, &act, NULL, NULL, &position);
}

static void explain(struct request *r, struct question *q)
{
	buf_printf(&r->out, "{\"position\":%" PRIu64, q->position);
	if (!put_record(q))
		return;
	if (!writer_do(r->h->o.writer, find_policy, q)) {
		answer_problem(r, 503, "stopping", "The service is stopping", "try again after a second");
		return;
	}
	if (!find_alerts(q))
		return;
	if (q->rule != NULL && q->n_alerts == 0) {
		answer_problem(r, 404, "unknown", "No such alert",
		               "the position is there, but this rule raised no alert on it that you may see");
		return;
	}
	if (!journal_act(q))
		return;
	put_outcome(&r->out, q);
	put_policy(&r->out, &q->policy);
	buf_z(&r->out, ",\"alerts\":[");
	buf_text(&r->out, buf_view(&r->alerts));
	buf_z(&r->out, q->lost ? "],\"alerts_lost\":true}\n" : "]}\n");
	r->status = 200;
	if (r->out.err != ERR_OK || r->alerts.err != ERR_OK)
		answer_problem(r, 500, "memory", "Out of memory", "try again");
}

static void run_explain(struct request *r)
{
	const char *why = request_query(r, "reason");
	struct question q;

	if (!read_question(r, &q))
		return;
	q.why = text_trim(text_z(why == NULL ? "" : why));
	if (q.why.n > ACT_WHY_MAX) {
		answer_problem(r, 400, "reason", "The reason is too long", "it has at most 1000 bytes");
		return;
	}
	if (!request_reason(r, "reason", q.why))
		return;
	buf_init(&q.tokens, ACT_BYTES_MAX / 2);
	explain(r, &q);
	buf_release(&q.tokens);
}

const struct route http_explain_routes[] = {
	{ "GET", "/v1/explain/*", SCOPE_ALERTS, ROUTE_SLOW, run_explain },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
