/* proposal.c - see proposal.h. */
#include "gateway/proposal.h"
#include <sodium/utils.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "event/list.h"

enum {
	ERRORS_BYTES_MAX = 1 << 20,
	FILES_MAX = POLICY_FILES_MAX + POLICY_LISTS_MAX
};

struct files {
	struct policy_file file[FILES_MAX]; /* n of them policies, then lists */
	uint32_t n, n_lists;
};

#define PATH(file) (int)(file)->path.n, (file)->path.p

static PRINTF_LIKE(2, 3) enum err refuse(struct proposal *p, const char *what, ...)
{
	va_list ap;

	va_start(ap, what);
	vsnprintf(p->fault, sizeof(p->fault), what, ap);
	va_end(ap);
	return ERR_RANGE;
}

static bool ends(struct text t, const char *end)
{
	size_t n = strlen(end);

	return t.n > n && memcmp(t.p + t.n - n, end, n) == 0;
}

static bool path_is_fit(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == ':' || t.p[i] == 0x7f)
			return false;
	return t.n > 0 && t.n <= PROPOSAL_PATH_MAX && t.p[0] != '/' && !text_contains(t, TEXT("..")) && text_utf8_valid(t);
}

static int by_path(const void *a, const void *b)
{
	return text_cmp(((const struct policy_file *)a)->path, ((const struct policy_file *)b)->path);
}

/* ---- compiling ---- */

static enum err compile(struct proposal *p, struct policy_file *file, uint32_t n, const struct fill_options *o)
{
	enum err e;

	qsort(file, n, sizeof(*file), by_path);
	for (uint32_t i = 1; i < n; i++)
		if (text_eq(file[i - 1].path, file[i].path))
			return refuse(p, "%.*s: two files have this path", PATH(&file[i]));
	edition_put_files(&p->payload, file, n);
	e = p->payload.err != ERR_OK
	        ? p->payload.err
	        : edition_new(&p->edition, buf_view(&p->payload), o->read_zone, o->zone_ctx, &p->errors);
	return e == ERR_OK ? plan_new(&p->plan, &p->edition->policy, o->key, o->lateness_us, &p->errors) : e;
}

static void init(struct proposal *p)
{
	*p = (struct proposal){ .edition = NULL };
	buf_init(&p->payload, RECORD_PAYLOAD_MAX);
	buf_init(&p->errors, ERRORS_BYTES_MAX);
}

enum err proposal_of_files(struct proposal *p, struct policy_file *file, uint32_t n, const struct fill_options *o)
{
	init(p);
	return compile(p, file, n, o);
}

void proposal_release(struct proposal *p)
{
	plan_free(p->plan);
	edition_drop(p->edition);
	buf_release(&p->payload);
	buf_release(&p->errors);
}

void proposal_digest(const struct proposal *p, char hex[2 * EDITION_DIGEST_BYTES + 1])
{
	unsigned char digest[EDITION_DIGEST_BYTES];

	edition_digest(edition_files(p->edition), digest);
	sodium_bin2hex(hex, 2 * EDITION_DIGEST_BYTES + 1, digest, sizeof(digest));
}

/* ---- lists that came along ---- */

struct list_at_hand {
	struct proposal *p;
	const struct list *list;
	struct text path;
};

static void list_value(void *ctx, const struct list_value *v)
{
	struct list_at_hand *l = ctx;

	shard_list_put(&l->p->payload, l->list, v->ident, v->fingerprint, v->until_us);
}

static void list_error(void *ctx, uint32_t line, uint32_t col, const char *message)
{
	struct list_at_hand *l = ctx;

	buf_text(&l->p->errors, l->path);
	buf_printf(&l->p->errors, ":%u:%u: error: %s\n", line, col, message);
}

static enum err take_list(struct proposal *p, const struct policy_file *f, uint32_t list, const struct hash_key *key)
{
	const struct policy *po = &p->edition->policy;
	struct list_at_hand l = { .p = p, .list = &po->list[list], .path = f->path };
	struct list_reader r = policy_list_reader(po, list, key);
	struct list_counts counts;
	enum err e;

	r.context = &l;
	r.value = list_value;
	r.error = list_error;
	e = list_read(&r, f->text, &counts);
	return e != ERR_OK ? e : counts.bad > 0 ? ERR_FORMAT : p->payload.err;
}

/* "policy/lists/a.csv" is the file of a list from "lists/a.csv". */
static bool is_file_of(const struct list *l, struct text path)
{
	return text_eq(l->path, path) || (path.n > l->path.n && path.p[path.n - l->path.n - 1] == '/' &&
	                                  memcmp(path.p + path.n - l->path.n, l->path.p, l->path.n) == 0);
}

static enum err take_lists(struct proposal *p, const struct files *f, const struct hash_key *key)
{
	const struct policy *po = &p->edition->policy;
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < f->n_lists && e == ERR_OK; i++) {
		const struct policy_file *file = &f->file[f->n + i];
		uint32_t lists = 0;

		for (uint32_t k = 0; k < po->n_lists && e == ERR_OK; k++)
			if (is_file_of(&po->list[k], file->path)) {
				e = take_list(p, file, k, key);
				lists++;
			}
		if (lists == 0)
			return refuse(p, "%.*s: no list of this policy is from this file", PATH(file));
	}
	return e;
}

/* ---- JSON ---- */

/* Policies to the front. */
static enum err take_file(struct proposal *p, struct files *f, const json_t *j)
{
	const json_t *path = json_object_get(j, "path"), *text = json_object_get(j, "text");
	struct policy_file one;
	bool policy;

	if (!json_is_string(path) || !json_is_string(text) || json_object_size(j) != 2)
		return refuse(p, "each of \"files\" is {\"path\":\"...\",\"text\":\"...\"}");
	one.path = text_of(json_string_value(path), json_string_length(path));
	one.text = text_of(json_string_value(text), json_string_length(text));
	if (!path_is_fit(one.path))
		return refuse(p, "a path has 1 to 255 bytes, no colon, no .. and no / at its beginning");
	policy = ends(one.path, ".dk");
	if (!policy && !ends(one.path, ".csv"))
		return refuse(p, "%.*s: a file is a policy (.dk) or a list (.csv)", PATH(&one));
	if (policy ? f->n == POLICY_FILES_MAX : f->n_lists == POLICY_LISTS_MAX)
		return refuse(p, "%.*s: there are too many files: 256 policies and 64 lists at most", PATH(&one));
	f->file[f->n + f->n_lists] = f->file[f->n]; /* the first list, if there is one, moves behind the last */
	f->file[policy ? f->n : f->n + f->n_lists] = one;
	f->n += policy;
	f->n_lists += !policy;
	return ERR_OK;
}

enum err proposal_of_json(struct proposal *p, const json_t *files, const struct fill_options *o)
{
	struct files *f = mem_alloc(sizeof(*f));
	enum err e = f == NULL ? ERR_MEMORY : ERR_OK;

	init(p);
	if (e == ERR_OK && (!json_is_array(files) || json_array_size(files) == 0))
		e = refuse(p, "\"files\" is missing: a list of {\"path\",\"text\"}");
	for (size_t i = 0; e == ERR_OK && i < json_array_size(files); i++)
		e = take_file(p, f, json_array_get(files, i));
	if (e == ERR_OK && f->n == 0)
		e = refuse(p, "no policy (.dk) is among the files");
	if (e == ERR_OK)
		e = compile(p, f->file, f->n, o);
	if (e == ERR_OK)
		e = take_lists(p, f, o->key);
	mem_free(f);
	return e;
}
