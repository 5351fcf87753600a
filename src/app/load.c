/* load.c - key and policy directory; see load.h. */
#include "app/load.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "event/list.h"

enum {
	PATH_BYTES = 4096,
	LIST_BYTES_MAX = 256 << 20,
	ZONE_BYTES_MAX = 1 << 20
};

static bool say(const char *what, const char *path)
{
	fprintf(stderr, "duanka: %s: %s: %s\n", path, what, strerror(errno));
	return false;
}

/* ---- the key ---- */

static bool make_folders(char *path)
{
	for (char *p = path + 1; *p != 0; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return say("can't make the folder", path);
		*p = '/';
	}
	return true;
}

bool load_secret(const char *path, const char *what, const char *remedy, unsigned char *out, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool ok;

	if (fd < 0) {
		fprintf(stderr, "duanka: %s: can't read the %s: %s\n", path, what, strerror(errno));
		return false;
	}
	ok = fstat(fd, &st) == 0 && read(fd, out, n) == (ssize_t)n;
	close(fd);
	if (ok && (st.st_mode & 077) != 0) {
		fprintf(stderr, "duanka: %s: others can read this key; run chmod 600 on it\n", path);
		return false;
	}
	if (!ok || st.st_size != (off_t)n) {
		fprintf(stderr, "duanka: %s: a %s is a file of exactly %zu bytes; %s\n", path, what, n, remedy);
		return false;
	}
	return true;
}

/* A new name is durable only when its folder is. */
static bool sync_folder_of(char *path)
{
	char *slash = strrchr(path, '/');
	int fd;
	bool ok;

	if (slash != NULL)
		*slash = 0;
	fd = open(slash == NULL ? "." : path[0] == 0 ? "/" : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (slash != NULL)
		*slash = '/';
	ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

bool load_secret_make(char *path, const char *what, const char *why_keep, unsigned char *out, size_t n)
{
	int fd;
	bool ok;

	if (sodium_init() < 0 || !make_folders(path))
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		fprintf(stderr, "duanka: %s: can't make the %s: %s\n", path, what, strerror(errno));
		return false;
	}
	randombytes_buf(out, n);
	ok = write(fd, out, n) == (ssize_t)n && fsync(fd) == 0 && sync_folder_of(path);
	if (!ok) {
		fprintf(stderr, "duanka: %s: can't write the %s: %s\n", path, what, strerror(errno));
		unlink(path);
	}
	close(fd);
	if (ok)
		fprintf(stderr, "duanka: made a %s in %s; keep it: %s\n", what, path, why_keep);
	return ok;
}

static bool read_key(const char *path, struct hash_key *out)
{
	return load_secret(path, "token key", "name another, or remove it to get a new one", out->k, sizeof(out->k));
}

bool load_key_make(char *path, struct hash_key *out)
{
	return load_secret_make(path, "token key", "tokens made with another key do not match", out->k, sizeof(out->k));
}

bool load_key(const char *path, struct hash_key *out)
{
	char own[PATH_BYTES];
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME"),
			   *named = path ? path : getenv("DUANKA_KEY_FILE");
	int n;

	if (named != NULL)
		return read_key(named, out);
	if (state != NULL && state[0] == '/')
		n = snprintf(own, sizeof(own), "%s/duanka/token.key", state);
	else
		n = snprintf(own, sizeof(own), "%s/.local/state/duanka/token.key", home ? home : "");
	if (n < 0 || (size_t)n >= sizeof(own)) {
		fprintf(stderr, "duanka: the path of the token key is too long; name one with --key\n");
		return false;
	}
	return access(own, F_OK) != 0 && errno == ENOENT ? load_key_make(own, out) : read_key(own, out);
}

/* ---- the policy ---- */

struct names {
	char path[POLICY_FILES_MAX][PATH_BYTES / 8];
	uint32_t n;
	bool failed;
};

static bool ends_with(const char *z, const char *end)
{
	size_t n = strlen(z), m = strlen(end);

	return n > m && strcmp(z + n - m, end) == 0;
}

static void find_files(struct names *f, const char *dir, int depth)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	char path[PATH_BYTES];
	struct stat st;

	if (d == NULL) {
		f->failed = !say("can't read the policy directory", dir);
		return;
	}
	while ((e = readdir(d)) != NULL && !f->failed) {
		int n = snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);

		if (e->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof(f->path[0]) || stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth > 0)
			find_files(f, path, depth - 1);
		if (!S_ISREG(st.st_mode) || !ends_with(path, ".dk"))
			continue;
		if (f->n == POLICY_FILES_MAX) {
			fprintf(stderr, "duanka: %s: more than %d policy files\n", dir, POLICY_FILES_MAX);
			f->failed = true;
			break;
		}
		memcpy(f->path[f->n++], path, (size_t)n + 1);
	}
	closedir(d);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(a, b);
}

