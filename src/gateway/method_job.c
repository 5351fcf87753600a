/* method_job.c - POST /v1/method-scans: looks for new methods (outreach/method.h) in the journal's messages and in the reports and warnings of the desk, and makes drafts of bulletins of what it finds.
 *
 * It publishes nothing: a draft has evidence and waits for an editor. The same finding of the same week makes one draft, however often somebody looks (an idempotency key). The weeks end at the local midnight
 * before now, so that looking twice a day sees the same. The service looks by itself, too (setting methods.every); it is then a job like anybody's. */
#include <inttypes.h>
#include <sodium/randombytes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/bulletin.h"
#include "desk/incident.h"
#include "desk/warning.h"
#include "gateway/http_desk_int.h"
#include "gateway/pace.h"
#include "journal/written.h"
#include "outreach/method.h"

#define FIRST_AFTER_US (10 * US_PER_MINUTE)

enum {
	METHOD_USER = 65533, /* who commands: the search, as a key of the keys file would */
	SLICE = 1024,
	DRAFT_BYTES_MAX = 8192,
	NAME_SPACE_METHOD = 0x4d455448
};

struct scan {
	struct http *h;
	struct method *method;
	uint64_t from, next, drafts; /* positions of the journal that are read; drafts made */
	int64_t end_us;
	struct written *written;
	/* while the registry is read */
	struct job *job;
	enum err e;
	struct desk_order order;
	struct method_finding found[METHOD_FINDINGS_MAX];
};

static void release(void *ctx)
{
	struct scan *c = ctx;

	method_free(c->method);
	written_free(c->written);
	mem_free(c);
}

/* ---- messages ---- */

static enum err see_event(struct scan *c, const struct record *r)
{
	const struct schema_event *t;
	struct event event;
	enum err e = c->written == NULL ? ERR_FORMAT : record_event_take(c->written->recast, r, &event, NULL);

	if (e != ERR_OK)
		return e == ERR_FORMAT ? ERR_OK : e; /* of another schema: passed over */
	t = &c->written->schema.event[event.type];
	for (uint32_t i = 0; i < t->n_fields && e == ERR_OK; i++)
		if (t->field[i].type.dim == DIM_TEXT && event.value[i] != VALUE_MISSING)
			e = method_message(c->method, event.str[t->field[i].slot], event.time, r->position);
	return e;
}

/* From the segment in which the weeks that count begin. No event is further ahead of the time at which it is written than a day (engine.skew), so what is written earlier lies before them. */
static enum err open_reader(struct scan *c, struct journal_reader **reader)
{
	struct disk *d = c->h->o.fill.disk;
	int64_t weeks_us = (METHOD_WEEKS + 1) * 7 * US_PER_DAY;
	enum err e = journal_since(d, c->end_us - weeks_us - US_PER_DAY, &c->from);

	if (e == ERR_OK)
		e = journal_reader_open(reader, d, c->from, c->next);
	if (e == ERR_ABSENT) { /* let go meanwhile */
		c->from = 0;
		e = journal_reader_open(reader, d, 0, c->next);
	}
	return e;
}

static enum job_state read_journal(struct scan *c, struct job *j)
{
	struct journal_reader *reader = NULL;
	enum job_state state = JOB_RUNNING;
	struct record record;
	struct pace pace;
	uint64_t n = 0;
	enum err e = open_reader(c, &reader);

	pace_begin(&pace, c->h->o.writer);
	while (e == ERR_OK && state == JOB_RUNNING) {
		e = journal_read(reader, &record, NULL);
		if (e == ERR_OK && record.kind == RECORD_SCHEMA)
			e = written_follow(&c->written, record.payload);
		else if (e == ERR_OK && record.kind == RECORD_EVENT)
			e = see_event(c, &record);
		if (++n % SLICE != 0)
			continue;
		job_progress(j, journal_reader_next(reader), c->next);
		if (job_stopped(j))
			state = JOB_ABORTED;
		pace_give_way(&pace);
	}
	journal_reader_close(reader);
	if (state == JOB_RUNNING && e != ERR_ABSENT)
		state = job_fail(j, "journal", "The journal can't be read", text_z(err_name(e)), TEXT(""));
	return state;
}

/* ---- reports and warnings ---- */

