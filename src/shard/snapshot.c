/* snapshot.c - a snapshot's file: snapshot/POSITION.dks, "DKSNAP03", the pieces, and at the end BLAKE2b-256 over all of it under the
 * installation's key, so that a damaged or foreign file is never believed. Written under another name, synced, then renamed. */
#include <inttypes.h>
#include <sodium/crypto_generichash.h>
#include <stdio.h>
#include "base/mem.h"
#include "shard/shard_int.h"

#define FOLDER "snapshot"
#define TEMPORARY FOLDER "/next.tmp"
#define MAGIC "DKSNAP03"
#define MAGIC_ROOMLESS "DKSNAP02" /* the same, but all organisations' idempotency keys in one room */

enum {
	BUFFER_BYTES = 1 << 20,
	MAC_BYTES = 32,
	NAME_BYTES = 64
};

static void release(struct snapshot_file *f)
{
	if (f->fd >= 0)
		f->d->close(f->d->ctx, f->fd);
	f->fd = -1;
	mem_free(f->buffer);
	mem_free(f->hash);
	f->buffer = NULL;
	f->hash = NULL;
}

static enum err begin(struct snapshot_file *f, struct disk *d, const struct hash_key *key)
{
	*f = (struct snapshot_file){ .d = d, .fd = -1 };
	f->buffer = mem_alloc(BUFFER_BYTES);
	f->hash = mem_alloc(sizeof(crypto_generichash_state) + 64);
	if (f->buffer == NULL || f->hash == NULL) {
		release(f);
		return ERR_MEMORY;
	}
	crypto_generichash_init(f->hash, key->k, sizeof(key->k), MAC_BYTES);
	return ERR_OK;
}

static enum err flush(struct snapshot_file *f)
{
	enum err e = f->n == 0 ? ERR_OK : f->d->write_at(f->d->ctx, f->fd, f->at, f->buffer, f->n);

	f->at += f->n;
	f->n = 0;
	return e;
}

enum err snapshot_write(void *file, void *p, size_t n)
{
	struct snapshot_file *f = file;
	const unsigned char *from = p;

	crypto_generichash_update(f->hash, from, n);
	while (n > 0) {
		size_t k = n < BUFFER_BYTES - f->n ? n : BUFFER_BYTES - f->n;

		memcpy(f->buffer + f->n, from, k);
		f->n += k;
		from += k;
		n -= k;
		if (f->n == BUFFER_BYTES) {
			enum err e = flush(f);

			if (e != ERR_OK)
				return e;
		}
	}
	return ERR_OK;
}

/* In its place among the others, once; of too many the newest stay. */
static void add(struct snapshot_listing *l, uint64_t position)
{
	uint32_t i = l->n;

	while (i > 0 && l->position[i - 1] > position)
		i--;
	if (i > 0 && l->position[i - 1] == position)
		return;
	if (l->n == SNAPSHOT_LISTED_MAX) {
		if (i == 0)
			return;
		memmove(l->position, l->position + 1, --i * sizeof(l->position[0]));
	} else {
		memmove(l->position + i + 1, l->position + i, (l->n++ - i) * sizeof(l->position[0]));
	}
	l->position[i] = position;
}

static void see(void *ctx, const char *name)
{
	struct snapshot_listing *l = ctx;
	uint64_t p = 0;

	if (strlen(name) != 24 || strspn(name, "0123456789") != 20 || strcmp(name + 20, ".dks") != 0)
		return;
	for (int i = 0; i < 20; i++)
		p = p * 10 + (uint64_t)(name[i] - '0');
	add(l, p);
}

static void name_of(uint64_t position, char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, FOLDER "/%020" PRIu64 ".dks", position);
}

static enum err forget_old(struct snapshot_file *f, uint32_t kept)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; e == ERR_OK && i + (kept == 0 ? 1 : kept) < f->there.n; i++) {
		char name[NAME_BYTES];

		name_of(f->there.position[i], name);
		e = f->d->remove(f->d->ctx, name);
	}
	return e;
}

enum err snapshot_create(struct snapshot_file *f, struct disk *d, const struct hash_key *key, uint64_t position)
{
	enum err e = begin(f, d, key);

	if (e != ERR_OK)
		return e;
	e = d->make_folder(d->ctx, FOLDER);
	if (e == ERR_OK)
		e = d->list(d->ctx, FOLDER, see, &f->there);
	if (e == ERR_OK)
		e = d->open(d->ctx, TEMPORARY, DISK_WRITE, &f->fd);
	if (e == ERR_OK)
		e = d->truncate(d->ctx, f->fd, 0);
	if (e != ERR_OK)
		release(f);
	else
		add(&f->there, position);
	return e;
}

enum err snapshot_start(struct snapshot_file *f, uint64_t position)
{
	char magic[8];
	enum err e;

