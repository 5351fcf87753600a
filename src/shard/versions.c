/* versions.c - which policies were in force: where, since when, by whose act. Told by the records as they pass, in life and in recovery alike,
 * and kept in snapshots, so that nobody has to look for them in years of journal. */
#include "base/mem.h"
#include "shard/shard_int.h"

enum {
	ACT_MAX = 16 << 10 /* of an ACT that is remembered with its policy; a longer one stands in the journal only */
};

void versions_init(struct versions *v)
{
	*v = (struct versions){ .n = 0 };
	buf_init(&v->act, ACT_MAX);
}

void versions_clear(struct versions *v)
{
	for (uint32_t i = 0; i < v->n; i++)
		mem_free(v->version[i].act);
	v->n = 0;
}

void versions_release(struct versions *v)
{
	versions_clear(v);
	mem_free(v->version);
	buf_release(&v->act);
}

static enum err add(struct versions *v, const struct shard_version *as, struct text act)
{
	struct shard_version one = *as;

	if (v->n == v->cap && v->cap < SHARD_VERSIONS_MAX) {
		uint32_t cap = v->cap == 0 ? 8 : 2 * v->cap < SHARD_VERSIONS_MAX ? 2 * v->cap : SHARD_VERSIONS_MAX;
		struct shard_version *more = mem_resize(v->version, cap * sizeof(*more));

		if (more == NULL)
			return ERR_MEMORY;
		v->version = more;
		v->cap = cap;
	}
	one.act = act.n == 0 ? NULL : mem_copy_text(act.p, act.n);
	one.act_n = (uint32_t)act.n;
	if (act.n > 0 && one.act == NULL)
		return ERR_MEMORY;
	if (v->n == SHARD_VERSIONS_MAX) {
		mem_free(v->version[0].act);
		memmove(v->version, v->version + 1, --v->n * sizeof(one));
	}
	v->version[v->n++] = one;
	return ERR_OK;
}

static enum err see_policy(struct versions *v, const struct record *r)
{
	struct shard_version one = { .position = r->position, .time_us = r->time };
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct text rest, act = v->act_at + 1 == r->position && v->act.err == ERR_OK ? buf_view(&v->act) : TEXT("");
	uint16_t n;
	enum err e = file == NULL ? ERR_MEMORY : edition_take_files(r->payload, file, &n, &rest);

	mem_free(file);
	if (e != ERR_OK)
		return e;
	edition_digest(text_of(r->payload.p, r->payload.n - rest.n), one.digest);
	return add(v, &one, act);
}

enum err versions_see(struct versions *v, const struct record *r)
{
	if (r->kind == RECORD_ACT && (r->flags & RECORD_LEADS) != 0) {
		buf_clear(&v->act);
		buf_text(&v->act, r->payload);
		v->act_at = r->position;
		return v->act.err == ERR_MEMORY ? ERR_MEMORY : ERR_OK;
	}
	return r->kind == RECORD_POLICY ? see_policy(v, r) : ERR_OK;
}

static enum err one_state(struct versions *v, const struct engine_stream *s, struct shard_version one)
{
	char *act = one.act;
	enum err e;

	one.act = NULL;
	e = s->io(s->ctx, &one, sizeof(one));
	if (e != ERR_OK)
		return e;
	if (!s->loading)
		return one.act_n == 0 ? ERR_OK : s->io(s->ctx, act, one.act_n);
	if (one.act_n > ACT_MAX)
		return ERR_FORMAT;
	act = mem_alloc(one.act_n + 1U);
	if (act == NULL)
		return ERR_MEMORY;
	e = one.act_n == 0 ? ERR_OK : s->io(s->ctx, act, one.act_n);
	if (e == ERR_OK)
		e = add(v, &one, text_of(act, one.act_n));
	mem_free(act);
	return e;
}

enum err versions_state(struct versions *v, const struct engine_stream *s)
{
	uint32_t n = v->n;
	enum err e = s->io(s->ctx, &n, sizeof(n));

	if (e == ERR_OK && n > SHARD_VERSIONS_MAX)
		e = ERR_FORMAT;
	for (uint32_t i = 0; i < n && e == ERR_OK; i++)
		e = one_state(v, s, s->loading ? (struct shard_version){ .position = 0 } : v->version[i]);
	return e;
}
