/* shard.c - the path of a group of events, and of recovery; see shard.h.
 *
 *   shard_apply:  known keys answered | records put, names with them | engine_apply | journal_commit | answers and alerts
 *   shard_open:   journal_open (cuts a torn tail) | newest snapshot | replay of the rest | ready
 * Both end in the same engine calls with the same events in the same order; that is all there is to determinism. */
#include "shard/shard.h"
#include "base/mem.h"
#include "journal/record_int.h"
#include "shard/replay_int.h"
#include "show/alert_json.h"

/* ---- what the engine tells ---- */

static void see_alert(void *ctx, const struct shower *shower, const struct alert *a)
{
	struct shard *s = ctx;
	struct told *t;

	if (s->n_told == s->told_cap) {
		uint32_t cap = s->told_cap == 0 ? 64 : 2 * s->told_cap;
		struct told *more = mem_resize(s->told, cap * sizeof(*more));

		if (more == NULL) {
			s->err = ERR_MEMORY;
			return;
		}
		s->told = more;
		s->told_cap = cap;
	}
	t = &s->told[s->n_told++];
	*t = (struct told){ .position = a->event->position,
		                .line_at = s->lines.n,
		                .brief_at = s->briefs.n,
		                .score = a->decision_score,
		                .severity = a->decision_severity };
	alert_json(&s->lines, shower, a, "journal", s->o.evidence_max);
	t->line_n = s->lines.n - t->line_at;
	alert_json_brief(&s->briefs, shower, a, "journal");
	t->brief_n = s->briefs.n - t->brief_at;
	buf_char(&s->briefs, ',');
}

static void telling_begins(struct shard *s)
{
	s->n_told = 0;
	s->err = ERR_OK;
	buf_clear(&s->lines);
	buf_clear(&s->briefs);
}

static enum err telling_ends(const struct shard *s)
{
	return s->err != ERR_OK ? s->err : s->lines.err != ERR_OK ? s->lines.err : s->briefs.err;
}

static void tell(struct shard *s)
{
	for (uint32_t i = 0; s->o.alert != NULL && i < s->n_told; i++)
		s->o.alert(s->o.ctx, s->told[i].position, text_of(s->lines.p + s->told[i].line_at, s->told[i].line_n));
}

/* What was told about one position; *at goes on behind it. told is in the order of positions. */
static void collect(const struct shard *s, uint32_t *at, struct shard_answer *a)
{
	size_t from = *at < s->n_told ? s->told[*at].brief_at : 0;

	for (; *at < s->n_told && s->told[*at].position == a->position; ++*at) {
		const struct told *t = &s->told[*at];

		a->n_alerts++;
		a->severity = t->severity > a->severity ? t->severity : a->severity;
		a->score = t->score > a->score ? t->score : a->score;
		a->alerts = text_of(s->briefs.p + from, t->brief_at + t->brief_n - from);
	}
}

static struct repeat remembered(const unsigned char *key, uint16_t organisation, const struct shard_answer *a)
{
	struct repeat r = { .position = a->position,
		                .organisation = organisation,
		                .score = a->score,
		                .severity = (uint8_t)a->severity,
		                .outcome = (uint8_t)a->outcome,
		                .n_alerts = a->n_alerts };

	memcpy(r.key, key, sizeof(r.key));
	if (a->alerts.n <= SHARD_REPEAT_BYTES_MAX) {
		r.alerts_bytes = (uint32_t)a->alerts.n;
		r.alerts = (char *)(uintptr_t)a->alerts.p; /* copied, not written to */
	}
	return r;
}

/* ---- a group ---- */

static void answer_again(struct shard_answer *a, const struct repeat *r)
{
	*a = (struct shard_answer){ .outcome = (enum err)r->outcome,
		                        .repeated = true,
		                        .position = r->position,
		                        .severity = (enum severity)r->severity,
		                        .score = r->score,
		                        .n_alerts = r->n_alerts,
		                        .alerts = text_of(r->alerts, r->alerts_bytes) };
}

