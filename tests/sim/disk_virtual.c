/* disk_virtual.c - see disk_virtual.h. A file has what programs see and what would be there after a crash. */
#include "tests/sim/disk_virtual.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILES = 512,
	BLOCK = 512,
	OPS = 4096
};

struct file {
	bool used;
	unsigned char *live, *durable;
	size_t live_n, durable_n, cap;
};

struct op { /* a change of a name that no sync_folder has made durable: name now means file (-1: nothing) */
	char name[DISK_NAME_MAX + 1];
	int file;
	char other[DISK_NAME_MAX + 1]; /* rename: this name goes at the same moment */
};

struct names {
	struct {
		char name[DISK_NAME_MAX + 1];
		int file;
	} at[FILES];
	uint32_t n;
};

struct disk_virtual {
	struct rng rng;
	uint32_t per_million;
	struct file file[FILES];
	struct names live, durable;
	struct op op[OPS];
	uint32_t n_ops;
};

static int look(const struct names *n, const char *name)
{
	for (uint32_t i = 0; i < n->n; i++)
		if (strcmp(n->at[i].name, name) == 0)
			return n->at[i].file;
	return -1;
}

static void set(struct names *n, const char *name, int file)
{
	uint32_t i = 0;

	while (i < n->n && strcmp(n->at[i].name, name) != 0)
		i++;
	if (file < 0) {
		if (i < n->n)
			n->at[i] = n->at[--n->n];
		return;
	}
	CHECK(i < FILES);
	snprintf(n->at[i].name, sizeof(n->at[i].name), "%s", name);
	n->at[i].file = file;
	n->n += i == n->n;
}

static void apply(struct names *n, const struct op *o)
{
	if (o->other[0] != 0)
		set(n, o->other, -1);
	set(n, o->name, o->file);
}

static void change(struct disk_virtual *v, const char *name, int file, const char *other)
{
	struct op *o = &v->op[v->n_ops++];

	CHECK(v->n_ops < OPS);
	snprintf(o->name, sizeof(o->name), "%s", name);
	snprintf(o->other, sizeof(o->other), "%s", other);
	o->file = file;
	apply(&v->live, o);
}

static bool fails(struct disk_virtual *v)
{
	if (v->per_million == 0 || !rng_chance(&v->rng, v->per_million))
		return false;
	errno = rng_chance(&v->rng, 500000) ? ENOSPC : EIO;
	return true;
}

static void reserve(struct file *f, size_t n)
{
	if (n <= f->cap)
		return;
	f->live = realloc(f->live, 2 * n);
	f->durable = realloc(f->durable, 2 * n);
	CHECK(f->live != NULL && f->durable != NULL);
	memset(f->live + f->cap, 0, 2 * n - f->cap);
	memset(f->durable + f->cap, 0, 2 * n - f->cap);
	f->cap = 2 * n;
}

static bool named(const struct disk_virtual *v, int file)
{
	for (uint32_t i = 0; i < v->live.n; i++)
		if (v->live.at[i].file == file)
			return true;
	for (uint32_t i = 0; i < v->durable.n; i++)
		if (v->durable.at[i].file == file)
			return true;
	for (uint32_t i = 0; i < v->n_ops; i++)
		if (v->op[i].file == file)
			return true;
	return false;
}

/* One that never was, or that nothing calls by a name any more, whatever a crash brings back. */
static int free_file(struct disk_virtual *v)
{
	int f = 0;

	while (f < FILES && v->file[f].used)
		f++;
	if (f < FILES)
		return f;
	for (f = 0; named(v, f); f++)
		CHECK(f + 1 < FILES);
	free(v->file[f].live);
	free(v->file[f].durable);
	return f;
}

static enum err v_open(void *ctx, const char *name, enum disk_mode mode, int *fd)
{
	struct disk_virtual *v = ctx;
	int f = look(&v->live, name);

	*fd = f;
	if (f >= 0) {
		errno = EEXIST;
		return mode == DISK_NEW ? ERR_IO : ERR_OK;
	}
	if (mode == DISK_READ)
		return ERR_ABSENT;
	if (fails(v))
		return ERR_IO;
	f = free_file(v);
	v->file[f] = (struct file){ .used = true };
	reserve(&v->file[f], 1024);
	change(v, name, f, "");
	*fd = f;
	return ERR_OK;
}

static enum err v_read_at(void *ctx, int fd, uint64_t at, void *p, size_t n, size_t *got)
{
	const struct file *f = &((struct disk_virtual *)ctx)->file[fd];

	*got = at >= f->live_n ? 0 : f->live_n - at < n ? f->live_n - at : n;
	if (*got > 0)
		memcpy(p, f->live + at, *got);
	return ERR_OK;
}

static enum err v_write_at(void *ctx, int fd, uint64_t at, const void *p, size_t n)
{
	struct disk_virtual *v = ctx;
	struct file *f = &v->file[fd];
	bool refused = fails(v);

	if (refused && n > 0)
		n = rng_below(&v->rng, n);
	reserve(f, at + n);
	memcpy(f->live + at, p, n);
	if (at + n > f->live_n)
		f->live_n = at + n;
	return refused ? ERR_IO : ERR_OK;
}

/* Some blocks of what is new become durable, others do not. */
static void persist_some(struct disk_virtual *v, struct file *f)
{
	size_t most = f->live_n > f->durable_n ? f->live_n : f->durable_n;

	for (size_t at = 0; at < most; at += BLOCK) {
		size_t n = most - at < BLOCK ? most - at : BLOCK;

		if (memcmp(f->live + at, f->durable + at, n) != 0 && rng_chance(&v->rng, 500000))
			memcpy(f->durable + at, f->live + at, n);
	}
	if (f->live_n != f->durable_n && rng_chance(&v->rng, 700000))
		f->durable_n =
			f->live_n > f->durable_n ? f->durable_n + rng_below(&v->rng, f->live_n - f->durable_n + 1) : f->live_n;
	memset(f->durable + f->durable_n, 0, f->cap - f->durable_n);
}

