/* test_look.c - what is told of an entity is what rules and features read on its newest event: the same values, the same events; lists,
 * attributes and risk; and not one byte of the engine's state is another after a look. */
#include "tests/test.h"
#include <xxhash.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "engine/look.h"
#include "policy/plandata.h"

enum {
	EVENTS = 4000,
	PHONES = 12,
	FEATURES_MAX = 64
};

static const struct hash_key key = { { 3 } };

static const char text[] =
	"entity phone { holder: person, opened: time, tag: text }, person\n"
	"event call { caller: phone, callee: phone, talk: duration }\n"
	"event open_card { phone: phone, person: person } sets phone.holder = person, phone.opened = time\n"
	"list \"known\" of phone from \"known.csv\"\n"
	"feature caller_n on call = count(call by caller over 1h)\n"
	"feature caller_n_day on call = count(call by caller over 1d)\n"
	"feature caller_long on call = count(call by caller over 1d where talk >= 30s)\n"
	"feature caller_sum on call = sum(talk by caller over 2h)\n"
	"feature caller_avg on call = avg(talk by caller over 2h)\n"
	"feature caller_sd on call = stddev(talk by caller over 2h)\n"
	"feature caller_min on call = min(talk by caller over 30min)\n"
	"feature caller_max on call = max(talk by caller over 30min)\n"
	"feature caller_d on call = distinct(callee by caller over 3h)\n"
	"feature caller_d_long on call = distinct(callee by caller over 1d where talk >= 30s)\n"
	"feature caller_first on call = first(callee by caller over 1h)\n"
	"feature caller_last on call = last(callee by caller over 1h)\n"
	"feature caller_gap on call = gap_avg(call by caller over 1h)\n"
	"feature caller_nested on call = count(call by caller over 1d where count(call by caller over 10min) >= 2)\n"
	"feature callee_n on call = count(call by callee over 1h)\n"
	"feature callee_d on call = distinct(caller by callee over 1d)\n"
	"feature pair_n on call = count(call by caller, callee over 1d)\n"
	"feature holder_n on call = count(call by caller.holder over 1d)\n"
	"rule often on call about caller when count(call by caller over 20min) >= 4 and distinct(callee by caller over 20min) >= 3\n"
	"  then alert red, score 60 because \"{count(call by caller over 1h)} calls\"\n"
	"rule quiet shadow on call about caller when count(call by caller over 20min) >= 2 then alert blue, score 99 because \"two\"\n"
	"rule gone off on call about caller when count(call by caller over 7d) >= 2 then alert blue, score 1 because \"off\"\n";

struct fixture {
	char written[8192];
	struct policy policy;
	struct plan *plan;
	struct engine *g;
	union value value[FEATURES_MAX];
	int64_t score[PHONES]; /* the highest told about each, all within 30 days */
};

static void see_features(void *ctx, const struct event *e, const union value *v, uint32_t n)
{
	struct fixture *x = ctx;

	(void)e;
	assert_true(n <= FEATURES_MAX);
	memcpy(x->value, v, n * sizeof(*v));
}

static struct token phone_token(uint32_t i)
{
	char z[16];

	snprintf(z, sizeof(z), "1380000%04u", i);
	return hash_token(&key, 0, text_z(z));
}

static void see_alert(void *ctx, const struct alert *a)
{
	struct fixture *x = ctx;

	for (uint32_t i = 0; i < PHONES; i++)
		if (token_eq(phone_token(i), a->event->ident[0].token) && a->mode == RULE_LIVE &&
		    a->decision_score > x->score[i])
			x->score[i] = a->decision_score;
}

static struct fixture *load_text(const char *written, const char *cap)
{
	struct fixture *x = calloc(1, sizeof(*x));
	struct policy_file file = { TEXT("t.dk"), { x->written, 0 } };
	struct engine_options o = { .state_bytes_max = 64 << 20, .entities_max = 4096 };
	struct engine_sink sink = { .ctx = x, .features = see_features, .alert = see_alert };
	struct buf why;

