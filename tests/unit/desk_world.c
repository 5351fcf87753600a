/* desk_world.c - see desk_world.h. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include "desk/account.h"
#include "desk/appeal.h"
#include "desk/card.h"
#include "desk/discipline.h"
#include "desk/freeze.h"
#include "desk/measure.h"
#include "desk/stop.h"
#include "desk/warning.h"

static bool fails(struct memory_world *w)
{
	return ++w->calls == w->fail_at;
}

static struct desk_object *find(const struct memory_world *w, uint64_t id)
{
	uint32_t lo = 0, hi = w->n;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (w->object[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->n && w->object[lo].id == id ? &w->object[lo] : NULL;
}

static enum err load(void *ctx, uint64_t id, struct desk_object *out)
{
	struct memory_world *w = ctx;
	const struct desk_object *o = find(w, id);

	if (fails(w))
		return ERR_IO;
	if (o)
		*out = *o;
	return o ? ERR_OK : ERR_ABSENT;
}

static bool same(struct desk_entity a, struct desk_entity b)
{
	return a.kind == b.kind && token_eq(a.token, b.token);
}

static enum err about(void *ctx, uint8_t kind, struct desk_entity e, uint64_t before, uint64_t *id)
{
	struct memory_world *w = ctx;

	if (fails(w))
		return ERR_IO;
	for (uint32_t i = w->n; i-- > 0;) {
		const struct desk_object *o = &w->object[i];

		if (o->id < before && o->kind == kind && (same(o->subject, e) || same(o->also, e))) {
			*id = o->id;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

static enum err due(void *ctx, int64_t until_us, struct desk_due *out)
{
	struct memory_world *w = ctx;

	*out = (struct desk_due){ 0 };
	if (fails(w))
		return ERR_IO;
	for (uint32_t i = 0; i < w->n; i++) {
		for (uint32_t k = 0; k < DESK_TIMERS_MAX; k++) {
			int64_t at = w->object[i].due_us[k];

			if (at > 0 && at <= until_us && (out->due_us == 0 || at < out->due_us))
				*out = (struct desk_due){ at, w->object[i].id, (uint8_t)k };
		}
	}
	return out->due_us ? ERR_OK : ERR_ABSENT;
}

static enum err save(void *ctx, const struct desk_object *o, const struct desk_trace *t)
{
	struct memory_world *w = ctx;
	struct desk_object *old = find(w, o->id);
	uint32_t at = w->n;

	if (fails(w))
		return ERR_IO;
	assert_true(t->position > 0 && o->state != 0 && o->version > 0);
	w->n_traces++;
	if (old) {
		assert_true(same(old->subject, o->subject) && old->kind == o->kind && old->made_us == o->made_us);
		*old = *o;
		return ERR_OK;
	}
	assert_true(w->n < WORLD_OBJECTS_MAX);
	while (at > 0 && w->object[at - 1].id > o->id)
		at--;
	memmove(&w->object[at + 1], &w->object[at], (w->n - at) * sizeof(*o));
	w->object[at] = *o;
	w->n++;
	return ERR_OK;
}

static enum err send(void *ctx, const struct desk_message *m)
{
	struct memory_world *w = ctx;

	if (fails(w))
		return ERR_IO;
	assert_true(w->n_messages < WORLD_MESSAGES_MAX && m->kind > 0 && m->kind < DESK_MESSAGE_KINDS);
	w->message[w->n_messages++] = *m;
	return ERR_OK;
}

void bench_init(struct bench *b, int64_t now)
{
	memset(b, 0, sizeof(*b));
	b->world.object = mem_alloc_array(WORLD_OBJECTS_MAX + 1, sizeof(struct desk_object));
	b->world.message = mem_alloc_array(WORLD_MESSAGES_MAX, sizeof(struct desk_message));
	b->desk = mem_alloc(sizeof(struct desk));
	assert_non_null(b->world.object);
	assert_non_null(b->world.message);
	assert_non_null(b->desk);
	bench_clear(b, now);
}

void bench_clear(struct bench *b, int64_t now)
{
	struct memory_world *w = &b->world;

	w->n = w->n_messages = w->n_traces = 0;
	w->calls = w->fail_at = 0;
	w->functions = (struct desk_world){ w, load, about, due, save, send };
	desk_init(b->desk, &w->functions, now);
	assert_int_equal(desk_start(b->desk), ERR_OK);
	b->position = 0;
	b->now = now;
}

void bench_release(struct bench *b)
{
	mem_free(b->world.object);
	mem_free(b->world.message);
	mem_free(b->desk);
}

struct desk_command *say(struct bench *b, enum desk_kind kind, uint32_t step, uint64_t object, enum desk_role role)
{
	desk_command_init(&b->c, kind, step, object);
	b->c.user = 100 + role;
	b->c.roles = 1u << role;
	b->c.organisation = BANK_ORG;
	b->c.district = 3;
	return &b->c;
}

enum desk_refusal hear(struct bench *b)
{
	assert_int_equal(desk_apply(b->desk, ++b->position, b->now, &b->c, &b->out), ERR_OK);
	return b->out.refusal;
}

uint64_t must(struct bench *b)
{
	enum desk_refusal no = hear(b);

	if (no != DESK_OK)
		print_message("%s %s: %s (field %u)\n", desk_machine(b->c.kind)->name,
		              desk_machine(b->c.kind)->step[b->c.step].name, desk_refusals[no].name, b->out.field);
	assert_int_equal(no, DESK_OK);
	return b->out.object;
}

void refuse(struct bench *b, enum desk_refusal expected)
{
	uint32_t n, traces, messages_before;
	enum desk_refusal no;

	pass(b, 0);
	n = b->world.n;
	traces = b->world.n_traces;
	messages_before = b->world.n_messages;
	no = hear(b);
	if (no != expected)
		print_message("%s %s: %s, expected %s (field %u)\n", desk_machine(b->c.kind)->name,
		              desk_machine(b->c.kind)->step[b->c.step].name, desk_refusals[no].name,
		              desk_refusals[expected].name, b->out.field);
	assert_int_equal(no, expected);
	assert_int_equal(b->world.n, n);
	assert_int_equal(b->world.n_traces, traces);
	assert_int_equal(b->world.n_messages, messages_before);
}

void pass(struct bench *b, int64_t us)
{
	b->now += us;
	assert_int_equal(desk_tick(b->desk, ++b->position, b->now), ERR_OK);
}

const struct desk_object *the(struct bench *b, uint64_t id)
{
	const struct desk_object *o = find(&b->world, id);

	assert_non_null(o);
	return o;
}

uint32_t state_of(struct bench *b, uint64_t id)
{
	return the(b, id)->state;
}

uint32_t messages(struct bench *b, enum desk_message_kind kind, uint64_t object)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->world.n_messages; i++)
		n += b->world.message[i].kind == kind && (object == 0 || b->world.message[i].object == object);
	return n;
}

const struct desk_object *newest(struct bench *b, enum desk_kind kind)
{
	for (uint32_t i = b->world.n; i-- > 0;)
		if (b->world.object[i].kind == kind)
			return &b->world.object[i];
	return NULL;
}

struct token token_n(uint64_t n)
{
	return (struct token){ { 0x9e3779b97f4a7c15u, n + 1 } };
}

void give_ref(struct desk_command *c, uint32_t field)
{
	static const unsigned char ref[DESK_REF_BYTES] = { 7, 7, 7 };

	desk_give_ref(c, field, ref);
}

void give_evidence(struct desk_command *c, uint32_t field)
{
	static const uint64_t at[2] = { 11, 12 };

	desk_give_positions(c, field, at, 2);
}

/* Invariants. */

