/* city_copy.c - see city_copy.h. */
#include "tests/unit/city_copy.h"
#include "tests/test.h"
#include <unistd.h>
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"

const char *const copy_names[COPY_FILES] = { "calls.csv",         "sms.ndjson",      "data_use.csv", "transfers.csv",
	                                         "cash.csv",          "openings.csv",    "binds.csv",    "logins.csv",
	                                         "reports.csv",       "places.csv",      "truth.csv",    "balances.csv",
	                                         "known-callers.csv", "known-payers.csv" };

static void split(struct copy_lines *l)
{
	size_t lines = 0;

	for (size_t i = 0; i < l->bytes.n; i++)
		lines += l->bytes.p[i] == '\n';
	l->line = mem_alloc_array(lines + 1, sizeof(*l->line));
	assert_non_null(l->line);
	for (size_t i = 0, from = 0; i < l->bytes.n; i++) {
		if (l->bytes.p[i] != '\n')
			continue;
		l->line[l->n++] = text_of(l->bytes.p + from, i - from);
		from = i + 1;
	}
	assert_true(l->bytes.n == 0 || l->bytes.p[l->bytes.n - 1] == '\n'); /* whole lines */
}

void copy_make(struct city_copy *c, struct city_options o, const struct scene *scene, int64_t steps)
{
	struct city *city = NULL;
	bool more = true;

	*c = (struct city_copy){ .dir = "/tmp/city-XXXXXX" };
	assert_non_null(mkdtemp(c->dir));
	o.dir = c->dir;
	assert_int_equal(city_open(&city, &o, scene), ERR_OK);
	for (int64_t k = 1; more; k++) {
		assert_int_equal(city_step(city, &more), ERR_OK);
		if (k == steps)
			break;
	}
	city_counts(city, &c->counts);
	assert_int_equal(city_close(city), ERR_OK);
	for (int f = 0; f < COPY_FILES; f++) {
		char path[128];
		snprintf(path, sizeof(path), "%s/%s", c->dir, copy_names[f]);
		buf_init(&c->file[f].bytes, 1 << 28);
		assert_int_equal(file_read_all(path, 1 << 28, &c->file[f].bytes), ERR_OK);
		split(&c->file[f]);
	}
	copy_forget_folder(c->dir);
}

void copy_release(struct city_copy *c)
{
	for (int f = 0; f < COPY_FILES; f++) {
		buf_release(&c->file[f].bytes);
		mem_free(c->file[f].line);
	}
}

void copy_forget_folder(const char *dir)
{
	for (int f = 0; f < COPY_FILES; f++) {
		char path[128];
		snprintf(path, sizeof(path), "%s/%s", dir, copy_names[f]);
		unlink(path);
	}
	rmdir(dir);
}

struct scene *copy_scene(struct text t)
{
	struct scene *s = mem_alloc(sizeof(*s));
	struct buf errors;

	assert_non_null(s);
	buf_init(&errors, 1 << 16);
	if (!scene_parse(s, "scene", t.n ? t : scene_default(), &errors))
		fail_msg("%s", errors.p);
	buf_release(&errors);
	return s;
}

struct text copy_field(struct text line, int k)
{
	size_t from = 0, to;

	for (; k > 0; k--) {
		while (from < line.n && line.p[from] != ',')
			from++;
		if (from++ == line.n)
			fail_msg("no such column in %.*s", (int)line.n, line.p);
	}
	for (to = from; to < line.n && line.p[to] != ',';)
		to++;
	return text_of(line.p + from, to - from);
}

struct text copy_value(struct text line, const char *name)
{
	char want[40];
	size_t n = (size_t)snprintf(want, sizeof(want), "\"%s\":\"", name), to;

	for (size_t i = 0; i + n <= line.n; i++) {
		if (memcmp(line.p + i, want, n) != 0)
			continue;
		for (to = i + n; to < line.n && line.p[to] != '"';)
			to++;
		return text_of(line.p + i + n, to - i - n);
	}
	return text_of("", 0);
}

static int64_t number(struct text t, size_t from, size_t n)
{
	int64_t v = 0;

	for (size_t i = from; i < from + n; i++) {
		if (i >= t.n || t.p[i] < '0' || t.p[i] > '9')
			fail_msg("no digits at %zu of %.*s", from, (int)t.n, t.p);
		v = v * 10 + (t.p[i] - '0');
	}
	return v;
}

int64_t copy_time_s(struct text t)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

	if (t.n != 25 || t.p[10] != 'T' || memcmp(t.p + 19, "+08:00", 6) != 0)
		fail_msg("%.*s is not a time", (int)t.n, t.p);
	int64_t y = number(t, 0, 4), m = number(t, 5, 2), d = number(t, 8, 2);
	assert_true(m >= 1 && m <= 12);
	int64_t leaps = (m > 2 ? y : y - 1) / 4; /* from 1901 to 2099 every fourth year */
	int64_t day = y * 365 + leaps + before[m - 1] + d;
	return ((day * 24 + number(t, 11, 2)) * 60 + number(t, 14, 2)) * 60 + number(t, 17, 2);
}

int64_t copy_fen(struct text yuan)
{
	if (yuan.n < 4 || yuan.p[yuan.n - 3] != '.')
		fail_msg("%.*s is not yuan", (int)yuan.n, yuan.p);
	return number(yuan, 0, yuan.n - 3) * 100 + number(yuan, yuan.n - 2, 2);
}

int64_t copy_line_time_s(const struct city_copy *c, enum copy_file f, uint32_t i)
{
	struct text line = c->file[f].line[i];
	bool typed = f == COPY_DATA || f >= COPY_OPENINGS;

	return copy_time_s(f == COPY_SMS ? copy_value(line, "time") : copy_field(line, typed));
}

static struct name *place(const struct names *m, struct text key)
{
	uint64_t h = 14695981039346656037ULL;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 1099511628211ULL;
	uint32_t i = (uint32_t)hash_mix(h) & (m->cap - 1);
	while (m->slot[i].key.p && !text_eq(m->slot[i].key, key))
		i = (i + 1) & (m->cap - 1);
	return &m->slot[i];
}

int64_t *names_find(const struct names *m, struct text key)
{
	struct name *s = m->cap ? place(m, key) : NULL;

	return s && s->key.p ? s->v : NULL;
}

int64_t *names_at(struct names *m, struct text key, bool *is_new)
{
	if (2 * m->n >= m->cap) {
		struct names more = { .n = m->n, .cap = m->cap ? 2 * m->cap : 1024 };
		more.slot = mem_alloc_array(more.cap, sizeof(*more.slot));
		assert_non_null(more.slot);
		for (uint32_t i = 0; i < m->cap; i++)
			if (m->slot[i].key.p)
				*place(&more, m->slot[i].key) = m->slot[i];
		mem_free(m->slot);
		*m = more;
	}
	struct name *s = place(m, key);
	bool fresh = s->key.p == NULL;
	if (fresh)
		m->n++;
	if (is_new)
		*is_new = fresh;
	s->key = key;
	return s->v;
}

void names_release(struct names *m)
{
	mem_free(m->slot);
}