	file.text.n = (size_t)snprintf(x->written, sizeof(x->written), "%s%s", written, cap);
	buf_init(&why, 1 << 16);
	if (policy_load(&x->policy, &file, 1, NULL, NULL, &why) != ERR_OK ||
	    plan_new(&x->plan, &x->policy, &key, 10 * US_PER_MINUTE, &why) != ERR_OK)
		fail_msg("%s", why.p);
	assert_int_equal(engine_new(&x->g, x->plan, &key, &o, &sink), ERR_OK);
	buf_release(&why);
	return x;
}

static struct fixture *load(const char *cap)
{
	return load_text(text, cap);
}

static void unload(struct fixture *x)
{
	engine_free(x->g);
	plan_free(x->plan);
	policy_release(&x->policy);
	free(x);
}

static void name_phone(struct event *e, uint32_t slot, uint32_t i)
{
	e->ident[slot].token = phone_token(i);
	snprintf(e->ident[slot].shown, sizeof(e->ident[slot].shown), "138****%04u", i);
}

static struct event call(int64_t time_us, uint32_t caller, uint32_t callee, int64_t talk_us)
{
	struct event e = { .time = time_us };

	name_phone(&e, 0, caller);
	name_phone(&e, 1, callee);
	e.value[2] = talk_us;
	return e;
}

static enum err apply(struct fixture *x, struct event *e)
{
	struct event *one[] = { e };
	enum err outcome;

	engine_apply(x->g, one, 1, &outcome);
	return outcome;
}

static enum err hash_piece(void *ctx, void *p, size_t n)
{
	return XXH3_64bits_update(ctx, p, n) == XXH_OK ? ERR_OK : ERR_IO;
}

static uint64_t state_hash(struct fixture *x)
{
	XXH3_state_t *h = XXH3_createState();
	struct engine_stream s = { .ctx = h, .io = hash_piece };
	uint64_t out;

	XXH3_64bits_reset(h);
	assert_int_equal(engine_state(x->g, &s), ERR_OK);
	out = XXH3_64bits_digest(h);
	XXH3_freeState(h);
	return out;
}

static enum err save_piece(void *ctx, void *p, size_t n)
{
	buf_add(ctx, p, n);
	return ((struct buf *)ctx)->err;
}

static enum err load_piece(void *ctx, void *p, size_t n)
{
	struct text *rest = ctx;

	if (n > rest->n)
		return ERR_FORMAT;
	memcpy(p, rest->p, n);
	rest->p += n;
	rest->n -= n;
	return ERR_OK;
}

/* What was saved is found sane and loads, however full and however thinned its windows are. */
static void saved_and_loaded(struct fixture *x)
{
	struct engine_options o = { .state_bytes_max = 64 << 20, .entities_max = 4096 };
	struct engine_sink sink = { .ctx = x };
	struct engine_stream stream = { .io = save_piece };
	struct engine *again;
	struct buf b;
	struct text rest;

	buf_init(&b, 256 << 20);
	stream.ctx = &b;
	assert_int_equal(engine_state(x->g, &stream), ERR_OK);
	rest = buf_view(&b);
	stream = (struct engine_stream){ .ctx = &rest, .io = load_piece, .loading = true };
	assert_int_equal(engine_new(&again, x->plan, &key, &o, &sink), ERR_OK);
	assert_int_equal(engine_state(again, &stream), ERR_OK);
	assert_int_equal(rest.n, 0);
	engine_free(again);
	buf_release(&b);
}

struct seen {
	struct fixture *x;
	const char *of; /* "caller" or "callee": compare with features whose names begin so */
	struct alert *compared;
	int64_t newest_us;
	uint32_t n, by_feature, by_rule;
};

static void same_value(struct type t, union value a, union value b)
{
	if (t.real && !(value_real_missing(a.r) && value_real_missing(b.r)))
		assert_memory_equal(&a.r, &b.r, sizeof(a.r));
	else if (!t.real)
		assert_int_equal(a.i, b.i);
}