static bool see_object(void *ctx, const struct registry_hit *h)
{
	const struct desk_object *o = h->object;
	struct scan *c = ctx;
	bool warning = o->kind == DESK_WARNING;
	int64_t scam = desk_i(o, warning ? WARNING_F_SCAM : INCIDENT_F_SCAM);
	uint32_t evidence = warning ? WARNING_F_EVIDENCE : INCIDENT_F_EVIDENCE;
	uint64_t position = desk_has(o, evidence) ? o->value[evidence].positions.p[0] : o->id >> DESK_ID_SHIFT;

	if (scam > 0)
		c->e = method_item(c->method, METHOD_SCAM, text_z(desk_scams.choice[scam].name), o->made_us, position);
	if (c->e == ERR_OK && warning && desk_has(o, WARNING_F_RULE))
		c->e = method_item(c->method, METHOD_RULE,
		                   text_of(o->value[WARNING_F_RULE].code.p, o->value[WARNING_F_RULE].code.n), o->made_us,
		                   position);
	if (c->e == ERR_CAP)
		c->e = ERR_OK;
	return c->e == ERR_OK && !job_stopped(c->job);
}

/* In order of their numbers, so that positions ascend nearly, and the same registry gives the same. */
static enum err see_objects(struct scan *c, uint8_t kind)
{
	struct registry_query q = { .kind = kind, .changed_from_us = c->end_us - (METHOD_WEEKS + 1) * 7 * US_PER_DAY };
	enum err e = registry_each(c->h->o.registry, &q, see_object, c);

	return e == ERR_OK ? c->e : e;
}

/* ---- drafts ---- */

static void put_words(struct buf *title, struct buf *text, const struct method_finding *f)
{
	uint32_t scam = f->sign == METHOD_SCAM ? desk_choice_find(&desk_scams, text_z(f->name)) : 0;

	switch (f->sign) {
	case METHOD_MESSAGES: buf_printf(title, "疑似新手法：相似短信本周 %" PRIu64 " 条", f->seen); break;
	case METHOD_SCAM:
		buf_printf(title, "“%s”类占比上升：本周 %" PRIu64 " 起", scam == 0 ? f->name : desk_scams.choice[scam].zh,
		           f->seen);
		break;
	default: buf_printf(title, "规则 %s 命中占比上升：本周 %" PRIu64 " 次", f->name, f->seen); break;
	}
	buf_printf(text,
	           "系统发现，待人工核实。本周 %" PRIu64 "（同类共 %" PRIu64 "），此前 %d 周 %" PRIu64 "（同类共 %" PRIu64
	           "）。\nFound by the search, to be checked: %" PRIu64 " of %" PRIu64 " this week, %" PRIu64 " of %" PRIu64
	           " in the %d weeks before; p = %.1e.\n",
	           f->seen, f->all, METHOD_WEEKS, f->before, f->all_before, f->seen, f->all, f->before, f->all_before,
	           METHOD_WEEKS, f->p);
	if (f->words.n > 0) {
		buf_z(text, "短信共同内容 what the messages have in common：");
		buf_text(text, f->words);
		buf_char(text, '\n');
	}
}

static enum err keep_words(struct scan *c, const struct method_finding *f, unsigned char ref[2][TEXT_REF_BYTES])
{
	struct buf title, text;
	struct text plain[2];
	enum err e;

	buf_init(&title, DRAFT_BYTES_MAX);
	buf_init(&text, DRAFT_BYTES_MAX);
	put_words(&title, &text, f);
	plain[0] = buf_view(&title);
	plain[1] = buf_view(&text);
	randombytes_buf(ref, 2 * (size_t)TEXT_REF_BYTES);
	e = title.err != ERR_OK ? title.err : text.err;
	if (e == ERR_OK)
		e = texts_add(c->h->o.texts, (const unsigned char(*)[TEXT_REF_BYTES])ref, plain, 2, c->h->o.now_us());
	buf_release(&title);
	buf_release(&text);
	return e;
}

static void forget_words(struct scan *c, unsigned char ref[2][TEXT_REF_BYTES])
{
	for (int i = 0; i < 2; i++)
		if (texts_erase(c->h->o.texts, ref[i]) != ERR_OK)
			return; /* sealed, and nothing refers to it */
}

static enum err draft(struct scan *c, const struct method_finding *f)
{
	struct desk_command *d = &c->order.command;
	unsigned char ref[2][TEXT_REF_BYTES];
	char said[METHOD_NAME_MAX + 64];
	struct token key;
	int n = snprintf(said, sizeof(said), "%d %s %" PRId64, (int)f->sign, f->name, c->end_us);
	uint32_t scam = f->sign == METHOD_SCAM ? desk_choice_find(&desk_scams, text_z(f->name)) : 0;
	enum err e = keep_words(c, f, ref);

