/* fuzz_snapshot.c - changed snapshots under a right checksum, so that what lies behind it is reached: an engine's state and the answers to known keys.
 * Input: patches to a good one: u16 step, u8 n, n bytes: after the last patch go on by `step` and write the bytes there; n 0: it ends there.
 * Whatever comes of it: it is refused, or the engine takes events and its entities can be looked at. */
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "engine/look.h"
#include "event/event_build.h"
#include "shard/shard_int.h"

enum {
	EVENTS = 16,
	REPEATS = 8,
	BODY_MAX = 1 << 20
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct hash_key key = { { 5 } };
static const char text[] =
	"entity phone { holder: person, opened: time }, person\n"
	"event call { caller: phone, callee: phone }\n"
	"event open_card { phone: phone, person: person } sets phone.holder = person, phone.opened = time\n"
	"list \"known\" of phone from \"known.csv\"\n"
	"rule often on call about caller when count(call by caller over 1h) >= 3 and not (callee in list \"known\")\n"
	"  and count(call by caller.holder over 1d) >= 0 then alert red, score 5 because \"often\"\n"
	"rule pair on call about caller when count(call by caller, callee over 1h) >= 2 and distinct(callee by caller over 1d) >= 1\n"
	"  then alert blue, score 1 because \"pair\"\n";

static struct world { /* made once */
	struct policy policy;
	struct plan *plan;
	struct event event[EVENTS];
	char bytes[EVENTS][EVENT_BUILD_BYTES];
	struct buf body; /* a good snapshot's state */
} w;

static void build_event(const struct schema *s, uint32_t i, struct event *e, char *bytes)
{
	struct event_builder b = { .schema = s, .key = &key, .bytes = bytes, .cap = EVENT_BUILD_BYTES };
	struct event_pair call[] = { { TEXT("event"), TEXT("call") },
		                         { TEXT("time"), TEXT("") },
		                         { TEXT("caller"), i % 3 ? TEXT("13800138000") : TEXT("13800138001") },
		                         { TEXT("callee"), i % 2 ? TEXT("13900139000") : TEXT("13900139001") } };
	struct event_pair card[] = { { TEXT("event"), TEXT("open_card") },
		                         { TEXT("time"), TEXT("") },
		                         { TEXT("phone"), TEXT("13800138000") },
		                         { TEXT("person"), TEXT("11010119900307002X") } };
	struct buf time;
	struct text wrong;
	bool is_card = i % 8 == 5;

	buf_init(&time, 64);
	buf_int(&time, (1772409600 + (int64_t)i) * US_PER_SECOND);
	call[1].value = card[1].value = buf_view(&time);
	CHECK(event_build(&b, is_card ? card : call, 4, e, &wrong) == BAD_NONE);
	buf_release(&time);
}

static struct engine *new_engine(void)
{
	const struct engine_options o = { .state_bytes_max = 1 << 16, .entities_max = 64 };
	const struct engine_sink sink = { .ctx = NULL };
	struct engine *g;

	CHECK(engine_new(&g, w.plan, &key, &o, &sink) == ERR_OK);
	return g;
}

static void apply(struct engine *g, uint32_t from, uint32_t n)
{
	struct event *at[EVENTS];
	enum err outcome[EVENTS];

	for (uint32_t i = 0; i < n; i++) {
		at[i] = &w.event[from + i];
		at[i]->position = 0;
	}
	engine_apply(g, at, n, outcome);
}

static enum err save(void *ctx, void *p, size_t n)
{
	buf_add(ctx, p, n);
	return ((struct buf *)ctx)->err;
}

static enum err load(void *ctx, void *p, size_t n)
{
	struct text *rest = ctx;

	if (n > rest->n)
		return ERR_FORMAT;
	memcpy(p, rest->p, n);
	rest->p += n;
	rest->n -= n;
	return ERR_OK;
}

static void make_world(void)
{
	struct policy_file file = { TEXT("t.dk"), TEXT(text) };
	struct engine_stream stream = { .ctx = &w.body, .io = save };
	struct ident known = { .token = hash_token(&key, 0, TEXT("13900139001")) };
	struct repeat r = {
		.position = 3, .severity = SEVERITY_RED, .n_alerts = 1, .alerts_bytes = 2, .alerts = (char *)(uintptr_t) "{}"
	};
	struct repeats *repeats;
	struct engine *g;
	struct buf why;

	buf_init(&why, 1 << 16);
	buf_init(&w.body, BODY_MAX);
	CHECK(policy_load(&w.policy, &file, 1, NULL, NULL, &why) == ERR_OK);
	CHECK(plan_new(&w.plan, &w.policy, &key, US_PER_HOUR, &why) == ERR_OK);
	for (uint32_t i = 0; i < EVENTS; i++)
		build_event(&w.policy.schema, i, &w.event[i], w.bytes[i]);
	g = new_engine();
	CHECK(engine_list_add(g, 0, &known, 0, INT64_MAX) == ERR_OK);
	apply(g, 0, EVENTS / 2);
	CHECK(repeats_new(&repeats, REPEATS) == ERR_OK && repeats_add(repeats, &r) == ERR_OK);
	CHECK(engine_state(g, &stream) == ERR_OK && repeats_state(repeats, &stream, false) == ERR_OK);
	repeats_free(repeats);
	engine_free(g);
	buf_release(&why);
}

static size_t patch(unsigned char *body, size_t n, const uint8_t *p, size_t p_n)
{
	size_t at = 0;

	while (p_n >= 3) {
		size_t step = p[0] | (size_t)p[1] << 8, k = p[2];

		p += 3;
		p_n -= 3;
		k = k < p_n ? k : p_n;
		at += step;
		if (at > n)
			return n;
		if (k == 0)
			return at;
		k = k < n - at ? k : n - at;
		memcpy(body + at, p, k);
		at += k;
		p += k;
		p_n -= k;
	}
	return n;
}

static void ignore(void *ctx, const struct look *l)
{
	*(uint64_t *)ctx += l->events;
}

static void go_on(struct engine *g)
{
	uint64_t n = 0;
	struct entity_ref e;
	int64_t v, us;

	apply(g, 0, EVENTS);
	e = engine_find(g, 0, w.event[0].ident[0].token);
	if (e.index == 0)
		return;
	CHECK(look_entity(g, e, ignore, &n) == ERR_OK);
	look_attr(g, e, 0, &v, &us);
	look_list(g, 0, e, &us);
	look_risk(g, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct text rest;
	struct engine_stream stream = { .ctx = &rest, .io = load, .loading = true };
	struct repeats *repeats;
	struct engine *g;
	unsigned char *body;
	enum err e, again;

	if (w.body.n == 0)
		make_world();
	body = malloc(w.body.n + 1);
	CHECK(body != NULL);
	memcpy(body, w.body.p, w.body.n);
	rest = text_of((const char *)body, patch(body, w.body.n, p, n));
	g = new_engine();
	CHECK(repeats_new(&repeats, REPEATS) == ERR_OK);
	e = engine_state(g, &stream);
	again = e == ERR_OK ? repeats_state(repeats, &stream, false) : e;
	CHECK(n >= 3 || (again == ERR_OK && rest.n == 0));
	CHECK(e == ERR_OK || e == ERR_FORMAT || e == ERR_MEMORY);
	if (e == ERR_OK)
		go_on(g);
	repeats_free(repeats);
	engine_free(g);
	free(body);
	return 0;
}