static void see(void *ctx, const struct look *l)
{
	struct seen *s = ctx;
	const struct policy *p = &s->x->policy;

	s->n++;
	assert_true(l->known);
	assert_true(l->n_times == (l->events < LOOK_TIMES_MAX ? l->events : LOOK_TIMES_MAX));
	for (uint32_t i = 0; i < l->n_times; i++) {
		assert_true(l->time_us[i] <= (i == 0 ? s->newest_us : l->time_us[i - 1]));
		assert_true(l->time_us[i] > s->newest_us - l->expr->agg->window_us);
	}
	if (l->flags == 0 && l->expr->agg->func == RING_COUNT && l->expr->agg->value == NULL)
		assert_int_equal(l->value.i, l->events);
	for (uint32_t i = 0; i < p->n_features; i++)
		if (text_starts(p->feature[i].name, text_z(s->of)) && expr_equal(p->feature[i].expr, l->expr)) {
			same_value(l->expr->type, l->value, s->x->value[i]);
			s->by_feature++;
		}
	for (uint32_t i = 0; s->compared != NULL && i < engine_evidence_count(s->compared); i++) {
		struct evidence e;

		engine_evidence(s->compared, i, 0, &e, NULL, NULL);
		if (!expr_equal(e.expr, l->expr))
			continue;
		same_value(l->expr->type, l->value, e.value);
		assert_int_equal(l->events, e.events);
		assert_int_equal(l->flags, e.flags);
		s->by_rule++;
	}
}

/* After a call that is the newest event: everything about one of its phones. */
static struct seen judge(struct fixture *x, const char *of, uint32_t phone, int64_t newest_us)
{
	struct entity_ref e = engine_find(x->g, 0, phone_token(phone));
	struct alert *compared = calloc(1, sizeof(*compared));
	struct seen s = { .x = x, .of = of, .newest_us = newest_us };
	uint64_t before = state_hash(x);

	assert_true(engine_compare(x->g, 0, compared));
	if (strcmp(of, "caller") == 0)
		s.compared = compared;
	assert_int_not_equal(e.index, 0);
	assert_int_equal(look_entity(x->g, e, see, &s), ERR_OK);
	assert_int_equal(look_risk(x->g, e), x->score[phone]);
	assert_true(state_hash(x) == before);
	free(compared);
	return s;
}

static void run(const char *cap, uint64_t seed)
{
	struct fixture *x = load(cap);
	int64_t now_us = 1772409600 * US_PER_SECOND, time_us;
	uint64_t n = test_cases(EVENTS);
	struct seen s;
	struct rng r;

	rng_seed(&r, seed);
	for (uint64_t i = 0; i < n; i++) {
		bool late = rng_below(&r, 10) == 0;
		uint32_t caller = (uint32_t)(rng_below(&r, 3) > 0 ? rng_below(&r, 2) : rng_below(&r, PHONES));
		uint32_t callee = (uint32_t)rng_below(&r, PHONES);
		struct event e;

		now_us += late ? 0 : (int64_t)rng_below(&r, 200) * US_PER_SECOND;
		time_us = late ? now_us - (int64_t)rng_below(&r, 600) * US_PER_SECOND : now_us;
		e = call(time_us, caller, callee, (int64_t)rng_below(&r, 60) * US_PER_SECOND);
		assert_int_equal(apply(x, &e), ERR_OK);
		if (i % 97 == 0)
			saved_and_loaded(x);
		if (time_us == now_us && (i % 8 == 0 || i + 1 == n)) {
			s = judge(x, "caller", caller, now_us);
			assert_true(s.n == 19 && s.by_feature == 14 && s.by_rule == 2);
			s = judge(x, "callee", callee, now_us);
			assert_true(s.n == 19 && s.by_feature == 2 && s.by_rule == 0);
		}
	}
	unload(x);
}

static void test_values_are_those_of_rules_and_features(void **state)
{
	(void)state;
	run("", test_seed(41));
}

static void test_with_full_windows(void **state)
{
	(void)state;
	run("cap 50 events per key then evict\n", test_seed(42));
	run("cap 50 events per key then refuse\n", test_seed(43));
	run("cap 50 events per key then sketch\n", test_seed(44));
}

/* ---- names of rules, attributes, lists ---- */

struct readers {
	struct fixture *x;
	char all[512];
};

static void see_readers(void *ctx, const struct look *l)
{
	struct readers *s = ctx;
	struct text t = policy_span_text(&s->x->policy, l->expr->agg->span);

	for (uint32_t i = 0; i < l->n_rules; i++)
		snprintf(s->all + strlen(s->all), sizeof(s->all) - strlen(s->all), "%.*s: %.*s\n", (int)t.n, t.p,
		         (int)s->x->policy.rule[l->rule[i]].name.n, s->x->policy.rule[l->rule[i]].name.p);
}