/* An event, an act or a command. */
static void put_item(struct shard *s, struct shard_item *it, uint64_t position)
{
	bool act = it->event == NULL && it->act.n > 0;
	struct record r = { .kind = it->event != NULL ? RECORD_EVENT
		                        : act             ? RECORD_ACT
		                                          : RECORD_COMMAND,
		                .flags = (it->keyed ? RECORD_KEYED : 0) | (it->mended ? RECORD_MENDED : 0) |
		                         (act ? RECORD_LEADS : 0),
		                .organisation = it->organisation,
		                .time = it->event != NULL ? it->event->time : it->time_us };
	size_t at = s->records.n;

	record_put(&s->records, &r);
	if (it->keyed)
		buf_add(&s->records, it->key, sizeof(it->key));
	if (it->event != NULL) {
		it->event->position = position;
		it->event->source = it->organisation; /* as a replay will read it */
		it->event->line = it->event->offset = 0;
		record_event_put(&s->records, &s->g->policy->schema, it->event);
	} else {
		buf_text(&s->records, act ? it->act : it->command);
	}
	record_sized(&s->records, at);
}

/* What is new gets positions and records; those whose key is known wait for the end. */
static enum err admit(struct shard *s, struct shard_item *item, uint32_t n)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < n && e == ERR_OK; i++) {
		struct shard_item *it = &item[i];
		struct repeat r = { .position = journal_next(s->journal) + s->n_fresh, .organisation = it->organisation };

		it->answer = (struct shard_answer){ .repeated = it->keyed && repeats_find(s->repeats, it->key) != NULL };
		if (it->answer.repeated)
			continue;
		if (it->keyed) {
			memcpy(r.key, it->key, sizeof(r.key));
			e = repeats_add(s->repeats, &r);
		}
		it->answer.position = r.position;
		s->fresh_at[s->n_fresh] = s->records.n;
		s->fresh[s->n_fresh++] = it;
		put_item(s, it, r.position);
	}
	return e == ERR_OK ? s->records.err : e;
}

/* *n more records, none or one. */
static enum err put_names(struct shard *s, uint32_t *n)
{
	struct event *event[SHARD_ITEMS_MAX];
	struct record r = { .kind = RECORD_NAMES };
	uint32_t n_events = 0;
	enum err e;

	for (uint32_t i = 0; i < s->n_fresh; i++)
		if (s->fresh[i]->event != NULL)
			event[n_events++] = s->fresh[i]->event;
	if (s->o.names == NULL || n_events == 0)
		return ERR_OK;
	buf_clear(&s->names);
	e = s->o.names(s->o.names_ctx, &s->g->policy->schema, event, n_events, &s->names);
	if (e != ERR_OK || s->names.n == 0)
		return e;
	r.time = event[0]->time;
	r.payload = buf_view(&s->names);
	record_put(&s->records, &r);
	*n = 1;
	return s->records.err;
}

static enum record_outcome noted(enum err outcome)
{
	return outcome == ERR_OK     ? RECORD_OUTCOME_ACCEPTED
	       : outcome == ERR_LATE ? RECORD_OUTCOME_LATE
	                             : RECORD_OUTCOME_REFUSED;
}

/* Its record is not committed yet: it notes what came of it. */
static void note_outcome(struct shard *s, uint32_t i, enum err outcome)
{
	s->fresh[i]->answer.outcome = outcome;
	record_flag(&s->records, s->fresh_at[i], record_outcome_flags(noted(outcome)));
}

/* The events; a command is taken as it is. */
static void decide(struct shard *s)
{
	struct event *event[ENGINE_BATCH_MAX];
	uint32_t fresh[ENGINE_BATCH_MAX];
	enum err outcome[ENGINE_BATCH_MAX];
	uint32_t n = 0;

	for (uint32_t at = 0; at <= s->n_fresh; at++) {
		if (n == ENGINE_BATCH_MAX || (at == s->n_fresh && n > 0)) {
			engine_apply(s->g->engine, event, n, outcome);
			for (uint32_t i = 0; i < n; i++)
				note_outcome(s, fresh[i], outcome[i]);
			n = 0;
		}
		if (at < s->n_fresh && s->fresh[at]->event != NULL) {
			fresh[n] = at;
			event[n++] = s->fresh[at]->event;
		}
	}
}

