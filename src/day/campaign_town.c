/* campaign_town.c - see campaign_town.h. */
#include "day/campaign_town.h"
#include <inttypes.h>
#include <stdio.h>
#include "base/mem.h"
#include "gateway/projecting.h"

enum {
	LINES_MAX = 1 << 28
};
const struct hash_key campaign_year_key = { { 21 } };
static const char policy[] =
	"entity phone { holder: person }, account { holder: person }, person, device, cell, outlet\n"
	"event call { caller: phone, callee: phone }\n"
	"event open_card { phone: phone, person: person, district: text? } sets phone.holder = person\n"
	"rule contacted on call about caller when count(call by caller over 1h) >= 2\n"
	"  then alert red, score 50, propose warn(callee.holder) basis \"反电信网络诈骗法第34条, AFL Art 34\"\n"
	"  because \"{count(call by caller over 1h)} calls\"\n";

bool town_well(struct town *t, enum err e)
{
	if (t->err == ERR_OK)
		t->err = e;
	return t->err == ERR_OK;
}

/* ---- the journal ---- */

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void hear(void *ctx, uint64_t position, struct text line)
{
	struct town *t = ctx;

	if (t->n_told == t->told_cap) {
		uint32_t cap = t->told_cap ? 2 * t->told_cap : 1024;
		struct told *p = mem_resize(t->told, cap * sizeof(*p));

		if (!town_well(t, p == NULL ? ERR_MEMORY : ERR_OK))
			return;
		t->told = p;
		t->told_cap = cap;
	}
	t->told[t->n_told++] = (struct told){ position, t->lines.n, line.n };
	buf_text(&t->lines, line);
	town_well(t, t->lines.err);
}

static enum err told_begin(void *ctx, uint64_t position)
{
	struct town *t = ctx;

	for (t->next_told = 0; t->next_told < t->n_told && t->told[t->next_told].position < position;)
		t->next_told++;
	return ERR_OK;
}

static enum err told_next(void *ctx, struct buf *line, uint64_t *position)
{
	struct town *t = ctx;
	const struct told *at;

	if (t->next_told == t->n_told)
		return ERR_ABSENT;
	at = &t->told[t->next_told++];
	buf_clear(line);
	buf_text(line, text_of(t->lines.p + at->at, at->n));
	*position = at->position;
	return line->err;
}

static void town_flush(struct town *t)
{
	if (t->n > 0 && t->err == ERR_OK)
		town_well(t, shard_apply(t->shard, t->item, t->n));
	t->n = 0;
}

void town_command(struct town *t, struct desk_command *c, enum desk_role role, uint64_t user)
{
	struct buf *b = &t->command[t->n];

	c->user = user;
	c->roles = 1U << role;
	buf_clear(b);
	desk_command_put(b, c);
	if (!town_well(t, b->err))
		return;
	t->item[t->n++] = (struct shard_item){ .time_us = t->now_us, .command = buf_view(b) };
	if (t->n == TOWN_BATCH)
		town_flush(t);
}

/* Of pairs; its identifiers are told by out, if it is not NULL. */
void town_event(struct town *t, struct event_pair *p, uint32_t n, struct token out[2])
{
	struct built *e = &t->built[t->n];
	struct event_builder b = { .schema = &shard_policy_in_force(t->shard)->schema,
		                       .key = &campaign_year_key,
		                       .bytes = e->bytes,
		                       .cap = sizeof(e->bytes) };
	struct text wrong;
	char time[32];

	if (t->err != ERR_OK)
		return;
	snprintf(time, sizeof(time), "%" PRId64, t->now_us);
	p[1] = (struct event_pair){ TEXT("time"), text_z(time) };
	CHECK(event_build(&b, p, n, &e->event, &wrong) == BAD_NONE); /* the town's own */
	if (out != NULL)
		for (int i = 0; i < 2; i++)
			out[i] = e->event.ident[i].token;
	t->item[t->n++] = (struct shard_item){ .event = &e->event };
	town_flush(t); /* texts of an event live until here */
}