static void test_rules_attributes_lists(void **state)
{
	struct fixture *x = load("");
	const int64_t at_us = 1772409600 * US_PER_SECOND;
	struct event c = call(at_us, 1, 2, 0), open = { .type = 1, .time = at_us + 5 };
	struct ident id = { .token = phone_token(1) };
	struct readers readers = { .x = x };
	struct entity_ref e, person;
	int64_t v, us;

	(void)state;
	name_phone(&open, 0, 1);
	open.ident[1].token = hash_token(&key, 1, TEXT("somebody"));
	assert_int_equal(engine_list_add(x->g, 0, &id, 0, 77), ERR_OK);
	assert_int_equal(apply(x, &c), ERR_OK);
	e = engine_find(x->g, 0, phone_token(1));
	assert_false(look_attr(x->g, e, 0, &v, &us));
	assert_int_equal(apply(x, &open), ERR_OK);
	person = engine_find(x->g, 1, open.ident[1].token);
	assert_true(look_attr(x->g, e, 0, &v, &us));
	assert_int_equal(v, person.index);
	assert_int_equal(us, at_us + 5);
	assert_true(look_attr(x->g, e, 1, &v, &us));
	assert_int_equal(v, at_us + 5);
	assert_false(look_attr(x->g, e, 2, &v, &us));
	assert_true(look_list(x->g, 0, e, &us));
	assert_int_equal(us, 77);
	assert_false(look_list(x->g, 0, engine_find(x->g, 0, phone_token(2)), &us));
	assert_int_equal(look_entity(x->g, e, see_readers, &readers), ERR_OK);
	assert_non_null(strstr(readers.all, "count(call by caller over 20min): often\n"));
	assert_non_null(strstr(readers.all, "count(call by caller over 20min): quiet\n"));
	assert_non_null(strstr(readers.all, "distinct(callee by caller over 20min): often\n"));
	assert_non_null(strstr(readers.all, "count(call by caller over 1h): often\n")); /* in its reason */
	assert_null(strstr(readers.all, "gone"));
	unload(x);
}

static void test_no_memory(void **state)
{
	struct fixture *x = load("");
	struct event c = call(1772409600 * US_PER_SECOND, 1, 2, 0);
	struct seen s = { .x = x, .of = "nothing", .newest_us = c.time };
	struct entity_ref e;
	uint64_t n;

	(void)state;
	assert_int_equal(apply(x, &c), ERR_OK);
	e = engine_find(x->g, 0, phone_token(1));
	mem_fail_at(0);
	assert_int_equal(look_entity(x->g, e, see, &s), ERR_OK);
	n = mem_count();
	assert_true(n > 0);
	for (uint64_t i = 1; i <= n; i++) {
		mem_fail_at(i);
		assert_int_equal(look_entity(x->g, e, see, &s), ERR_MEMORY);
	}
	mem_fail_at(0);
	unload(x);
}

/* More events than a look may read: how many lie there is told, and no value. */
static void see_many(void *ctx, const struct look *l)
{
	uint64_t *n = ctx;

	assert_true(l->stored == *n && l->known == (*n <= LOOK_EVENTS_MAX));
	assert_int_equal(l->events, l->known ? *n : 0);
	*n += 1000; /* that it was called */
}

static void test_too_many(void **state)
{
	struct fixture *x = load_text("entity phone\nevent call { caller: phone, callee: phone, talk: duration }\n"
	                              "feature n on call = count(call by caller over 1h)\n",
	                              "");
	const int64_t at_us = 1772409600 * US_PER_SECOND;
	struct entity_ref e;
	uint64_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < LOOK_EVENTS_MAX + 1; i++) {
		struct event c = call(at_us + i, 1, 2, 0);

		assert_int_equal(apply(x, &c), ERR_OK);
		if (i + 1 < LOOK_EVENTS_MAX)
			continue;
		e = engine_find(x->g, 0, phone_token(1));
		n = i + 1;
		assert_int_equal(look_entity(x->g, e, see_many, &n), ERR_OK);
		assert_int_equal(n, i + 1 + 1000);
	}
	unload(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_those_of_rules_and_features),
		cmocka_unit_test(test_with_full_windows),
		cmocka_unit_test(test_rules_attributes_lists),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
