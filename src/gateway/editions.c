/* editions.c - see editions.h. */
#include "gateway/editions.h"
#include "base/mem.h"

static void copy_versions(void *ctx, struct shard *s)
{
	struct editions *l = ctx;
	uint32_t n;
	const struct shard_version *v = shard_versions(s, &n);

	l->version = mem_alloc_array((size_t)n + 1, sizeof(*v));
	l->e = l->version == NULL ? ERR_MEMORY : ERR_OK;
	for (; l->e == ERR_OK && l->n < n; l->n++) {
		struct shard_version *to = &l->version[l->n];

		*to = v[l->n];
		to->act = v[l->n].act == NULL ? NULL : mem_copy_text(v[l->n].act, v[l->n].act_n);
		if (to->act == NULL && v[l->n].act != NULL)
			l->e = ERR_MEMORY;
	}
}

void editions_release(struct editions *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		mem_free(l->version[i].act);
	mem_free(l->version);
}

/* False: the answer is set. */
bool editions_take(struct request *r, struct editions *l)
{
	*l = (struct editions){ .version = NULL };
	if (writer_do(r->h->o.writer, copy_versions, l) && l->e == ERR_OK)
		return true;
	editions_release(l);
	answer_problem(r, 503, "stopping", "The service is stopping or out of memory", "try again after a second");
	return false;
}

/* The version named in the address: a position or "current". NULL: the answer is set. */
const struct shard_version *editions_named(struct request *r, const struct editions *l, struct text name)
{
	int64_t position = 0;

	if (text_eq(name, TEXT("current")))
		return &l->version[l->n - 1];
	if (text_to_int(name, &position) == ERR_OK)
		for (uint32_t i = 0; i < l->n; i++)
			if (l->version[i].position == (uint64_t)position)
				return &l->version[i];
	answer_problem(r, 404, "unknown", "No such policy",
	               "GET /v1/policies has the positions at which policies took effect");
	return NULL;
}

/* The payload of the POLICY record at a position. */
static enum err read_payload(struct request *r, uint64_t position, struct buf *out)
{
	struct journal_reader *reader;
	struct record record = { .kind = RECORD_NONE };
	enum err e = journal_reader_open(&reader, r->h->o.fill.disk, position, position + 1);

	if (e != ERR_OK)
		return e;
	while (e == ERR_OK && record.position != position)
		e = journal_read(reader, &record, NULL);
	if (e == ERR_OK && record.kind != RECORD_POLICY)
		e = ERR_FORMAT;
	if (e == ERR_OK) {
		buf_text(out, record.payload);
		e = out->err;
	}
	journal_reader_close(reader);
	return e;
}

/* Files of the version at hand, pointing into payload. False: the answer is set. */
bool editions_files(struct request *r, const struct shard_version *v, struct buf *payload, struct policy_file *file,
                    uint16_t *n)
{
	struct text rest;
	enum err e = read_payload(r, v->position, payload);

	if (e == ERR_OK)
		e = edition_take_files(buf_view(payload), file, n, &rest);
	if (e == ERR_OK)
		return true;
	answer_problem(r, e == ERR_ABSENT ? 410 : 503, "journal", "The policy can't be read",
	               e == ERR_ABSENT ? "its record is older than what the journal keeps" : err_name(e));
	return false;
}
