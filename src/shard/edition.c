/* edition.c - see edition.h. */
#include "shard/edition.h"
#include <sodium/crypto_generichash.h>
#include "base/mem.h"
#include "journal/record_int.h"

void edition_digest(struct text files, unsigned char out[EDITION_DIGEST_BYTES])
{
	crypto_generichash(out, EDITION_DIGEST_BYTES, (const unsigned char *)files.p, files.n, NULL, 0);
}

void edition_put_files(struct buf *b, const struct policy_file *file, uint32_t n)
{
	record_u16(b, (uint16_t)n);
	for (uint32_t i = 0; i < n; i++) {
		record_u16(b, (uint16_t)file[i].path.n);
		buf_text(b, file[i].path);
		record_u32(b, (uint32_t)file[i].text.n);
		buf_text(b, file[i].text);
	}
}

enum err edition_take_files(struct text t, struct policy_file *file, uint16_t *n, struct text *rest)
{
	uint16_t path_n;
	uint32_t text_n;

	if (!record_get_u16(&t, n) || *n == 0 || *n > POLICY_FILES_MAX)
		return ERR_FORMAT;
	for (uint16_t i = 0; i < *n; i++)
		if (!record_get_u16(&t, &path_n) || !record_get_bytes(&t, path_n, &file[i].path) ||
		    !record_get_u32(&t, &text_n) || text_n > POLICY_TEXT_MAX || !record_get_bytes(&t, text_n, &file[i].text))
			return ERR_FORMAT;
	*rest = t;
	return ERR_OK;
}

static enum err load(struct edition *d, policy_reader *read_zone, void *zone_ctx, struct buf *errors)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct text lists;
	uint16_t n;
	enum err e = file == NULL ? ERR_MEMORY : edition_take_files(buf_view(&d->payload), file, &n, &lists);

	if (e == ERR_FORMAT)
		buf_z(errors, "the policy record is damaged\n");
	if (e == ERR_OK) {
		d->files_n = d->payload.n - lists.n;
		e = policy_load(&d->policy, file, n, read_zone, zone_ctx, errors);
	}
	mem_free(file);
	return e;
}

enum err edition_new(struct edition **out, struct text payload, policy_reader *read_zone, void *zone_ctx,
                     struct buf *errors)
{
	struct edition *d = mem_alloc(sizeof(*d));
	enum err e;

	if (d == NULL)
		return ERR_MEMORY;
	d->holders = 1;
	buf_init(&d->payload, RECORD_PAYLOAD_MAX);
	buf_text(&d->payload, payload);
	e = d->payload.err != ERR_OK ? d->payload.err : load(d, read_zone, zone_ctx, errors);
	if (e != ERR_OK) {
		buf_release(&d->payload);
		mem_free(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

struct edition *edition_keep(struct edition *d)
{
	atomic_fetch_add_explicit(&d->holders, 1, memory_order_relaxed);
	return d;
}

void edition_drop(struct edition *d)
{
	if (d == NULL || atomic_fetch_sub_explicit(&d->holders, 1, memory_order_acq_rel) != 1)
		return;
	policy_release(&d->policy);
	buf_release(&d->payload);
	mem_free(d);
}