enum err load_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	char path[PATH_BYTES / 8];
	struct buf b;
	enum err e;

	(void)ctx;
	for (size_t i = 0; i < name.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/", name.p[i]) == NULL)
			return ERR_ABSENT;
	if (name.n == 0 || name.n > 100 || name.p[0] == '/')
		return ERR_ABSENT;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%.*s", (int)name.n, name.p);
	buf_init(&b, ZONE_BYTES_MAX);
	e = file_read_all(path, ZONE_BYTES_MAX, &b);
	if (e == ERR_OK) {
		*out = arena_text(a, buf_view(&b));
		e = out->p == NULL ? ERR_MEMORY : ERR_OK;
	}
	buf_release(&b);
	return e;
}

static bool read_sources(struct loaded *l, const struct names *f)
{
	struct buf b;

	l->files = arena_alloc(&l->arena, (f->n + 1) * sizeof(*l->files));
	if (l->files == NULL) {
		fprintf(stderr, "duanka: %s: out of memory\n", l->dir);
		return false;
	}
	buf_init(&b, POLICY_TEXT_MAX);
	for (uint32_t i = 0; i < f->n; i++) {
		enum err e;

		buf_clear(&b);
		e = file_read_all(f->path[i], POLICY_TEXT_MAX, &b);
		if (e != ERR_OK) {
			fprintf(stderr, "duanka: %s: %s\n", f->path[i],
			        e == ERR_CAP      ? "a policy file has at most 4 MiB; split it"
			        : e == ERR_MEMORY ? err_name(e)
			                          : strerror(errno));
			buf_release(&b);
			return false;
		}
		l->files[i].path = arena_text(&l->arena, text_z(f->path[i]));
		l->files[i].text = arena_text(&l->arena, buf_view(&b));
		if (l->files[i].path.p == NULL || l->files[i].text.p == NULL) {
			fprintf(stderr, "duanka: %s: out of memory\n", f->path[i]);
			buf_release(&b);
			return false;
		}
	}
	l->n_files = f->n;
	buf_release(&b);
	return true;
}

static bool compile(struct loaded *l, const struct hash_key *key, int64_t lateness_us)
{
	struct buf errors;
	enum err e;

	buf_init(&errors, 1 << 20);
	e = policy_load(&l->policy, l->files, l->n_files, load_zone, NULL, &errors);
	if (e == ERR_OK) {
		e = plan_new(&l->plan, &l->policy, key, lateness_us, &errors);
		if (e != ERR_OK)
			policy_release(&l->policy);
	}
	if (errors.n > 0)
		fwrite(errors.p, 1, errors.n, stderr);
	else if (e != ERR_OK)
		fprintf(stderr, "duanka: %s: the policy can't be loaded: %s\n", l->dir, err_name(e));
	buf_release(&errors);
	return e == ERR_OK;
}

bool load_policy(const char *dir, const struct hash_key *key, int64_t lateness_us, struct loaded *out)
{
	struct names *f = mem_alloc(sizeof(*f));
	struct text shown = text_z(dir);
	bool ok = f != NULL;

	while (shown.n > 1 && shown.p[shown.n - 1] == '/') /* policy/ and policy are one directory with one name */
		shown.n--;
	*out = (struct loaded){ 0 };
	arena_init(&out->arena, (size_t)POLICY_FILES_MAX * POLICY_TEXT_MAX);
	out->dir = ok ? arena_text(&out->arena, shown).p : NULL;
	ok = out->dir != NULL;
	if (ok) {
		find_files(f, out->dir, 1);
		ok = !f->failed;
	}
	if (ok && f->n == 0) {
		fprintf(stderr, "duanka: %s: no policy file (*.dk) is in this directory\n", dir);
		ok = false;
	}
	if (ok) {
		qsort(f->path, f->n, sizeof(f->path[0]), by_path);
		ok = read_sources(out, f) && compile(out, key, lateness_us);
	} else if (out->dir == NULL) {
		fprintf(stderr, "duanka: out of memory\n");
	}
	mem_free(f);
	if (!ok)
		arena_release(&out->arena);
	return ok;
}

