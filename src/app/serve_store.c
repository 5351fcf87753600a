/* serve_store.c - see serve_store.h. */
#include "app/serve_store.h"
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "app/serve_load.h"
#include "base/file.h"
#include "base/mem.h"
#include "event/quarantine.h"

enum {
	TOGETHER = 256 /* old records in one transaction */
};

#define OLD_BYTES_MAX ((size_t)16 << 30)

static bool say(const char *path, const char *what)
{
	fprintf(stderr, "duanka: %s: %s\n", path, what);
	return false;
}

static bool path_in(char out[DATA_PATH_BYTES], const char *data, const char *name)
{
	return (size_t)snprintf(out, DATA_PATH_BYTES, "%s/%s", data, name) < DATA_PATH_BYTES ||
	       say(data, "the path is too long");
}

/* ---- the master key ---- */

bool serve_master(const char *path, bool make, unsigned char out[DICTIONARY_MASTER_BYTES])
{
	char own[DATA_PATH_BYTES];

	if ((size_t)snprintf(own, sizeof(own), "%s", path) >= sizeof(own))
		return say(path, "the path is too long");
	if (make && access(own, F_OK) != 0 && errno == ENOENT)
		return load_secret_make(own, "master key",
		                        "without it no token can be turned back, and no copy of the dictionary is of use", out,
		                        DICTIONARY_MASTER_BYTES);
	return load_secret(own, "master key", "put the right one back", out, DICTIONARY_MASTER_BYTES);
}