void town_until(struct town *t, int64_t us)
{
	town_flush(t);
	if (us <= t->now_us || t->err != ERR_OK)
		return;
	t->now_us = us;
	town_well(t, shard_note(t->shard, RECORD_TICK, us, 0, TEXT("")));
}

void town_project(struct town *t)
{
	struct projecting_options o = { .journal = t->o->disk,
		                            .registry = t->registry,
		                            .alerts = { told_begin, told_next, t } };
	struct projecting *p = NULL;
	uint64_t begins;
	bool more = true;

	town_flush(t);
	if (t->err != ERR_OK || !town_well(t, projecting_open(&p, &o, &begins)))
		return;
	while (more && town_well(t, projecting_batch(p, shard_next(t->shard), &more)))
		;
	if (t->err == ERR_OK)
		town_well(t, projecting_settle(p));
	projecting_close(p);
}

static bool keep(void *ctx, const struct registry_hit *h)
{
	*(struct desk_object *)ctx = *h->object;
	return true;
}

/* The last object of the kind, into t->found. */
uint64_t town_last(struct town *t, uint8_t kind)
{
	struct registry_query q = { .kind = kind };

	t->found.kind = 0;
	if (t->err == ERR_OK)
		town_well(t, registry_each(t->registry, &q, keep, &t->found));
	CHECK(t->err != ERR_OK || t->found.kind == kind);
	return t->found.id;
}

/* ---- opening and closing ---- */

static void open_journal(struct town *t)
{
	struct policy_file f = { TEXT("0.dk"), TEXT(policy) };
	struct shard_options so = { .disk = t->o->disk,
		                        .key = &campaign_year_key,
		                        .read_zone = no_zone,
		                        .lateness_us = US_PER_DAY,
		                        .now_us = t->o->start_us,
		                        .snapshots_kept = 1,
		                        .evidence_max = 3,
		                        .alert = hear,
		                        .ctx = t };
	struct shard_found found;
	int n = snprintf(t->registry_path, sizeof(t->registry_path), "%s/registry.sqlite", t->o->folder);
	int k = snprintf(t->roster, sizeof(t->roster), "%s/campaigns/roster", t->o->folder);

	if (n < 0 || k < 0 || (size_t)n >= sizeof(t->registry_path) || (size_t)k >= sizeof(t->roster))
		town_well(t, ERR_CAP);
	edition_put_files(&t->policy, &f, 1);
	so.policy = buf_view(&t->policy);
	engine_options_default(&so.engine);
	so.engine.state_bytes_max = (uint64_t)1 << 27;
	t->phone = mem_alloc_array(t->o->people, sizeof(*t->phone));
	t->who = mem_alloc_array(t->o->people, sizeof(*t->who));
	t->reached = mem_alloc_array(t->o->people, sizeof(*t->reached));
	t->agenda = mem_alloc_array(2 * (size_t)t->o->people, sizeof(*t->agenda));
	if (t->phone == NULL || t->who == NULL || t->reached == NULL || t->agenda == NULL)
		town_well(t, ERR_MEMORY);
	if (town_well(t, t->policy.err))
		town_well(t, shard_open(&t->shard, &so, &found, t->why));
	if (t->err == ERR_OK)
		town_well(t, registry_open(&t->registry, t->registry_path, t->why));
}

void town_open(struct town *t, const struct campaign_year *o, struct buf *why)
{
	t->o = o;
	t->why = why;
	t->now_us = o->start_us;
	rng_seed(&t->rng, o->seed);
	buf_init(&t->policy, RECORD_PAYLOAD_MAX);
	buf_init(&t->lines, LINES_MAX);
	for (uint32_t i = 0; i < TOWN_BATCH; i++)
		buf_init(&t->command[i], DESK_COMMAND_BYTES_MAX);
	open_journal(t);
}

void town_close(struct town *t)
{
	registry_close(t->registry);
	if (t->shard != NULL)
		shard_close(t->shard);
	buf_release(&t->policy);
	buf_release(&t->lines);
	for (uint32_t i = 0; i < TOWN_BATCH; i++)
		buf_release(&t->command[i]);
	mem_free(t->told);
	mem_free(t->phone);
	mem_free(t->who);
	mem_free(t->reached);
	mem_free(t->agenda);
	mem_free(t);
}