void load_release(struct loaded *l)
{
	plan_free(l->plan);
	policy_release(&l->policy);
	arena_release(&l->arena);
}

/* ---- lists ---- */

struct list_load {
	load_list_add *add;
	void *ctx;
	uint32_t list;
	const char *path;
	enum err err;
};

static void list_value(void *context, const struct list_value *v)
{
	struct list_load *l = context;

	if (l->err == ERR_OK)
		l->err = l->add(l->ctx, l->list, v);
}

static void list_error(void *context, uint32_t line, uint32_t col, const char *message)
{
	const struct list_load *l = context;

	fprintf(stderr, "%s:%u:%u: warning: %s; this line is passed over\n", l->path, line, col, message);
}

/* The city'\''s own file of that name in lists_dir, if there is one; else the policy'\''s. */
static void list_path(const struct loaded *l, const struct list *list, const char *lists_dir, char out[PATH_BYTES])
{
	size_t from = list->path.n;

	while (from > 0 && list->path.p[from - 1] != '/')
		from--;
	if (lists_dir != NULL) {
		snprintf(out, PATH_BYTES, "%s/%.*s", lists_dir, (int)(list->path.n - from), list->path.p + from);
		if (access(out, F_OK) == 0)
			return;
	}
	snprintf(out, PATH_BYTES, "%s/%.*s", l->dir, (int)list->path.n, list->path.p);
}

static bool load_list(const struct loaded *l, const struct hash_key *key, const char *lists_dir, uint32_t i,
                      load_list_add *add, void *ctx)
{
	const struct list *list = &l->policy.list[i];
	char path[PATH_BYTES];
	struct list_load load = { .add = add, .ctx = ctx, .list = i, .path = path };
	struct list_reader r = policy_list_reader(&l->policy, i, key);
	struct list_counts counts;
	struct buf b;
	enum err e;

	r.context = &load;
	r.value = list_value;
	r.error = list_error;
	list_path(l, list, lists_dir, path);
	buf_init(&b, LIST_BYTES_MAX);
	e = file_read_all(path, LIST_BYTES_MAX, &b);
	if (e != ERR_OK)
		fprintf(stderr, "%.*s:%u:%u: error: list \"%.*s\": can't read %s: %s\n",
		        (int)l->policy.file[list->span.file].path.n, l->policy.file[list->span.file].path.p, list->span.line,
		        list->span.col, (int)list->name.n, list->name.p, path,
		        e == ERR_CAP      ? "over 256 MiB"
		        : e == ERR_MEMORY ? err_name(e)
		                          : strerror(errno));
	if (e == ERR_OK)
		e = list_read(&r, buf_view(&b), &counts);
	if (e == ERR_OK && load.err != ERR_OK) {
		fprintf(stderr, "duanka: %s: no room for all entries: %s\n", path, err_name(load.err));
		e = load.err;
	}
	buf_release(&b);
	return e == ERR_OK;
}

bool load_lists_each(const struct loaded *l, const struct hash_key *key, const char *lists_dir, load_list_add *add,
                     void *ctx)
{
	for (uint32_t i = 0; i < l->policy.n_lists; i++)
		if (!load_list(l, key, lists_dir, i, add, ctx))
			return false;
	return true;
}

static enum err add_to_engine(void *ctx, uint32_t list, const struct list_value *v)
{
	return engine_list_add(ctx, list, v->ident, v->fingerprint, v->until_us);
}

bool load_lists(const struct loaded *l, const struct hash_key *key, const char *lists_dir, struct engine *g)
{
	return load_lists_each(l, key, lists_dir, add_to_engine, g);
}