	if (e != ERR_OK)
		return e;
	key = hash_token(c->h->o.key, NAME_SPACE_METHOD, text_of(said, (size_t)n));
	c->order = (struct desk_order){ .keyed = true };
	memcpy(c->order.key, &key, sizeof(c->order.key));
	desk_command_init(d, DESK_BULLETIN, BULLETIN_DO_DRAFT, 0);
	d->user = METHOD_USER;
	d->roles = 1u << ROLE_ANALYST;
	desk_give_ref(d, BULLETIN_F_TITLE, ref[0]);
	desk_give_ref(d, BULLETIN_F_TEXT, ref[1]);
	desk_give_i(d, BULLETIN_F_SIGN, f->sign);
	if (desk_code_ok(text_z(f->name)))
		desk_give_code(d, BULLETIN_F_METHOD, text_z(f->name));
	if (scam != 0)
		desk_give_i(d, BULLETIN_F_SCAM, scam);
	desk_give_i(d, BULLETIN_F_SEEN, (int64_t)(f->seen > INT32_MAX ? INT32_MAX : f->seen));
	desk_give_i(d, BULLETIN_F_BEFORE, (int64_t)(f->before > INT32_MAX ? INT32_MAX : f->before));
	desk_give_i(d, BULLETIN_F_WEEK, c->end_us - 7 * US_PER_DAY);
	desk_give_positions(d, BULLETIN_F_EVIDENCE, f->position, f->n_positions);
	e = desk_gate_do(c->h->o.gate, 0, &c->order, 1);
	if (e != ERR_OK || c->order.repeated || c->order.outcome.refusal != DESK_OK)
		forget_words(c, ref);
	c->drafts += e == ERR_OK && !c->order.repeated && c->order.outcome.refusal == DESK_OK;
	return e;
}

static enum job_state tell(struct scan *c, struct job *j, uint32_t found)
{
	struct buf *b = job_result(j);
	struct method_counts n;

	method_counts(c->method, &n);
	buf_printf(b,
	           "{\"from\":%" PRIu64 ",\"messages\":%" PRIu64 ",\"clusters\":%" PRIu64 ",\"dropped\":%" PRIu64
	           ",\"items\":%" PRIu64 ",\"drafts\":%" PRIu64 ",\"findings\":[",
	           c->from, n.messages, n.clusters, n.dropped, n.items, c->drafts);
	for (uint32_t i = 0; i < found; i++) {
		const struct method_finding *f = &c->found[i];
		static const char *const sign[METHOD_SIGNS] = { "", "messages", "scam", "rule" };

		buf_printf(b, "%s{\"sign\":\"%s\",\"name\":", i > 0 ? "," : "", sign[f->sign]);
		buf_json(b, text_z(f->name));
		buf_printf(b,
		           ",\"seen\":%" PRIu64 ",\"before\":%" PRIu64 ",\"all\":%" PRIu64 ",\"all_before\":%" PRIu64
		           ",\"p\":%.3e}",
		           f->seen, f->before, f->all, f->all_before, f->p);
	}
	buf_z(b, "]}");
	return JOB_DONE;
}

static enum job_state run(struct job *j, void *ctx)
{
	struct scan *c = ctx;
	enum job_state state;
	uint32_t found = 0;
	enum err e = method_new(&c->method, c->end_us);

	if (e != ERR_OK)
		return job_fail(j, "memory", "Out of memory", TEXT("try again later"), TEXT(""));
	state = read_journal(c, j);
	if (state != JOB_RUNNING)
		return state;
	c->job = j;
	e = see_objects(c, DESK_INCIDENT);
	if (e == ERR_OK)
		e = see_objects(c, DESK_WARNING);
	if (job_stopped(j))
		return JOB_ABORTED;
	if (e == ERR_OK)
		found = method_find(c->method, c->found);
	for (uint32_t i = 0; i < found && e == ERR_OK; i++)
		e = draft(c, &c->found[i]);
	if (e != ERR_OK)
		return job_fail(j, "desk", "The desk can't be used now", text_z(err_name(e)), TEXT(""));
	return tell(c, j, found);
}

static enum err submit(struct http *h, struct job_order *o, uint64_t *id)
{
	struct writer_counts counts;
	struct scan *c = mem_alloc(sizeof(*c));
	enum err e;

