/* console.c - see console.h. A file is opened first and looked at then, through its descriptor: what is looked at is what is read. */
#include "gateway/console.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/hash.h"
#include "base/mem.h"

#define ASSETS "assets"
#define ZIPPED ".gz"

struct console {
	uint32_t n;
	size_t bytes;
	struct console_file
		file[CONSOLE_FILES_MAX]; /* by name; those that end in .gz have no type: they are the others' zipped */
};

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".woff2", "font/woff2" },
	{ ".ico", "image/vnd.microsoft.icon" },
	{ ".webmanifest", "application/manifest+json" },
};

/* ---- names ---- */

static bool ends(const char *name, const char *ending)
{
	size_t n = strlen(name), k = strlen(ending);

	return n > k && strcmp(name + n - k, ending) == 0;
}

static const char *type_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (ends(name, types[i].ending))
			return types[i].type;
	return NULL;
}

/* NULL: it is fine. name: without its folder. */
static const char *name_wrong(const char *name)
{
	if (strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(name))
		return "a name has letters, digits, and . _ - only; rename it";
	if (name[0] == '.')
		return "hidden files are not served; remove it";
	if (strlen(ASSETS "/") + strlen(name) > CONSOLE_NAME_MAX)
		return "the name is too long; give it one of at most 121 bytes";
	return NULL;
}

/* ---- reading ---- */

struct folder {
	struct console *c;
	const char *directory, *prefix; /* "" or "assets/" */
	int fd;
	struct buf *why;
};

static enum err wrong(const struct folder *f, const char *name, enum err e, const char *what)
{
	buf_printf(f->why, "%s/%s", f->directory, f->prefix);
	for (; *name != 0; name++) /* anybody's bytes, for a log */
		buf_char(f->why, *name > ' ' && *name <= '~' ? *name : '?');
	buf_printf(f->why, ": %s", what);
	return e;
}

static enum err unreadable(const struct folder *f, const char *name)
{
	char what[160];

	snprintf(what, sizeof(what), "it can't be read (%s); mend that, or remove it", strerror(errno));
	return wrong(f, name, ERR_IO, what);
}

/* Of a file that has `size` bytes, or fewer by the time it is read. */
static enum err read_bytes(const struct folder *f, const char *name, int fd, size_t size, struct console_body *out)
{
	static const struct hash_key none;
	char *p = mem_alloc(size + 1);
	size_t n = 0;
	ssize_t k = 1;

	if (p == NULL)
		return ERR_MEMORY;
	while (n < size && k != 0) {
		k = read(fd, p + n, size - n);
		if (k < 0 && errno != EINTR) {
			mem_free(p);
			return unreadable(f, name);
		}
		n += k > 0 ? (size_t)k : 0;
	}
	out->bytes = text_of(p, n);
	out->etag = (uint64_t)hash_fingerprint(&none, out->bytes) | 1;
	return ERR_OK;
}

static enum err take_file(const struct folder *f, const char *name, int fd, const struct stat *st)
{
	struct console *c = f->c;
	struct console_file *x = &c->file[c->n];
	bool zipped = ends(name, ZIPPED);
	enum err e;

	if (!zipped && type_of(name) == NULL)
		return wrong(
			f, name, ERR_FORMAT,
			"files of this type are not served; remove it, or give it an ending that pages have (.html .js .css "
			".json .txt .svg .png .woff2 .ico .webmanifest, or one of them with .gz behind it)");
	if (c->n == CONSOLE_FILES_MAX)
		return wrong(f, name, ERR_CAP, "there are more than 512 files; is this the folder of built pages?");
	if (st->st_size < 0 || (uint64_t)st->st_size > CONSOLE_BYTES_MAX - c->bytes)
		return wrong(f, name, ERR_CAP,
		             "with it the files take more than 32 MiB together; is this the folder of built pages?");
	e = read_bytes(f, name, fd, (size_t)st->st_size, &x->plain);
	if (e != ERR_OK)
		return e;
	c->n++;
	c->bytes += x->plain.bytes.n;
	snprintf(x->name, sizeof(x->name), "%s%s", f->prefix, name);
	x->type = zipped ? NULL : type_of(name);
	x->page = ends(name, ".html");
	x->asset = f->prefix[0] != 0;
	return ERR_OK;
}

static enum err take_folder(struct folder *f);