static bool measure_in_force(struct bench *b, const struct desk_object *o, uint32_t field, uint32_t measure)
{
	const struct desk_object *m = find(&b->world, desk_id(o, field));

	return m && m->kind == DESK_MEASURE && m->state == MEASURE_IN_FORCE && desk_id(m, MEASURE_F_OBJECT) == o->id &&
	       (measure == 0 || desk_i(m, MEASURE_F_MEASURE) == measure);
}

static void check_measure(struct bench *b, const struct desk_object *m)
{
	uint32_t measure = (uint32_t)desk_i(m, MEASURE_F_MEASURE);
	bool automatic = desk_i(m, MEASURE_F_AUTOMATIC) != 0;

	assert_true(desk_basis_allows((uint32_t)desk_i(m, MEASURE_F_BASIS), measure));
	assert_true(m->value[MEASURE_F_EVIDENCE].positions.n > 0);
	assert_true(automatic || desk_i(m, MEASURE_F_ACTOR) > 0);
	assert_true(desk_has(m, MEASURE_F_NOTICE) && desk_has(m, MEASURE_F_START) && desk_has(m, MEASURE_F_REMEDY));
	assert_true(desk_i(m, MEASURE_F_END) > desk_i(m, MEASURE_F_START));
	assert_true(desk_has(m, MEASURE_F_APPEAL) && desk_has(m, MEASURE_F_OBJECT));
	if (desk_measure_approved(measure) && !automatic && desk_i(m, MEASURE_F_LATE_PAPERS) == 0) {
		assert_true(desk_i(m, MEASURE_F_APPROVER) > 0);
		assert_int_not_equal(desk_i(m, MEASURE_F_APPROVER), desk_i(m, MEASURE_F_ACTOR));
	}
	if (m->state == MEASURE_IN_FORCE && desk_i(m, MEASURE_F_END) <= b->now) {
		const struct desk_object *of = find(&b->world, desk_id(m, MEASURE_F_OBJECT));

		fail_msg("%s of %s in state %u is in force after its end", desk_measures.choice[measure].name,
		         desk_machine(of->kind)->name, of->state);
	}
	if (desk_i(m, MEASURE_F_APPEAL) == APPEAL_STATE_GRANTED)
		assert_int_not_equal(m->state, MEASURE_IN_FORCE);
}