static enum err v_sync(void *ctx, int fd)
{
	struct disk_virtual *v = ctx;
	struct file *f = &v->file[fd];

	if (fails(v)) {
		persist_some(v, f);
		return ERR_IO;
	}
	memcpy(f->durable, f->live, f->cap);
	f->durable_n = f->live_n;
	return ERR_OK;
}

static enum err v_size(void *ctx, int fd, uint64_t *bytes)
{
	*bytes = ((struct disk_virtual *)ctx)->file[fd].live_n;
	return ERR_OK;
}

static enum err v_truncate(void *ctx, int fd, uint64_t bytes)
{
	struct disk_virtual *v = ctx;
	struct file *f = &v->file[fd];

	if (fails(v))
		return ERR_IO;
	reserve(f, bytes + 1);
	if (bytes < f->live_n)
		memset(f->live + bytes, 0, f->live_n - bytes);
	f->live_n = bytes;
	return ERR_OK;
}

static void v_close(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
}

static enum err v_rename(void *ctx, const char *from, const char *to)
{
	struct disk_virtual *v = ctx;
	int f = look(&v->live, from);

	if (f < 0)
		return ERR_ABSENT;
	if (fails(v))
		return ERR_IO;
	change(v, to, f, from);
	return ERR_OK;
}

static enum err v_remove(void *ctx, const char *name)
{
	struct disk_virtual *v = ctx;

	if (look(&v->live, name) < 0)
		return ERR_ABSENT;
	if (fails(v))
		return ERR_IO;
	change(v, name, -1, "");
	return ERR_OK;
}

static enum err v_make_folder(void *ctx, const char *name)
{
	(void)name;
	return fails(ctx) ? ERR_IO : ERR_OK;
}

static enum err v_sync_folder(void *ctx, const char *name)
{
	struct disk_virtual *v = ctx;

	(void)name; /* one folder's names may as well take the others' along */
	if (fails(v))
		return ERR_IO;
	v->durable = v->live;
	v->n_ops = 0;
	return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static enum err v_list(void *ctx, const char *folder, void (*visit)(void *ctx, const char *name), void *visit_ctx)
{
	struct disk_virtual *v = ctx;
	struct names *copy = malloc(sizeof(*copy));
	size_t n = strlen(folder);

	CHECK(copy != NULL);
	*copy = v->live;
	qsort(copy->at, copy->n, sizeof(copy->at[0]), by_name);
	for (uint32_t i = 0; i < copy->n; i++)
		if (strncmp(copy->at[i].name, folder, n) == 0 && copy->at[i].name[n] == '/')
			visit(visit_ctx, copy->at[i].name + n + 1);
	free(copy);
	return ERR_OK;
}

static enum err v_free_bytes(void *ctx, uint64_t *bytes)
{
	(void)ctx;
	*bytes = 1 << 30;
	return ERR_OK;
}

/* Everything is near at hand, but whoever asks ahead shall be seen to do so rightly. */
static void v_will_read(void *ctx, int fd, uint64_t at, uint64_t n)
{
	const struct disk_virtual *v = ctx;

	CHECK(fd >= 0 && fd < FILES && v->file[fd].used && n <= (uint64_t)1 << 32 && at <= UINT64_MAX - n);
}

struct disk_virtual *disk_virtual_new(uint64_t seed)
{
	struct disk_virtual *v = calloc(1, sizeof(*v));

	CHECK(v != NULL);
	rng_seed(&v->rng, seed);
	return v;
}

void disk_virtual_free(struct disk_virtual *v)
{
	for (int i = 0; i < FILES; i++) {
		free(v->file[i].live);
		free(v->file[i].durable);
	}
	free(v);
}

struct disk disk_virtual_disk(struct disk_virtual *v)
{
	return (struct disk){ v,        v_open,   v_read_at,     v_write_at,    v_sync, v_size,       v_truncate, v_close,
		                  v_rename, v_remove, v_make_folder, v_sync_folder, v_list, v_free_bytes, v_will_read };
}

void disk_virtual_faults(struct disk_virtual *v, uint32_t per_million)
{
	v->per_million = per_million;
}

void disk_virtual_crash(struct disk_virtual *v)
{
	uint32_t kept = (uint32_t)rng_below(&v->rng, (uint64_t)v->n_ops + 1);

	for (uint32_t i = 0; i < kept; i++)
		apply(&v->durable, &v->op[i]);
	v->n_ops = 0;
	v->live = v->durable;
	for (int i = 0; i < FILES; i++) {
		struct file *f = &v->file[i];

		if (!f->used)
			continue;
		persist_some(v, f);
		memcpy(f->live, f->durable, f->cap);
		f->live_n = f->durable_n;
	}
}

bool disk_virtual_flip(struct disk_virtual *v, const char *name, uint64_t byte, unsigned bit)
{
	int f = look(&v->live, name);

	if (f < 0 || byte >= v->file[f].live_n)
		return false;
	v->file[f].live[byte] ^= (unsigned char)(1u << bit);
	v->file[f].durable[byte] ^= (unsigned char)(1u << bit);
	return true;
}

uint64_t disk_virtual_bytes(struct disk_virtual *v, const char *name)
{
	int f = look(&v->live, name);

	return f < 0 ? 0 : v->file[f].live_n;
}
