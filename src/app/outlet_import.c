/* outlet_import.c - duanka outlet import and kit: a table becomes commands.
 *
 * An outlet is known by its code, so the same table can be imported again: what is there is compared and only what differs is corrected. A line that is wrong, or that the service refuses, is told with its
 * place and what would be right, written to the quarantine, and the rest goes on. A number of its own is asked for; another person approves it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "app/commands.h"
#include "app/outlet_cmd.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "outreach/outlet_lines.h"

enum {
	FILE_MAX = 64 << 20
};

struct entry {
	struct outlet_line line;
	char id[32];
};

struct import {
	const struct outlet_asked *k;
	const char *path;
	bool kits;
	struct outlet_lines lines;
	json_t *known; /* outlets in reach, by agent or not and code */
	struct buf quarantine;
	struct buf commands; /* of this batch */
	struct entry entry[OUTLET_BATCH];
	struct outlet_result result[OUTLET_BATCH * KIT_ITEMS];
	uint32_t of[OUTLET_BATCH * KIT_ITEMS]; /* entry of each command */
	uint32_t n, n_commands;
	uint64_t read, made, corrected, unchanged, asked, faults;
};

/* ---- what is not taken ---- */

static void fault(struct import *m, uint64_t line, const char *field, const char *why, struct text raw)
{
	fprintf(stderr, "%s:%" PRIu64 ": error: %s%s%s\n", m->path, line, field, field[0] ? ": " : "", why);
	buf_printf(&m->quarantine, "{\"line\":%" PRIu64 ",\"field\":", line);
	buf_json(&m->quarantine, text_z(field));
	buf_z(&m->quarantine, ",\"reason\":");
	buf_json(&m->quarantine, text_z(why));
	buf_z(&m->quarantine, ",\"record\":");
	buf_json(&m->quarantine, raw);
	buf_z(&m->quarantine, "}\n");
	m->faults++;
}

/* ---- commands ---- */

static void put_text(struct buf *b, const struct outlet_line *l, uint32_t column, const char **comma)
{
	if (l->value[column].n == 0)
		return;
	buf_printf(b, "%s\"%s\":", *comma, outlet_column_names[column]);
	buf_json(b, l->value[column]);
	*comma = ",";
}

static void put_number(struct buf *b, const struct outlet_line *l, uint32_t column, const char **comma)
{
	if (l->value[column].n == 0)
		return;
	buf_printf(b, "%s\"%s\":%" PRId64, *comma, outlet_column_names[column], l->number[column]);
	*comma = ",";
}

static void end_command(struct import *m, uint32_t entry)
{
	m->of[m->n_commands++] = entry;
}

static void put_list(struct import *m, uint32_t entry)
{
	static const uint8_t texts[] = { COLUMN_CODE,  COLUMN_TYPE,    COLUMN_NAME,        COLUMN_ADDRESS,
		                             COLUMN_CLERK, COLUMN_LICENCE, COLUMN_LICENCE_END, COLUMN_NOTE };
	const struct outlet_line *l = &m->entry[entry].line;
	struct buf *b = &m->commands;
	const char *comma = ",";

	buf_printf(b, "{\"kind\":\"outlet\",\"step\":\"list\",\"fields\":{\"%s\":",
	           l->number[COLUMN_AGENT] == 1 ? "agent" : "outlet");
	buf_json(b, l->value[COLUMN_CODE]);
	for (uint32_t i = 0; i < ARRAY_LEN(texts); i++)
		put_text(b, l, texts[i], &comma);
	put_number(b, l, COLUMN_ORGANISATION, &comma);
	put_number(b, l, COLUMN_DISTRICT, &comma);
	put_number(b, l, COLUMN_FLAGSHIP, &comma);
	buf_z(b, "}}\n");
	end_command(m, entry);
}

