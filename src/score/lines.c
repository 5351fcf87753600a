/* lines.c - see lines.h. */
#include "score/lines.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "base/mem.h"

enum {
	CHUNK_BYTES = 1 << 16
};

enum err lines_open(struct lines *l, const char *path, size_t max_bytes)
{
	*l = (struct lines){ .fd = STDIN_FILENO, .max_bytes = max_bytes };
	if (strcmp(path, "-") != 0)
		l->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? ERR_ABSENT : ERR_IO;
	return ERR_OK;
}

void lines_close(struct lines *l)
{
	if (l->fd > STDIN_FILENO)
		close(l->fd);
	mem_free(l->p);
	*l = (struct lines){ .fd = -1, .end = true };
}

/* More bytes behind l->n; what lies before l->at is gone. */
static enum err fill(struct lines *l)
{
	ssize_t got;

	if (l->at > 0) {
		memmove(l->p, l->p + l->at, l->n - l->at);
		l->n -= l->at;
		l->at = 0;
	}
	if (l->cap - l->n < CHUNK_BYTES) {
		size_t cap = l->cap * 2 > CHUNK_BYTES * 2 ? l->cap * 2 : CHUNK_BYTES * 2;
		char *p = mem_resize(l->p, cap);

		if (p == NULL)
			return ERR_MEMORY;
		l->p = p;
		l->cap = cap;
	}
	do
		got = read(l->fd, l->p + l->n, l->cap - l->n);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		l->err_no = errno;
		return ERR_IO;
	}
	l->n += (size_t)got;
	l->end = got == 0;
	return ERR_OK;
}

enum err lines_next(struct lines *l, struct text *out)
{
	bool skipping = false;
	size_t seen = 0;

	l->line++;
	for (;;) {
		char *from = l->p != NULL ? l->p + l->at : NULL; /* nothing was read yet */
		char *nl = l->n - l->at > seen ? memchr(from + seen, '\n', l->n - l->at - seen) : NULL;
		enum err e;

		seen = l->n - l->at;
		if (nl != NULL || l->end) {
			size_t n = nl != NULL ? (size_t)(nl - from) : seen;

			if (nl == NULL && n == 0 && !skipping)
				return ERR_ABSENT;
			skipping |= n > l->max_bytes;
			*out = skipping ? (struct text){ NULL, 0 } : text_of(n > 0 ? from : "", n);
			l->at += n + (nl != NULL);
			return skipping ? ERR_CAP : ERR_OK;
		}
		if (seen > l->max_bytes) { /* keep nothing of it */
			skipping = true;
			l->at = l->n;
			seen = 0;
		}
		e = fill(l);
		if (e != ERR_OK)
			return e;
	}
}
