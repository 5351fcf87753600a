/* fuzz_command.c - bytes that claim to be the payload of a command. Whatever they are: no read outside; what is taken has exactly these bytes again; and a desk to which it is applied keeps
 * its world whole, since a refused command leaves nothing behind. Each input is a row of commands: u16 bytes, little endian, the payload. */
#include "base/clock.h"
#include "base/mem.h"
#include "desk/desk.h"

enum {
	OBJECTS = 64
};

struct small_world {
	uint32_t n, saved;
	struct desk_object object[OBJECTS];
};

static struct small_world world;
static struct desk desk;

static struct desk_object *find(uint64_t id)
{
	for (uint32_t i = 0; i < world.n; i++)
		if (world.object[i].id == id)
			return &world.object[i];
	return NULL;
}

static enum err load(void *ctx, uint64_t id, struct desk_object *out)
{
	const struct desk_object *o = find(id);

	(void)ctx;
	if (!o)
		return ERR_ABSENT;
	*out = *o;
	return ERR_OK;
}

static enum err about(void *ctx, uint8_t kind, struct desk_entity e, uint64_t before, uint64_t *id)
{
	(void)ctx;
	*id = 0;
	for (uint32_t i = 0; i < world.n; i++) {
		const struct desk_object *o = &world.object[i];
		bool here = (o->subject.kind == e.kind && token_eq(o->subject.token, e.token)) ||
		            (o->also.kind == e.kind && token_eq(o->also.token, e.token));

		if (o->kind == kind && here && o->id < before && o->id > *id)
			*id = o->id;
	}
	return *id ? ERR_OK : ERR_ABSENT;
}

static enum err due(void *ctx, int64_t until_us, struct desk_due *out)
{
	(void)ctx;
	*out = (struct desk_due){ 0 };
	for (uint32_t i = 0; i < world.n; i++)
		for (uint32_t k = 0; k < DESK_TIMERS_MAX; k++)
			if (world.object[i].due_us[k] && world.object[i].due_us[k] <= until_us &&
			    (!out->due_us || world.object[i].due_us[k] < out->due_us))
				*out = (struct desk_due){ world.object[i].due_us[k], world.object[i].id, (uint8_t)k };
	return out->due_us ? ERR_OK : ERR_ABSENT;
}

static enum err save(void *ctx, const struct desk_object *o, const struct desk_trace *t)
{
	struct desk_object *old = find(o->id);

	(void)ctx;
	(void)t;
	world.saved++;
	if (!old && world.n == OBJECTS)
		return ERR_CAP;
	if (!old)
		old = &world.object[world.n++];
	*old = *o;
	return ERR_OK;
}

static enum err send(void *ctx, const struct desk_message *m)
{
	(void)ctx;
	CHECK(m->kind > 0 && m->kind < DESK_MESSAGE_KINDS);
	return ERR_OK;
}

static bool apply(const struct desk_command *c, uint64_t position)
{
	struct desk_outcome out;
	int64_t now = (int64_t)1772323200 * US_PER_SECOND + (int64_t)position * US_PER_HOUR;
	uint32_t saved;
	enum err e;

	if (desk_tick(&desk, position, now) != ERR_OK)
		return false;
	saved = world.saved;
	e = desk_apply(&desk, position, now, c, &out);
	CHECK(e == ERR_OK || e == ERR_CAP);
	CHECK(e != ERR_OK || out.refusal == DESK_OK || world.saved == saved);
	CHECK(e != ERR_OK || out.refusal != DESK_OK || out.touched > 0);
	return e == ERR_OK;
}

static const struct desk_world functions = { NULL, load, about, due, save, send };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct desk_command c;
	struct buf again;

	buf_init(&again, DESK_COMMAND_BYTES_MAX);
	memset(&world, 0, sizeof(world));
	desk_init(&desk, &functions, 0);
	for (uint64_t position = 1; n >= 2; position++) {
		size_t bytes = (size_t)p[0] | (size_t)p[1] << 8;
		const char *why;

		p += 2;
		n -= 2;
		bytes = bytes < n ? bytes : n;
		if (desk_command_take(text_of((const char *)p, bytes), &c, &why) == ERR_OK) {
			buf_clear(&again);
			desk_command_put(&again, &c);
			CHECK(again.err == ERR_OK && again.n == bytes && memcmp(again.p, p, bytes) == 0);
			if (!apply(&c, position))
				break;
		} else {
			CHECK(why != NULL);
		}
		p += bytes;
		n -= bytes;
	}
	buf_release(&again);
	return 0;
}