static void put_kit(struct import *m, uint32_t entry)
{
	const struct outlet_line *l = &m->entry[entry].line;
	struct buf *b = &m->commands;
	const char *comma = "";

	buf_z(b, "{\"kind\":\"kit\",\"step\":\"draft\",\"fields\":{");
	put_text(b, l, COLUMN_TYPE, &comma);
	put_number(b, l, COLUMN_FLAGSHIP, &comma);
	put_text(b, l, COLUMN_NOTE, &comma);
	for (uint32_t i = 1; i < KIT_ITEMS; i++)
		put_number(b, l, COLUMN_ITEM + i, &comma);
	buf_z(b, "}}\n");
	end_command(m, entry);
}

/* ---- what is there already ---- */

static void key_of(char key[OUTLET_CODE_MAX + 8], bool agent, struct text code)
{
	snprintf(key, OUTLET_CODE_MAX + 8, "%s:%.*s", agent ? "a" : "o", (int)code.n, code.p);
}

static bool keep(void *ctx, const json_t *o)
{
	struct import *m = ctx;
	const char *code = outlet_string(outlet_fields(o), "code");
	char key[OUTLET_CODE_MAX + 8];

	key_of(key, json_object_get(outlet_fields(o), "outlet") == NULL, text_z(code));
	return code[0] == 0 || json_object_set(m->known, key, (json_t *)o) == 0 || outlet_wrong("out of memory");
}

/* All at once: who asks for one code after the other is slowed down, as whoever guesses is. */
static bool get_known(struct import *m)
{
	m->known = json_object();
	return m->known == NULL ? outlet_wrong("out of memory")
	                        : m->kits || outlet_each(m->k, "/v1/outlets?open=true", keep, m);
}

static const json_t *find(const struct import *m, const struct outlet_line *l)
{
	char key[OUTLET_CODE_MAX + 8];

	key_of(key, l->number[COLUMN_AGENT] == 1, l->value[COLUMN_CODE]);
	return json_object_get(m->known, key);
}

static bool same_text(const json_t *f, uint32_t column, struct text t)
{
	const json_t *is = json_object_get(f, outlet_column_names[column]);
	const char *z = json_is_object(is) ? outlet_string(is, "name") : outlet_string(f, outlet_column_names[column]);

	return t.n == 0 || text_eq(text_z(z), t);
}

static bool same_time(const json_t *f, const struct outlet_line *l)
{
	int64_t us;

	return l->value[COLUMN_LICENCE_END].n == 0 ||
	       (clock_parse(text_z(outlet_string(f, "licence_end")), &clock_shanghai, &us) == ERR_OK &&
	        us == l->number[COLUMN_LICENCE_END]);
}