static bool open_dictionary(struct serve_store *s, const char *data, const char *master, bool make)
{
	char own[DATA_PATH_BYTES], path[DATA_PATH_BYTES];
	unsigned char key[DICTIONARY_MASTER_BYTES];
	struct buf why;
	bool is_new;
	enum err e;

	if (!path_in(own, data, "master.key") || !path_in(path, data, "dictionary.sqlite"))
		return false;
	is_new = access(path, F_OK) != 0 && errno == ENOENT;
	if (is_new && !make)
		return say(path, "there is no dictionary here");
	if (!serve_master(master != NULL ? master : own, is_new, key)) {
		if (!is_new)
			say(path, "it was made with a master key: put that back, or name it with --master-key");
		return false;
	}
	buf_init(&why, 4096);
	e = dictionary_open(&s->dictionary, path, key, &why);
	sodium_memzero(key, sizeof(key));
	if (e != ERR_OK)
		say(path, why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

/* ---- a plain quarantine of before ---- */

struct old_line {
	json_t *j;
	char *decoded; /* of raw_base64 */
};

struct old { /* lines on their way */
	struct serve_store *s;
	struct bad bad[TOGETHER];
	struct old_line line[TOGETHER];
	size_t n;
	uint64_t taken;
};

static enum bad_reason reason_of(const char *z)
{
	for (int r = BAD_NONE + 1; r < BAD_REASONS; r++)
		if (z != NULL && strcmp(z, bad_reason_name((enum bad_reason)r)) == 0)
			return (enum bad_reason)r;
	return BAD_JSON;
}

static struct text text_in(const json_t *j, const char *name)
{
	const json_t *x = json_object_get(j, name);

	return json_is_string(x) ? text_of(json_string_value(x), json_string_length(x)) : TEXT("");
}

/* The record in a line; the line itself if it is not what quarantine_line makes. */
static struct bad old_bad(struct old_line *l, struct text line)
{
	struct bad bad = { .reason = BAD_JSON, .path = TEXT("http"), .field = TEXT(""), .raw = line };
	struct text base64 = text_in(l->j, "raw_base64");
	size_t n = 0;

	if (!json_is_object(l->j))
		return bad;
	bad.reason = reason_of(json_string_value(json_object_get(l->j, "reason")));
	bad.why = json_string_value(json_object_get(l->j, "message_en"));
	bad.field = text_in(l->j, "field");
	bad.line = (uint64_t)json_integer_value(json_object_get(l->j, "line"));
	if (json_is_string(json_object_get(l->j, "raw"))) {
		bad.raw = text_in(l->j, "raw");
	} else if (base64.n > 0 && (l->decoded = mem_alloc(base64.n)) != NULL &&
	           sodium_base642bin((unsigned char *)l->decoded, base64.n, base64.p, base64.n, NULL, &n, NULL,
	                             sodium_base64_VARIANT_ORIGINAL) == 0) {
		bad.raw = text_of(l->decoded, n);
	}
	return bad;
}

static enum err hand_in(struct old *o)
{
	uint64_t added;
	enum err e = o->n == 0 ? ERR_OK : held_add(o->s->held, o->bad, NULL, o->n, serve_now_us(), 0, &added);

	for (size_t i = 0; i < o->n; i++) {
		json_decref(o->line[i].j);
		mem_free(o->line[i].decoded);
	}
	o->taken += o->n;
	o->n = 0;
	return e;
}

static enum err take_lines(struct old *o, struct text file)
{
	enum err e = ERR_OK;

	while (file.n > 0 && e == ERR_OK) {
		const char *end = memchr(file.p, '\n', file.n);
		size_t n = end == NULL ? file.n : (size_t)(end - file.p);

		if (n > 0) {
			o->line[o->n] = (struct old_line){ .j = json_loadb(file.p, n, 0, NULL) };
			o->bad[o->n] = old_bad(&o->line[o->n], text_of(file.p, n));
			o->n++;
		}
		file.p += n + (end != NULL);
		file.n -= n + (end != NULL);
		if (o->n == TOGETHER || file.n == 0)
			e = hand_in(o);
	}
	return e;
}

/* If the service dies on the way, the file is still there and its first records are in the box twice: better than not at all. */
static bool take_old(struct serve_store *s, const char *data, struct disk *disk)
{
	char path[DATA_PATH_BYTES];
	struct old *o = mem_alloc(sizeof(*o));
	struct buf file;
	enum err e = o == NULL ? ERR_MEMORY : ERR_OK;

	buf_init(&file, OLD_BYTES_MAX);
	if (!path_in(path, data, "quarantine.ndjson"))
		e = ERR_RANGE;
	if (e == ERR_OK)
		e = file_read_all(path, OLD_BYTES_MAX, &file);
	if (e == ERR_OK) {
		o->s = s;
		e = take_lines(o, buf_view(&file));
		if (e == ERR_OK)
			e = disk->remove(disk->ctx, "quarantine.ndjson");
		if (e == ERR_OK)
			e = disk->sync_folder(disk->ctx, "");
		if (e == ERR_OK)
			fprintf(stderr, "duanka: %s: its %llu records were taken into the sealed quarantine, and it was removed\n",
			        path, (unsigned long long)o->taken);
	}
	if (e != ERR_OK && e != ERR_ABSENT)
		fprintf(stderr, "duanka: %s: it can't be taken into the sealed quarantine: %s\n", path,
		        e == ERR_IO ? strerror(errno) : err_name(e));
	buf_release(&file);
	mem_free(o);
	return e == ERR_OK || e == ERR_ABSENT;
}

/* ---- all of it ---- */

static bool open_held(struct serve_store *s, const char *data)
{
	char path[DATA_PATH_BYTES];
	struct buf why;
	enum err e;

	if (!path_in(path, data, "quarantine.sqlite"))
		return false;
	buf_init(&why, 4096);
	e = held_open(&s->held, path, s->dictionary, &why);
	if (e != ERR_OK)
		say(path, why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

bool serve_store_open(struct serve_store *s, const char *data, const char *master, struct disk *disk,
                      int32_t grain_days, bool make)
{
	*s = (struct serve_store){ .dictionary = NULL };
	if (!open_dictionary(s, data, master, make) || !open_held(s, data) || !take_old(s, data, disk))
		return false;
	return names_new(&s->names, s->dictionary, disk, serve_now_us, grain_days) == ERR_OK || say(data, "out of memory");
}

bool serve_store_begin(struct serve_store *s, const char *data, uint64_t next)
{
	bool ahead;

	if (names_begin(s->names, next, &ahead) != ERR_OK)
		return say(data, "the dictionary can't be written");
	if (ahead)
		say(data,
		    "the dictionary has seen a longer journal than this one (a copy was put back, or it was made anew); it goes on from here");
	return true;
}

bool serve_motions_open(struct motions **out, const char *data)
{
	char path[DATA_PATH_BYTES];
	struct buf why;
	enum err e;

	if ((size_t)snprintf(path, sizeof(path), "%s/motions.sqlite", data) >= sizeof(path))
		return say(data, "the path is too long");
	buf_init(&why, 4096);
	e = motions_open(out, path, &why);
	if (e != ERR_OK)
		say(path, why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

void serve_store_close(struct serve_store *s)
{
	names_free(s->names);
	held_close(s->held);
	dictionary_close(s->dictionary);
	*s = (struct serve_store){ .dictionary = NULL };
}