static enum err take(const struct folder *f, const char *name)
{
	const char *bad = name_wrong(name);
	struct folder inner = { .c = f->c, .directory = f->directory, .prefix = ASSETS "/", .why = f->why };
	struct stat st;
	enum err e;
	int fd;

	if (bad != NULL)
		return wrong(f, name, ERR_FORMAT, bad);
	fd = openat(f->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ELOOP ? wrong(f, name, ERR_FORMAT, "it is a symbolic link; put what it leads to in its place")
		                      : unreadable(f, name);
	if (fstat(fd, &st) != 0) {
		e = unreadable(f, name);
	} else if (S_ISREG(st.st_mode)) {
		e = take_file(f, name, fd, &st);
	} else if (S_ISDIR(st.st_mode) && f->prefix[0] == 0 && strcmp(name, ASSETS) == 0) {
		inner.fd = fd;
		return take_folder(&inner);
	} else {
		e = wrong(f, name, ERR_FORMAT,
		          S_ISDIR(st.st_mode) ? "the only folder is assets; remove it" : "it is no ordinary file; remove it");
	}
	close(fd);
	return e;
}

/* Closes its descriptor. */
static enum err take_folder(struct folder *f)
{
	DIR *d = fdopendir(f->fd);
	const struct dirent *entry;
	enum err e = ERR_OK;

	if (d == NULL) {
		e = unreadable(f, "");
		close(f->fd);
		return e;
	}
	errno = 0;
	while (e == ERR_OK && (entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			e = take(f, entry->d_name);
		errno = 0;
	}
	if (e == ERR_OK && errno != 0)
		e = unreadable(f, "");
	closedir(d);
	return e;
}

/* ---- the whole ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct console_file *)a)->name, ((const struct console_file *)b)->name);
}

static struct console_file *find(struct console *c, struct text name)
{
	uint32_t from = 0, to = c->n;

	while (from < to) {
		uint32_t i = from + (to - from) / 2;
		int order = text_cmp(name, text_z(c->file[i].name));

		if (order == 0)
			return &c->file[i];
		if (order < 0)
			to = i;
		else
			from = i + 1;
	}
	return NULL;
}

/* Puts what is zipped with what it was made from. */
static enum err pair(const struct folder *f)
{
	for (uint32_t i = 0; i < f->c->n; i++) {
		const struct console_file *x = &f->c->file[i];
		struct text body = x->plain.bytes;
		struct console_file *of;

		if (x->type != NULL)
			continue;
		of = find(f->c, text_of(x->name, strlen(x->name) - strlen(ZIPPED)));
		if (of == NULL || of->type == NULL)
			return wrong(f, x->name, ERR_FORMAT,
			             "what it was made from is not beside it; put that there, or remove this");
		if (body.n < 2 || memcmp(body.p, "\x1f\x8b", 2) != 0)
			return wrong(f, x->name, ERR_FORMAT, "it is not in gzip's format; make it anew with gzip -k, or remove it");
		of->zipped = x->plain;
	}
	return ERR_OK;
}

enum err console_open(struct console **out, const char *directory, struct buf *why)
{
	struct console *c = mem_alloc(sizeof(*c));
	struct folder f = { .c = c, .directory = directory, .prefix = "", .why = why };
	enum err e;

	if (c == NULL)
		return ERR_MEMORY;
	f.fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f.fd < 0) {
		buf_printf(why, "%s: it can't be opened (%s); service.console names the folder of the console's built pages",
		           directory, strerror(errno));
		e = ERR_IO;
	} else {
		e = take_folder(&f);
	}
	if (e == ERR_OK) {
		qsort(c->file, c->n, sizeof(c->file[0]), by_name);
		e = pair(&f);
	}
	if (e == ERR_OK && find(c, TEXT("index.html")) == NULL)
		e = wrong(&f, "index.html", ERR_FORMAT,
		          "there is no such file; name the folder of the console's built pages in service.console");
	if (e == ERR_OK)
		*out = c;
	else
		console_close(c);
	return e;
}

void console_close(struct console *c)
{
	for (uint32_t i = 0; c != NULL && i < c->n; i++)
		mem_free((void *)(uintptr_t)c->file[i].plain.bytes.p);
	mem_free(c);
}

const struct console_file *console_find(const struct console *c, struct text name)
{
	const struct console_file *x = find((struct console *)(uintptr_t)c, name);

	return x == NULL || x->type == NULL ? NULL : x;
}