/* A command that brings what differs; none if nothing does. */
static void put_correction(struct import *m, uint32_t entry, const json_t *o)
{
	static const uint8_t texts[] = { COLUMN_TYPE, COLUMN_NAME, COLUMN_ADDRESS, COLUMN_LICENCE };
	static const uint8_t numbers[] = { COLUMN_DISTRICT, COLUMN_FLAGSHIP };
	const struct outlet_line *l = &m->entry[entry].line;
	const json_t *f = outlet_fields(o);
	struct buf *b = &m->commands;
	size_t before = b->n;
	const char *comma = "";

	buf_z(b, "{\"object\":");
	buf_json(b, text_z(m->entry[entry].id));
	buf_z(b, ",\"step\":\"correct\",\"fields\":{");
	for (uint32_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!same_text(f, texts[i], l->value[texts[i]]))
			put_text(b, l, texts[i], &comma);
	for (uint32_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (outlet_number(f, outlet_column_names[numbers[i]]) != l->number[numbers[i]])
			put_number(b, l, numbers[i], &comma);
	if (!same_time(f, l))
		put_text(b, l, COLUMN_LICENCE_END, &comma);
	buf_z(b, "}}\n");
	if (comma[0] != 0) {
		end_command(m, entry);
	} else {
		b->n = before;
		m->unchanged++;
	}
}

static void correct_one(struct import *m, uint32_t entry, const json_t *o)
{
	struct entry *e = &m->entry[entry];
	const struct outlet_line *l = &e->line;

	if (l->value[COLUMN_ORGANISATION].n > 0 && outlet_number(o, "organisation") != l->number[COLUMN_ORGANISATION]) {
		fault(m, l->line, "organisation", "the outlet belongs to another one; cancel it there and list it anew",
		      l->raw);
		return;
	}
	snprintf(e->id, sizeof(e->id), "%s", outlet_string(o, "id"));
	put_correction(m, entry, o);
}

/* ---- numbers of its own ---- */

struct locals {
	struct import *m;
	uint32_t entry, left; /* bits of items that no supply was found of */
};

static bool ask_local(void *ctx, const json_t *s)
{
	struct locals *x = ctx;
	const struct outlet_line *l = &x->m->entry[x->entry].line;
	const json_t *f = outlet_fields(s);
	uint32_t item = desk_choice_find(&kit_items, text_z(outlet_string(json_object_get(f, "item"), "name")));
	const char *now = json_object_get(f, "asked") ? "asked" : json_object_get(f, "local") ? "local" : "wanted";
	struct buf *b = &x->m->commands;

	x->left &= ~(1u << item);
	if (item == 0 || l->value[COLUMN_ITEM + item].n == 0 || outlet_number(f, now) == l->number[COLUMN_ITEM + item])
		return true;
	buf_z(b, "{\"object\":");
	buf_json(b, text_z(outlet_string(s, "id")));
	buf_printf(b,
	           ",\"step\":\"ask-local\",\"fields\":{\"asked\":%" PRId64 ",\"reason\":", l->number[COLUMN_ITEM + item]);
	buf_json(b, l->value[COLUMN_REASON]);
	buf_z(b, "}}\n");
	end_command(x->m, x->entry);
	return true;
}

static bool ask_locals(struct import *m, uint32_t entry)
{
	const struct entry *e = &m->entry[entry];
	struct locals x = { .m = m, .entry = entry };
	char path[96];

	for (uint32_t i = 1; i < KIT_ITEMS; i++)
		x.left |= (e->line.value[COLUMN_ITEM + i].n > 0) << i;
	if (e->id[0] == 0 || x.left == 0)
		return true;
	snprintf(path, sizeof(path), "/v1/supplies?open=true&entity=object:%s", e->id);
	if (!outlet_each(m->k, path, ask_local, &x))
		return false;
	if (x.left != 0)
		fault(m, e->line.line, outlet_column_names[COLUMN_ITEM + __builtin_ctz(x.left)],
		      "the kit in force has no such item for this type; have a kit approved, then duanka outlet import again",
		      e->line.raw);
	return true;
}

/* ---- a batch ---- */

/* Carries out what was collected; *done counts what was accepted. */
static bool finish(struct import *m, uint64_t *done)
{
	bool ok = outlet_commands(m->k, &m->commands, m->result, m->n_commands);

	buf_clear(&m->commands);
	for (uint32_t i = 0; ok && i < m->n_commands; i++) {
		struct entry *e = &m->entry[m->of[i]];
		struct outlet_result *r = &m->result[i];

		*done += r->id[0] != 0;
		if (r->id[0] != 0 && e->id[0] == 0)
			memcpy(e->id, r->id, sizeof(e->id));
		if (strcmp(r->refused, "other-open") == 0)
			snprintf(r->why, sizeof(r->why),
			         "the code is listed already, by another organisation or under another code");
		if (r->id[0] == 0)
			fault(m, e->line.line, r->field, r->why[0] ? r->why : r->refused, e->line.raw);
	}
	m->n_commands = 0;
	return ok;
}

static bool list_batch(struct import *m)
{
	bool ok;

	for (uint32_t i = 0; i < m->n; i++)
		if (find(m, &m->entry[i].line) == NULL)
			put_list(m, i);
	ok = finish(m, &m->made);
	for (uint32_t i = 0; ok && i < m->n; i++) {
		const json_t *o = find(m, &m->entry[i].line);

		if (o != NULL)
			correct_one(m, i, o);
	}
	return ok && finish(m, &m->corrected);
}

static bool do_batch(struct import *m)
{
	bool ok = true;

	if (m->kits) {
		for (uint32_t i = 0; i < m->n; i++)
			put_kit(m, i);
		ok = finish(m, &m->made);
	} else {
		ok = list_batch(m);
		for (uint32_t i = 0; ok && i < m->n; i++)
			ok = ask_locals(m, i);
		ok = ok && finish(m, &m->asked);
	}
	m->n = 0;
	return ok;
}

static bool read_all(struct import *m)
{
	enum outlet_got got = OUTLET_LINE;
	struct outlet_fault f;
	bool ok = true;

	while (ok && got != OUTLET_END) {
		struct entry *e = &m->entry[m->n];

		got = outlet_lines_next(&m->lines, &e->line, &f);
		if (got == OUTLET_FAULT)
			fault(m, f.line, f.field, f.why, f.raw);
		m->read += got != OUTLET_END;
		e->id[0] = 0;
		m->n += got == OUTLET_LINE;
		if (m->n == OUTLET_BATCH)
			ok = do_batch(m);
	}
	return ok && do_batch(m);
}

/* Here, by the name of the file: where the source lies may be a checkout, or be read only. */
static bool write_quarantine(const struct import *m)
{
	const char *slash = strrchr(m->path, '/');
	char path[4096];
	size_t n = (size_t)snprintf(path, sizeof(path), m->k->quarantine ? "%s" : "%s.quarantine.ndjson",
	                            m->k->quarantine ? m->k->quarantine
	                            : slash          ? slash + 1
	                                             : m->path);

	if (m->quarantine.n == 0)
		return true;
	if (n < sizeof(path) && m->quarantine.err == ERR_OK && file_write_all(path, buf_view(&m->quarantine)) == ERR_OK)
		return true;
	fprintf(stderr, "duanka outlet: %s: the quarantine can't be written; --quarantine FILE says where\n", path);
	return false;
}

static int import_bytes(struct import *m, struct text bytes)
{
	struct outlet_fault f;
	bool ok;

	if (!outlet_lines_open(&m->lines, m->kits, bytes, &f)) {
		fprintf(stderr, "%s:%" PRIu64 ": error: %s\n", m->path, f.line, f.why);
		return EXIT_COULD_NOT_RUN;
	}
	ok = get_known(m) && read_all(m);
	json_decref(m->known);
	printf("%" PRIu64 " lines 行: %" PRIu64 " made 新登记, %" PRIu64 " corrected 更正, %" PRIu64
	       " unchanged 无变化, %" PRIu64 " numbers asked for 局部调整待审批, %" PRIu64 " faults 问题\n",
	       m->read, m->made, m->corrected, m->unchanged, m->asked, m->faults);
	ok = write_quarantine(m) && ok;
	return !ok ? EXIT_COULD_NOT_RUN : m->faults > 0 ? EXIT_SOME_QUARANTINED : EXIT_ACCEPTED;
}

int outlet_import(const struct outlet_asked *k, bool kits)
{
	struct import *m = mem_alloc(sizeof(*m));
	int status = EXIT_COULD_NOT_RUN;
	struct buf bytes;
	enum err e;

	if (m == NULL) {
		outlet_wrong("out of memory");
		return status;
	}
	m->k = k;
	m->path = k->operand[1];
	m->kits = kits;
	buf_init(&m->quarantine, 2 * (size_t)FILE_MAX);
	buf_init(&m->commands, OUTLET_BODY_MAX);
	buf_init(&bytes, FILE_MAX);
	e = file_read_all(m->path, FILE_MAX, &bytes);
	if (e != ERR_OK)
		fprintf(stderr, "duanka outlet: %s: it can't be read (%s)\n", m->path, err_name(e));
	else
		status = import_bytes(m, buf_view(&bytes));
	buf_release(&bytes);
	buf_release(&m->commands);
	buf_release(&m->quarantine);
	mem_free(m);
	return status;
}