static enum err settle(struct shard *s, struct shard_item *item, uint32_t n)
{
	uint32_t at = 0;
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < s->n_fresh && e == ERR_OK; i++) {
		struct shard_answer *a = &s->fresh[i]->answer;

		collect(s, &at, a);
		if (s->fresh[i]->keyed) {
			struct repeat r = remembered(s->fresh[i]->key, s->fresh[i]->organisation, a);

			e = repeats_decide(s->repeats, &r);
		}
	}
	for (uint32_t i = 0; i < n && e == ERR_OK; i++)
		if (item[i].answer.repeated) {
			const struct repeat *r = repeats_find(s->repeats, item[i].key);

			CHECK(r != NULL); /* nothing goes within a group */
			answer_again(&item[i].answer, r);
		}
	return e;
}

enum err shard_apply(struct shard *s, struct shard_item *item, uint32_t n)
{
	uint32_t n_names = 0;
	enum err e;

	CHECK(n <= SHARD_ITEMS_MAX);
	if (s->dead)
		return ERR_STOPPED;
	s->n_fresh = 0;
	buf_clear(&s->records);
	repeats_trim(s->repeats); /* not sooner: answers of the last group pointed into what is remembered */
	telling_begins(s);
	e = admit(s, item, n);
	if (e == ERR_OK)
		e = put_names(s, &n_names);
	if (e == ERR_OK) {
		decide(s);
		e = telling_ends(s);
	}
	if (e == ERR_OK && s->n_fresh > 0)
		e = journal_commit(s->journal, buf_view(&s->records), s->n_fresh + n_names);
	if (e == ERR_OK)
		e = settle(s, item, n);
	s->n_fresh = 0;
	if (e == ERR_OK)
		tell(s);
	s->dead = e != ERR_OK;
	return e;
}

enum err shard_note(struct shard *s, enum record_kind kind, int64_t time_us, uint16_t organisation, struct text payload)
{
	struct record r = { .kind = (uint8_t)kind, .organisation = organisation, .time = time_us, .payload = payload };
	enum err e;

	if (s->dead)
		return ERR_STOPPED;
	if (kind == RECORD_TICK)
		journal_now(s->journal, time_us);
	buf_clear(&s->records);
	record_put(&s->records, &r);
	e = s->records.err != ERR_OK ? s->records.err : journal_commit(s->journal, buf_view(&s->records), 1);
	s->dead = e != ERR_OK;
	return e;
}

/* ---- opening ---- */

struct generation_options shard_generation_options(struct shard *s)
{
	return (struct generation_options){ .key = s->o.key,
		                                .read_zone = s->o.read_zone,
		                                .zone_ctx = s->o.zone_ctx,
		                                .engine = s->o.engine,
		                                .lateness_us = s->o.lateness_us,
		                                .hear = see_alert,
		                                .ctx = s };
}

static enum err load_snapshot(struct shard *s, struct shard_found *found, struct buf *why)
{
	struct generation_options go = shard_generation_options(s);
	struct snapshot_file f;
	struct engine_stream stream = { .ctx = &f, .io = snapshot_read, .loading = true };
	struct generation *g = NULL;
	uint64_t position = 0, digest = 0;
	uint32_t n = 0;
	struct buf payload;
	enum err e = snapshot_open(&f, s->o.disk, s->o.key, journal_next(s->journal), &position, &found->snapshots_unfit);