	memcpy(magic, MAGIC, 8);
	e = snapshot_write(f, magic, 8);
	return e == ERR_OK ? snapshot_write(f, &position, sizeof(position)) : e;
}

enum err snapshot_finish(struct snapshot_file *f, uint64_t position, uint32_t kept)
{
	unsigned char mac[MAC_BYTES];
	char name[NAME_BYTES];
	enum err e = flush(f);

	crypto_generichash_final(f->hash, mac, sizeof(mac));
	if (e == ERR_OK)
		e = f->d->write_at(f->d->ctx, f->fd, f->at, mac, sizeof(mac));
	if (e == ERR_OK)
		e = f->d->sync(f->d->ctx, f->fd);
	name_of(position, name);
	if (e == ERR_OK)
		e = f->d->rename(f->d->ctx, TEMPORARY, name);
	if (e == ERR_OK)
		e = f->d->sync_folder(f->d->ctx, FOLDER);
	return e == ERR_OK ? forget_old(f, kept) : e;
}

enum err snapshot_oldest(struct disk *d, uint64_t *position)
{
	struct snapshot_listing l = { .n = 0 };
	enum err e = d->list(d->ctx, FOLDER, see, &l);

	if (e == ERR_OK && l.n > 0)
		*position = l.position[0];
	return e == ERR_OK && l.n == 0 ? ERR_ABSENT : e;
}

enum err snapshot_bytes(struct disk *d, uint64_t position, uint64_t *bytes)
{
	char name[NAME_BYTES];
	int fd;
	enum err e;

	name_of(position, name);
	e = d->open(d->ctx, name, DISK_READ, &fd);
	if (e != ERR_OK)
		return e;
	e = d->size(d->ctx, fd, bytes);
	d->close(d->ctx, fd);
	return e;
}

/* Reads the whole file once and compares the code at its end. */
static enum err authentic(struct snapshot_file *f, uint64_t position)
{
	unsigned char mac[MAC_BYTES], want[MAC_BYTES];
	uint64_t size, inside;
	size_t got;
	enum err e = f->d->size(f->d->ctx, f->fd, &size);

	if (e == ERR_OK && size < 16 + MAC_BYTES)
		e = ERR_FORMAT;
	if (e != ERR_OK)
		return e;
	f->end = size - MAC_BYTES;
	for (uint64_t at = 0; at < f->end; at += got) {
		e = f->d->read_at(f->d->ctx, f->fd, at, f->buffer, f->end - at < BUFFER_BYTES ? f->end - at : BUFFER_BYTES,
		                  &got);
		if (e != ERR_OK || got == 0)
			return e == ERR_OK ? ERR_FORMAT : e;
		if (at == 0) {
			memcpy(&inside, f->buffer + 8, sizeof(inside));
			f->roomless = memcmp(f->buffer, MAGIC_ROOMLESS, 8) == 0;
			if ((!f->roomless && memcmp(f->buffer, MAGIC, 8) != 0) || inside != position)
				return ERR_FORMAT;
		}
		crypto_generichash_update(f->hash, f->buffer, got);
	}
	crypto_generichash_final(f->hash, mac, sizeof(mac));
	e = f->d->read_at(f->d->ctx, f->fd, f->end, want, sizeof(want), &got);
	f->at = 16;
	return e != ERR_OK ? e : got == sizeof(want) && memcmp(mac, want, sizeof(mac)) == 0 ? ERR_OK : ERR_FORMAT;
}

enum err snapshot_open(struct snapshot_file *f, struct disk *d, const struct hash_key *key, uint64_t below,
                       uint64_t *position, uint32_t *unfit)
{
	struct snapshot_listing l = { .n = 0 };
	enum err e = d->list(d->ctx, FOLDER, see, &l);

	if (e != ERR_OK)
		return e;
	for (uint32_t i = l.n; i-- > 0;) {
		char name[NAME_BYTES];

		if (l.position[i] >= below) {
			++*unfit; /* ahead of the journal: its end was lost */
			continue;
		}
		name_of(l.position[i], name);
		e = begin(f, d, key);
		if (e != ERR_OK)
			return e;
		e = d->open(d->ctx, name, DISK_READ, &f->fd);
		if (e == ERR_OK)
			e = authentic(f, l.position[i]);
		if (e == ERR_OK) {
			*position = l.position[i];
			return ERR_OK;
		}
		release(f);
		if (e == ERR_MEMORY)
			return e;
		++*unfit;
	}
	return ERR_ABSENT;
}

enum err snapshot_read(void *file, void *p, size_t n)
{
	struct snapshot_file *f = file;
	size_t got;
	enum err e;

	if (n > f->end - f->at)
		return ERR_FORMAT;
	e = f->d->read_at(f->d->ctx, f->fd, f->at, p, n, &got);
	f->at += got;
	return e == ERR_OK && got < n ? ERR_FORMAT : e;
}

void snapshot_close(struct snapshot_file *f)
{
	release(f);
}