static uint32_t count_in(struct bench *b, enum desk_kind kind, struct desk_entity e, uint32_t states)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->world.n; i++) {
		const struct desk_object *o = &b->world.object[i];

		n += o->kind == kind && same(o->subject, e) && (states >> o->state & 1);
	}
	return n;
}

/* Stops of an account that were ever in force: each once, and once more for an extension. */
static int64_t stops_of(struct bench *b, struct desk_entity e)
{
	int64_t n = 0;

	for (uint32_t i = 0; i < b->world.n; i++) {
		const struct desk_object *o = &b->world.object[i];

		if (o->kind == DESK_STOP && same(o->subject, e) && desk_has(o, STOP_F_END))
			n += 1 + (desk_i(o, STOP_F_EXTENSION) == STOP_EXTENSION_GIVEN);
	}
	return n;
}

static void check_object(struct bench *b, const struct desk_object *o)
{
	static const uint32_t one_open[DESK_KINDS] = {
		[DESK_STOP] = 0xf << STOP_DRAFT,          [DESK_FREEZE] = 1 << FREEZE_FROZEN,
		[DESK_WARNING] = 0x1ff << WARNING_GRADED, [DESK_CARD] = 0x1f << CARD_NORMAL | 1 << CARD_SLEEPING,
		[DESK_ACCOUNT] = 0x1f << ACCOUNT_NORMAL,  [DESK_DISCIPLINE] = 0x1f << DISCIPLINE_PROPOSED
	};
	const struct desk_machine *m = desk_machine(o->kind);

	assert_true(o->state > 0 && o->state < m->n_states);
	for (uint32_t i = 0; i < DESK_TIMERS_MAX; i++) {
		assert_true(o->due_us[i] == 0 || o->due_us[i] > b->now);
		assert_true(o->due_us[i] == 0 || !m->state[o->state].final);
	}
	for (uint32_t f = 1; f < m->n_fields; f++)
		if (desk_has(o, f))
			assert_true(desk_value_ok(&m->field[f], &o->value[f]));
	assert_true(o->approver == 0 || o->approver != o->proposer);
	if (o->subject.kind && one_open[o->kind])
		assert_true(count_in(b, o->kind, o->subject, one_open[o->kind]) <= 1);
	switch (o->kind) {
	case DESK_MEASURE: check_measure(b, o); break;
	case DESK_STOP:
		assert_true(stops_of(b, o->subject) <= 2);
		if (o->state == STOP_STOPPED) {
			assert_true(measure_in_force(b, o, STOP_F_MEASURE, MEASURE_OF_STOP));
			assert_true(desk_i(o, STOP_F_END) - desk_i(o, STOP_F_STOPPED) <= 96 * US_PER_HOUR);
			assert_true(desk_i(o, STOP_F_MATCH) <= STOP_MATCHED);
		}
		assert_true(desk_i(o, STOP_F_TRIES) <= 4);
		break;
	case DESK_FREEZE:
		assert_true(o->state != FREEZE_FROZEN || measure_in_force(b, o, FREEZE_F_MEASURE, MEASURE_OF_FREEZE));
		break;
	case DESK_CARD:
		if (o->state == CARD_NOTIFIED || o->state == CARD_RESTRICTED || o->state == CARD_SUSPENDED)
			assert_true(measure_in_force(b, o, CARD_F_MEASURE, 0));
		else
			assert_false(desk_has(o, CARD_F_MEASURE));
		break;
	case DESK_ACCOUNT:
		if (o->state == ACCOUNT_NOTIFIED || o->state == ACCOUNT_LIMITED || o->state == ACCOUNT_COUNTER_ONLY)
			assert_true(measure_in_force(b, o, ACCOUNT_F_MEASURE, 0));
		if (o->state == ACCOUNT_CLOSED)
			break;
		assert_int_equal(desk_i(o, ACCOUNT_F_STOPS), stops_of(b, o->subject));
		assert_int_equal(desk_has(o, ACCOUNT_F_STOP), count_in(b, DESK_STOP, o->subject, 1 << STOP_STOPPED));
		assert_int_equal(desk_has(o, ACCOUNT_F_FREEZE), count_in(b, DESK_FREEZE, o->subject, 1 << FREEZE_FROZEN));
		break;
	case DESK_DISCIPLINE:
		if (o->state == DISCIPLINE_ACTIVE) {
			assert_true(measure_in_force(b, o, DISCIPLINE_F_MEASURE, MEASURE_OF_DISCIPLINE));
			assert_true(desk_has(o, DISCIPLINE_F_NOTICED));
			assert_true(desk_i(o, DISCIPLINE_F_END) <= desk_months_after(desk_i(o, DISCIPLINE_F_CHAIN_START), 60));
		}
		break;
	default: break;
	}
}

void check_world(struct bench *b)
{
	for (uint32_t i = 0; i < b->world.n; i++)
		check_object(b, &b->world.object[i]);
}