	if (e != ERR_OK)
		return e;
	buf_init(&payload, RECORD_PAYLOAD_MAX);
	e = snapshot_read(&f, &n, sizeof(n));
	if (e == ERR_OK) {
		payload.p = n > RECORD_PAYLOAD_MAX ? NULL : mem_alloc((size_t)n + 1);
		payload.cap = (size_t)n + 1;
		payload.n = n;
		e = payload.p == NULL ? ERR_MEMORY : snapshot_read(&f, payload.p, n);
	}
	if (e == ERR_OK)
		e = snapshot_read(&f, &digest, sizeof(digest));
	if (e == ERR_OK)
		e = generation_new(&g, buf_view(&payload), &go, why);
	if (e == ERR_OK && g->plan_digest != digest)
		e = ERR_ABSENT; /* another build lays state out otherwise: the journal tells it all again */
	if (e == ERR_OK)
		e = engine_state(g->engine, &stream);
	if (e == ERR_OK)
		e = repeats_state(s->repeats, &stream, f.roomless);
	if (e == ERR_OK)
		e = versions_state(&s->versions, &stream);
	if (e == ERR_OK && s->versions.n == 0)
		e = ERR_FORMAT;
	buf_release(&payload);
	snapshot_close(&f);
	if (e != ERR_OK) {
		generation_free(g);
		repeats_clear(s->repeats);
		versions_clear(&s->versions);
		found->snapshots_unfit++;
		return e == ERR_FORMAT ? ERR_ABSENT : e;
	}
	s->g = g;
	g->edition->position = s->versions.version[s->versions.n - 1].position;
	found->snapshot = position;
	return ERR_OK;
}

/* Recovery goes through here after each group: repeated keys learn their answers, and alerts are told again (they have the ids they
 * had, so that whoever knows them already passes over them). */
static enum err on_group(void *ctx, const struct replay_group *g)
{
	struct shard *s = ctx;
	uint32_t at = 0;
	enum err e = telling_ends(s);

	for (uint32_t i = 0; i < g->n && e == ERR_OK; i++) {
		struct shard_answer a = { .outcome = g->outcome[i], .position = g->event[i].position };
		struct repeat r;

		collect(s, &at, &a);
		if (!g->keyed[i] || repeats_find(s->repeats, g->key[i]) != NULL)
			continue;
		r = remembered(g->key[i], (uint16_t)g->event[i].source, &a);
		e = repeats_add(s->repeats, &r);
		repeats_trim(s->repeats);
	}
	if (e == ERR_OK)
		tell(s);
	telling_begins(s);
	return e;
}

static enum err on_record(void *ctx, const struct record *r)
{
	struct shard *s = ctx;
	struct repeat known = { .position = r->position, .organisation = r->organisation };
	struct text payload;
	enum err e;

	if (r->kind != RECORD_COMMAND)
		return versions_see(&s->versions, r);
	if (!record_unkeyed(r, known.key, &payload))
		return ERR_FORMAT;
	if ((r->flags & RECORD_KEYED) == 0 || repeats_find(s->repeats, known.key) != NULL)
		return ERR_OK;
	e = repeats_add(s->repeats, &known);
	repeats_trim(s->repeats);
	return e;
}

static enum err recover(struct shard *s, struct shard_found *found, struct buf *why)
{
	struct generation_options go = shard_generation_options(s);
	struct replay r = { .disk = s->o.disk,
		                .options = &go,
		                .g = &s->g,
		                .end = journal_next(s->journal),
		                .follow_policies = true,
		                .on_group = on_group,
		                .on_record = on_record,
		                .ctx = s };
	bool all = s->o.whole && found->journal.first <= 1;
	enum err e = all ? ERR_ABSENT : load_snapshot(s, found, why);

	if (e != ERR_OK && e != ERR_ABSENT)
		return e;
	buf_clear(why);
	telling_begins(s);
	r.from = found->snapshot > 0 ? found->snapshot + 1 : 0;
	e = replay_run(&r, why);
	found->replayed = r.records;
	if (e == ERR_OK && s->g == NULL) {
		buf_z(why, "journal: no policy record is left in it and there is no usable snapshot");
		e = ERR_FORMAT;
	}
	if (e != ERR_OK)
		return e;
	buf_clear(&s->schema);
	record_schema_put(&s->schema, &s->g->policy->schema);
	return s->schema.err == ERR_OK ? journal_schema(s->journal, buf_view(&s->schema)) : s->schema.err;
}

static enum err open_journal(struct shard *s, struct shard_found *found, struct buf *why)
{
	struct generation_options go = shard_generation_options(s);
	struct journal_options jo = { .segment_bytes_max = s->o.segment_bytes_max, .now_us = s->o.now_us };
	enum err e = generation_new(&s->g, s->o.policy, &go, why);

