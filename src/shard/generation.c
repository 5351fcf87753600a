/* generation.c - a policy text made into something that decides: policy, plan and engine, made and freed together. */
#include <xxhash.h>
#include "base/mem.h"
#include "journal/record_int.h"
#include "shard/shard_int.h"

enum {
	PLAN_TEXT_MAX = 64 << 20
};

void shard_policy_put(struct buf *b, const struct policy_file *file, uint32_t n)
{
	record_u16(b, (uint16_t)n);
	for (uint32_t i = 0; i < n; i++) {
		record_u16(b, (uint16_t)file[i].path.n);
		buf_text(b, file[i].path);
		record_u32(b, (uint32_t)file[i].text.n);
		buf_text(b, file[i].text);
	}
}

/* What stays of t are the lists. */
static enum err take_files(struct text *t, struct policy_file *file, uint16_t *n)
{
	uint16_t path_n;
	uint32_t text_n;

	if (!record_get_u16(t, n) || *n == 0 || *n > POLICY_FILES_MAX)
		return ERR_FORMAT;
	for (uint16_t i = 0; i < *n; i++)
		if (!record_get_u16(t, &path_n) || !record_get_bytes(t, path_n, &file[i].path) || !record_get_u32(t, &text_n) ||
		    text_n > POLICY_TEXT_MAX || !record_get_bytes(t, text_n, &file[i].text))
			return ERR_FORMAT;
	return ERR_OK;
}

/* What a snapshot must agree with: layout and programs, and the sizes that this build gives to things. */
static enum err digest(struct generation *g)
{
	struct buf b;
	enum err e;

	buf_init(&b, PLAN_TEXT_MAX);
	plan_print(&b, g->plan);
	buf_printf(&b, "%zu %zu", sizeof(struct engine_stats), sizeof(struct ident_attrs));
	e = b.err;
	g->plan_digest = e == ERR_OK ? XXH3_64bits(b.p, b.n) : 0;
	buf_release(&b);
	return e;
}

static enum err compile(struct generation *g, const struct generation_options *o, struct text *lists,
                        struct buf *errors)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	uint16_t n;
	enum err e;

	*lists = buf_view(&g->payload);
	e = file == NULL ? ERR_MEMORY : take_files(lists, file, &n);

	if (e == ERR_FORMAT)
		buf_z(errors, "the policy record is damaged\n");
	if (e == ERR_OK)
		e = policy_load(&g->policy, file, n, o->read_zone, o->zone_ctx, errors);
	mem_free(file);
	if (e != ERR_OK)
		return e;
	e = plan_new(&g->plan, &g->policy, o->key, o->lateness_us, errors);
	if (e != ERR_OK) {
		policy_release(&g->policy);
		g->plan = NULL;
	}
	return e;
}

static enum err take_lists(struct generation *g, struct text lists)
{
	struct record r;

	while (lists.n > 0) {
		enum err e = record_take(&lists, &r);

		if (e == ERR_OK)
			e = r.kind == RECORD_LIST ? generation_list(g, r.payload) : ERR_FORMAT;
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

enum err generation_new(struct generation **out, struct text payload, const struct generation_options *o,
                        struct buf *errors)
{
	struct generation *g = mem_alloc(sizeof(*g));
	struct text lists;
	enum err e;

	if (g == NULL)
		return ERR_MEMORY;
	buf_init(&g->payload, RECORD_PAYLOAD_MAX);
	buf_text(&g->payload, payload);
	e = g->payload.err != ERR_OK ? g->payload.err : compile(g, o, &lists, errors);
	if (e == ERR_OK) {
		g->shower = (struct shower){ .policy = &g->policy, .provenance = true };
		e = engine_new(&g->engine, g->plan, o->key, &o->engine, &o->sink);
	}
	if (e == ERR_OK)
		e = digest(g);
	if (e == ERR_OK)
		e = take_lists(g, lists);
	if (e != ERR_OK) {
		generation_free(g);
		return e;
	}
	*out = g;
	return ERR_OK;
}

void generation_free(struct generation *g)
{
	if (g == NULL)
		return;
	engine_free(g->engine);
	if (g->plan != NULL) {
		plan_free(g->plan);
		policy_release(&g->policy);
	}
	buf_release(&g->payload);
	mem_free(g);
}

/* ---- lists ---- */

void shard_list_put(struct buf *b, struct text list, const struct ident *ident, int64_t fingerprint, int64_t until_us)
{
	struct buf p;
	struct record r = { .kind = RECORD_LIST };

	buf_init(&p, RECORD_EVENT_MAX);
	buf_char(&p, (char)list.n);
	buf_text(&p, list);
	record_u64(&p, (uint64_t)until_us);
	buf_char(&p, ident == NULL);
	if (ident != NULL)
		record_ident_put(&p, ident);
	else
		record_u64(&p, (uint64_t)fingerprint);
	r.payload = buf_view(&p);
	if (p.err == ERR_OK)
		record_put(b, &r);
	else if (b->err == ERR_OK)
		b->err = p.err;
	buf_release(&p);
}

enum err generation_list(struct generation *g, struct text t)
{
	struct text name;
	struct ident id;
	uint64_t until, fingerprint;
	uint8_t length, is_text;

	if (!record_get(&t, &length, 1) || !record_get_bytes(&t, length, &name) || !record_get_u64(&t, &until) ||
	    !record_get(&t, &is_text, 1) || is_text > 1)
		return ERR_FORMAT;
	for (uint32_t i = 0; i < g->policy.n_lists; i++) {
		if (!text_eq(g->policy.list[i].name, name) || is_text != (g->policy.list[i].type.dim == DIM_TEXT))
			continue;
		if (is_text) {
			if (!record_get_u64(&t, &fingerprint))
				return ERR_FORMAT;
			return engine_list_add(g->engine, i, NULL, (int64_t)fingerprint, (int64_t)until);
		}
		if (!record_ident_take(&t, &id))
			return ERR_FORMAT;
		return engine_list_add(g->engine, i, &id, 0, (int64_t)until);
	}
	return ERR_OK; /* a list that the policy no longer knows */
}
