/* truth_file.c - see truth_file.h. */
#include "app/truth_file.h"
#include <errno.h>
#include <stdio.h>

bool truth_file_say_errno(const char *command, const char *path)
{
	fprintf(stderr, "duanka %s: %s: %s\n", command, path, strerror(errno));
	return false;
}

bool truth_file_say(const char *command, const char *path, enum err e)
{
	fprintf(stderr, "duanka %s: %s: %s\n", command, path,
	        e == ERR_CAP ? "more rows, rules or entities than can be held" : "no memory left");
	return false;
}

void truth_file_complain(void *complaints, uint64_t line, const char *what)
{
	struct truth_complaints *c = complaints;

	if (c->n++ < COMPLAINTS_MAX)
		fprintf(stderr, "%s:%llu: %s\n", c->path, (unsigned long long)line, what);
}

void truth_file_complain_end(const struct truth_complaints *c)
{
	if (c->n > COMPLAINTS_MAX)
		fprintf(stderr, "%s: %llu more bad lines\n", c->path, (unsigned long long)(c->n - COMPLAINTS_MAX));
}

bool truth_file_next(struct lines *l, const char *command, const char *path, struct text *line, bool *more)
{
	enum err e = lines_next(l, line);

	*more = e == ERR_OK || e == ERR_CAP;
	errno = l->err_no;
	return *more || e == ERR_ABSENT ||
	       (e == ERR_IO ? truth_file_say_errno(command, path) : truth_file_say(command, path, e));
}

bool truth_file_read(const char *command, const char *path, const struct truth_kinds *kinds, const struct hash_key *key,
                     struct truth **out, uint64_t *bad)
{
	struct truth_complaints told = { .path = path };
	struct truth_sink sink = { &told, truth_file_complain };
	bool more = true, ok = true;
	struct text line;
	struct lines l;
	enum err e;

	*out = NULL;
	if (lines_open(&l, path, TRUTH_LINE_MAX) != ERR_OK)
		return truth_file_say_errno(command, path);
	e = truth_new(out, kinds, key, &sink);
	while (ok && more && e == ERR_OK) {
		ok = truth_file_next(&l, command, path, &line, &more);
		if (ok && more)
			e = truth_line(*out, line);
	}
	lines_close(&l);
	if (ok && e == ERR_OK)
		e = truth_finish(*out);
	truth_file_complain_end(&told);
	*bad += told.n;
	if (ok && e != ERR_OK && e != ERR_FORMAT)
		truth_file_say(command, path, e);
	return ok && e == ERR_OK;
}