	if (c == NULL)
		return ERR_MEMORY;
	writer_counts(h->o.writer, &counts);
	c->h = h;
	c->next = counts.next;
	c->end_us = desk_day(h->o.now_us());
	o->kind = "method-scan";
	o->lonely = true;
	o->run = run;
	o->release = release;
	o->ctx = c;
	e = jobs_submit(h->jobs, o, id);
	if (e != ERR_OK)
		release(c);
	return e;
}

static void run_scan(struct request *r)
{
	struct job_order o = { .who = r->who };
	struct desk_asker a;
	uint64_t id = 0;
	json_t *body;
	enum err e;

	if (!desk_asker(r, &a))
		return;
	if ((a.roles & (1u << ROLE_ANALYST | 1u << ROLE_EDITOR | 1u << ROLE_LEADER)) == 0) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, NULL, 0, NULL);
		return;
	}
	body = request_json(r);
	if (body == NULL || !request_why(r, body, &o.why)) {
		json_decref(body);
		return;
	}
	e = submit(r->h, &o, &id);
	json_decref(body);
	answer_job(r, e, id);
}

/* Looked at every second: is it time? One that is under way counts when the next one can begin. */
static enum err look_by_itself(void *ctx, const atomic_bool *stop, struct buf *why)
{
	struct http *h = ctx;
	const struct in_force *f = live_take(h->o.live);
	int64_t every_us = f->config.methods_every_us, now_us = h->o.now_us(), due_us;
	struct job_order o = { .who = { .tenant = "duanka" }, .why = TEXT("by itself 自动查找") };
	uint64_t id;
	enum err e;

	(void)stop;
	(void)why;
	in_force_free(f);
	if (h->methods_begun_us == 0)
		h->methods_begun_us = now_us;
	due_us = h->methods_last_us ? h->methods_last_us + every_us
	                            : h->methods_begun_us + (every_us < FIRST_AFTER_US ? every_us : FIRST_AFTER_US);
	if (every_us == 0 || now_us < due_us)
		return ERR_OK;
	e = submit(h, &o, &id);
	if (e == ERR_OK)
		h->methods_last_us = now_us;
	return e == ERR_STOPPED || e == ERR_CAP ? ERR_OK : e; /* later */
}

struct tender_duty methods_duty(struct http *h)
{
	return (struct tender_duty){
		.name = "looking for new methods", .run = look_by_itself, .ctx = h, .every_us = US_PER_SECOND
	};
}

/* ---- who has read a bulletin ---- */

struct reading_count {
	uint64_t read, late, outlets;
};

static bool count_reading(void *ctx, const struct registry_hit *h)
{
	struct reading_count *c = ctx;

	c->read++;
	c->late += desk_i(h->object, READING_F_LATE) != 0;
	c->outlets += desk_has(h->object, READING_F_OUTLET);
	return true;
}

static void run_receipts(struct request *r)
{
	struct reading_count c = { .read = 0 };
	struct registry_query q = { .kind = DESK_READING }, all = { .kind = DESK_OUTLET, .open = true };
	uint64_t outlets = 0;
	struct desk_object b;
	struct desk_asker a;
	enum err e = ERR_OK;

	if (!desk_asker(r, &a) || !desk_asked_object(r, &a, &desk_bulletin, r->arg[0], &b))
		return;
	q.entity = desk_thing(b.id);
	e = registry_each(r->h->o.registry, &q, count_reading, &c);
	if (e == ERR_OK)
		e = registry_count(r->h->o.registry, &all, UINT32_MAX, &outlets);
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	buf_z(&r->out, "{\"bulletin\":");
	desk_put_id(&r->out, DESK_BULLETIN, b.id);
	buf_z(&r->out, ",\"read_by\":");
	desk_put_time(&r->out, desk_i(&b, BULLETIN_F_READ_BY));
	buf_printf(&r->out,
	           ",\"read\":%" PRIu64 ",\"late\":%" PRIu64 ",\"outlets_read\":%" PRIu64 ",\"outlets\":%" PRIu64 "}\n",
	           c.read, c.late, c.outlets, outlets);
	r->status = 200;
}

const struct route http_methods_routes[] = {
	{ "POST", "/v1/method-scans", SCOPE_DESK, ROUTE_SLOW, run_scan },
	{ "GET", "/v1/bulletins/*/receipts", SCOPE_DESK, ROUTE_SLOW, run_receipts },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
