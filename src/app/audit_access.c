/* audit_access.c - duanka audit access: who saw whose data, when and why, from the acts in the journal (access.h).
 *
 * The journal is read from the segment in which the time asked for begins; a terminal is told how far. Events carry their own time, which may lie a day off the clock of the acts; so reading begins a day
 * early. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "app/audit.h"
#include "app/serve_load.h"
#include "base/clock.h"
#include "base/mem.h"
#include "journal/journal.h"

static const char *member(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	return z == NULL ? "" : z;
}

static void put_match(struct buf *b, const json_t *j)
{
	buf_printf(b, ", match 求交 %s: %s -> %s, %s", member(j, "match"), member(j, "offerer"), member(j, "answerer"),
	           member(j, "kind"));
	if (member(j, "message")[0] != 0)
		buf_printf(b, ", message 消息: %s", member(j, "message"));
	buf_printf(b, ", items 条数: %lld, %lld, purpose 目的: %s, basis 依据: %s, who learns 知悉方: %s",
	           (long long)json_integer_value(json_object_get(j, "offered")),
	           (long long)json_integer_value(json_object_get(j, "answered")), member(j, "purpose"), member(j, "basis"),
	           member(j, "learns"));
}

static void put_text(struct buf *b, const struct record *r, const json_t *j)
{
	clock_format_short(b, r->time, &clock_shanghai);
	buf_printf(b, "  %s  %s", member(j, "act"), member(j, "who"));
	if (member(j, "user")[0] != 0)
		buf_printf(b, " %s", member(j, "user"));
	buf_printf(b, ", why 事由: %s", member(j, "why")[0] != 0 ? member(j, "why") : "-");
	if (member(j, "case")[0] != 0)
		buf_printf(b, ", case 案件: %s", member(j, "case"));
	if (member(j, "what")[0] != 0)
		buf_printf(b, ", asked 查询: %s", member(j, "what"));
	if (member(j, "object")[0] != 0)
		buf_printf(b, ", object 业务: %s (%s)", member(j, "object"), member(j, "fields"));
	if (member(j, "token")[0] != 0)
		buf_printf(b, ", %s %s", member(j, "kind"), member(j, "token"));
	if (member(j, "tokens")[0] != 0)
		buf_printf(b, ", %s", member(j, "tokens"));
	if (member(j, "match")[0] != 0)
		put_match(b, j);
	buf_printf(b, ", record 记录: %" PRIu64 "\n", r->position);
}

/* The last segment that begins a day or more before the time asked for. */
static enum err begin_at(struct disk *d, int64_t from_us, uint64_t *from)
{
	uint64_t *first = NULL;
	size_t n = 0;
	enum err e = journal_segments(d, &first, &n);

	*from = 0;
	for (size_t i = n; e == ERR_OK && i-- > 0 && *from == 0;) {
		struct journal_reader *reader;
		struct record r = { .position = 0 };

		if (journal_reader_open(&reader, d, first[i], UINT64_MAX) != ERR_OK)
			continue;
		while (r.position < first[i] && (e = journal_read(reader, &r, NULL)) == ERR_OK)
			;
		if (e == ERR_OK && r.position >= first[i] && r.time <= from_us - US_PER_DAY)
			*from = first[i];
		e = e == ERR_ABSENT ? ERR_OK : e;
		journal_reader_close(reader);
	}
	mem_free(first);
	return e;
}

struct going { /* how far the reading is, by segments */
	uint64_t *first;
	size_t n, begun, at;
	bool told;
};

static void tell(struct going *g, uint64_t position)
{
	size_t before = g->at;

	while (g->at + 1 < g->n && position >= g->first[g->at + 1])
		g->at++;
	if (g->told && g->at != before)
		fprintf(stderr, "\r%zu of %zu segments 日志段", g->at - g->begun, g->n - g->begun);
}

static enum err begin_telling(struct going *g, struct disk *d, uint64_t from)
{
	enum err e = journal_segments(d, &g->first, &g->n);

	tell(g, from);
	g->begun = g->at;
	g->told = isatty(STDERR_FILENO);
	return e;
}

static void end_telling(struct going *g)
{
	if (g->told && g->at != g->begun)
		fprintf(stderr, "\r%40s\r", "");
	mem_free(g->first);
}

static enum err read_acts(struct disk *d, const struct audit_access *a, struct buf *why, uint64_t *n)
{
	struct journal_reader *reader;
	struct record r;
	struct buf line;
	struct going g = { .n = 0 };
	uint64_t from;
	enum err e = begin_at(d, a->q.from_us, &from);

	if (e == ERR_OK)
		e = journal_reader_open(&reader, d, from, UINT64_MAX);
	if (e != ERR_OK)
		return e;
	e = begin_telling(&g, d, from);
	if (e != ERR_OK) {
		end_telling(&g);
		journal_reader_close(reader);
		return e;
	}
	buf_init(&line, 1 << 20);
	while ((e = journal_read(reader, &r, why)) == ERR_OK && line.err == ERR_OK) {
		json_t *j;

		tell(&g, r.position);
		if (r.kind != RECORD_ACT || r.time < a->q.from_us || r.time >= a->q.until_us)
			continue;
		j = json_loadb(r.payload.p, r.payload.n, 0, NULL);
		buf_clear(&line);
		if (json_is_object(j) && access_is(&a->q, j)) {
			if (a->json) {
				access_put(&line, &r, j);
				buf_char(&line, '\n');
			} else {
				put_text(&line, &r, j);
			}
			++*n;
		}
		json_decref(j);
		if (line.n > 0)
			fwrite(line.p, 1, line.n, stdout);
	}
	e = e == ERR_ABSENT ? line.err : e;
	end_telling(&g);
	journal_reader_close(reader);
	buf_release(&line);
	return e;
}

bool audit_access(const char *data, const struct audit_access *a)
{
	struct disk d;
	struct buf why;
	uint64_t n = 0;
	enum err e;

	if (!serve_disk(data, false, &d))
		return false;
	buf_init(&why, 4096);
	e = read_acts(&d, a, &why, &n);
	disk_real_close(&d);
	if (e != ERR_OK)
		fprintf(stderr, "duanka: %s: %s\n", data,
		        why.n > 0         ? why.p
		        : e == ERR_ABSENT ? "there is no journal here"
		                          : err_name(e));
	else if (!a->json)
		printf("%" PRIu64 " times 次\n", n);
	buf_release(&why);
	return e == ERR_OK;
}