	if (e != ERR_OK)
		return e;
	memcpy(jo.id, s->o.journal_id, sizeof(jo.id));
	record_schema_put(&s->schema, &s->g->policy->schema);
	e = s->schema.err;
	if (e == ERR_OK)
		e = journal_open(&s->journal, s->o.disk, &jo, buf_view(&s->schema), &found->journal, why);
	if (e != ERR_OK)
		return e;
	if (journal_next(s->journal) == 1) /* new, or cut off before its first record */
		return change_commit(s, s->g, &(struct shard_act){ .time_us = s->o.now_us }, TEXT(""), 0);
	generation_free(s->g);
	s->g = NULL;
	return recover(s, found, why);
}

enum err shard_open(struct shard **out, const struct shard_options *o, struct shard_found *found, struct buf *why)
{
	struct shard *s = mem_alloc(sizeof(*s));
	enum err e;

	*found = (struct shard_found){ .snapshot = 0 };
	if (s == NULL)
		return ERR_MEMORY;
	s->o = *o;
	s->o.repeats_max = o->repeats_max < SHARD_ITEMS_MAX ? SHARD_ITEMS_MAX : o->repeats_max;
	buf_init(&s->records, JOURNAL_BATCH_MAX);
	buf_init(&s->names, RECORD_PAYLOAD_MAX);
	buf_init(&s->lines, SHARD_ALERT_BYTES_MAX);
	buf_init(&s->briefs, SHARD_ALERT_BYTES_MAX);
	buf_init(&s->schema, RECORD_PAYLOAD_MAX);
	versions_init(&s->versions);
	e = repeats_new(&s->repeats, s->o.repeats_max);
	if (e == ERR_OK)
		e = open_journal(s, found, why);
	if (e != ERR_OK) {
		shard_close(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void shard_close(struct shard *s)
{
	if (s == NULL)
		return;
	journal_close(s->journal);
	generation_free(s->g);
	repeats_free(s->repeats);
	versions_release(&s->versions);
	buf_release(&s->records);
	buf_release(&s->names);
	buf_release(&s->lines);
	buf_release(&s->briefs);
	buf_release(&s->schema);
	mem_free(s->told);
	mem_free(s);
}

void shard_keep(struct shard *s, uint32_t snapshots)
{
	s->o.snapshots_kept = snapshots;
}

uint64_t shard_next(const struct shard *s)
{
	return journal_next(s->journal);
}

/* Records before *before are not needed by a recovery. ERR_ABSENT: all of them are. */
static enum err needed_from(const struct shard *s, uint64_t *before)
{
	uint64_t snapshot = 0;
	enum err e = snapshot_oldest(s->o.disk, &snapshot);

	*before = s->g->edition->position;
	if (e == ERR_OK && snapshot + 1 < *before)
		*before = snapshot + 1;
	return e;
}

enum err shard_aged(struct shard *s, int64_t keep_from_us, uint64_t *stays)
{
	uint64_t before;
	enum err e = needed_from(s, &before);

	return e != ERR_OK ? e : journal_aged(s->journal, keep_from_us, before, stays);
}

enum err shard_expire(struct shard *s, int64_t keep_from_us, uint64_t kept, uint32_t *removed)
{
	uint64_t before;
	enum err e = needed_from(s, &before);

	*removed = 0;
	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e;
	return journal_expire(s->journal, keep_from_us, kept < before ? kept : before, removed);
}

bool shard_sealed(struct shard *s)
{
	char name[JOURNAL_NAME_BYTES];

	return journal_sealed(s->journal, name);
}

void shard_chain(const struct shard *s, unsigned char chain[JOURNAL_CHAIN_BYTES])
{
	journal_chain(s->journal, chain);
}

bool shard_dead(const struct shard *s)
{
	return s->dead;
}

const struct engine *shard_engine(const struct shard *s)
{
	return s->g->engine;
}

const struct policy *shard_policy_in_force(const struct shard *s)
{
	return s->g->policy;
}

struct edition *shard_edition(struct shard *s)
{
	return s->g->edition;
}
