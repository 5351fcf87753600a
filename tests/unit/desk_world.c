/* desk_world.c - see desk_world.h. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/mem.h"
#include "desk/sound.h"

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

void check_world(struct bench *b)
{
	uint64_t calls = b->world.calls, fail_at = b->world.fail_at;
	struct buf why;

	b->world.fail_at = 0;
	buf_init(&why, 4096);
	for (uint32_t i = 0; i < b->world.n; i++) {
		struct desk_object o = b->world.object[i];

		if (desk_sound(&b->world.functions, &o, b->now, &why) != ERR_OK)
			fail_msg("%s", why.p);
	}
	buf_release(&why);
	b->world.calls = calls;
	b->world.fail_at = fail_at;
}
