/* training_import.c - duanka training check and import: a file of questions becomes proposals.
 *
 * A question is known by its code: one that the bank has already, proposed or in use, is passed over, so that the same file can be imported again. What is wrong is told with file and line, and the rest goes on. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "app/commands.h"
#include "app/training_cmd.h"
#include "base/file.h"
#include "base/mem.h"
#include "outreach/question_text.h"

enum {
	FILE_MAX = 16 << 20
};

struct import {
	const struct training_asked *k; /* NULL: only checking */
	const char *path;
	struct buf file;
	struct question_reader reader;
	json_t *known;    /* codes in the bank */
	json_t *seen;     /* codes in the file, with their lines */
	struct buf lines; /* of this batch */
	uint32_t line[TRAINING_BATCH], n;
	uint64_t read, proposed, there, faults;
};

static void fault(struct import *m, uint32_t line, const char *why)
{
	fprintf(stderr, "%s:%" PRIu32 ": error: %s\n", m->path, line, why);
	m->faults++;
}

static bool open_import(struct import *m, const struct training_asked *k, const char *path)
{
	enum err e;

	*m = (struct import){ .k = k, .path = path, .known = json_object(), .seen = json_object() };
	buf_init(&m->file, FILE_MAX);
	buf_init(&m->lines, 8 << 20);
	e = m->known == NULL || m->seen == NULL ? ERR_MEMORY : file_read_all(path, FILE_MAX, &m->file);
	question_reader_init(&m->reader, buf_view(&m->file));
	if (e != ERR_OK)
		fprintf(stderr, "duanka training: %s: %s\n", path, err_name(e));
	return e == ERR_OK;
}

static void close_import(struct import *m)
{
	json_decref(m->known);
	json_decref(m->seen);
	buf_release(&m->file);
	buf_release(&m->lines);
}

/* False: its code came before. */
static bool is_new_here(struct import *m, const struct question_text *q)
{
	char code[DESK_CODE_MAX + 1], why[160];
	const json_t *before;

	snprintf(code, sizeof(code), "%.*s", (int)q->code.n, q->code.p);
	before = json_object_get(m->seen, code);
	if (before != NULL) {
		snprintf(why, sizeof(why),
		         "the code %s came before, in line %" JSON_INTEGER_FORMAT "; each question has its own", code,
		         json_integer_value(before));
		fault(m, q->line, why);
		return false;
	}
	return json_object_set_new(m->seen, code, json_integer(q->line)) == 0;
}

/* The next question that can be used. False: there is none. */
static bool next(struct import *m, struct question_text *q)
{
	enum question_read got;

	while ((got = question_read(&m->reader, q)) != QUESTION_END) {
		if (got == QUESTION_BAD)
			fault(m, m->reader.bad_line, m->reader.why);
		else if (is_new_here(m, q)) {
			m->read++;
			return true;
		}
	}
	return false;
}

int training_check(const char *path)
{
	struct question_text q;
	uint32_t of[DESK_SCAMS] = { 0 };
	struct import m;
	bool ok = open_import(&m, NULL, path);

	while (ok && next(&m, &q))
		of[q.scam]++;
	for (uint32_t s = 1; ok && s < DESK_SCAMS; s++)
		printf("%-18s %3" PRIu32 "  %s\n", desk_scams.choice[s].name, of[s], desk_scams.choice[s].zh);
	if (ok)
		printf("%" PRIu64 " questions, %" PRIu64 " wrong / 题目 %" PRIu64 " 道，有误 %" PRIu64 " 处\n", m.read,
		       m.faults, m.read, m.faults);
	close_import(&m);
	return !ok ? EXIT_COULD_NOT_RUN : m.faults > 0 ? EXIT_SOME_QUARANTINED : EXIT_ACCEPTED;
}

static bool keep_code(void *ctx, const json_t *q)
{
	struct import *m = ctx;

	return json_object_set_new(m->known, training_string(json_object_get(q, "fields"), "code"), json_true()) == 0;
}

static void put_member(struct buf *b, const char *name, struct text t)
{
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, t);
}

static void put_choices(struct buf *b, const char *name, const struct text *choice, uint32_t n)
{
	struct buf all;

	buf_init(&all, QUIZ_CHOICES_MAX * (QUESTION_LINE_MAX + 1));
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(&all, '\n');
		buf_add(&all, choice[i].p, choice[i].n);
	}
	put_member(b, name, buf_view(&all));
	b->err = all.err != ERR_OK ? all.err : b->err;
	buf_release(&all);
}

static void put_question(struct import *m, const struct question_text *q)
{
	struct buf *b = &m->lines;

	buf_printf(b, "{\"kind\":\"question\",\"step\":\"propose\",\"fields\":{\"scam\":\"%s\"",
	           desk_scams.choice[q->scam].name);
	put_member(b, "code", q->code);
	put_member(b, "zh", q->zh);
	put_member(b, "en", q->en);
	put_choices(b, "choices_zh", q->choice_zh, q->n_choices);
	put_choices(b, "choices_en", q->choice_en, q->n_choices);
	put_member(b, "why_zh", q->why_zh);
	put_member(b, "why_en", q->why_en);
	buf_printf(b, ",\"n_choices\":%" PRIu32 ",\"right\":%" PRIu32 "}}\n", q->n_choices, q->right);
	m->line[m->n++] = q->line;
}

static void told(void *ctx, uint32_t line, const json_t *answer)
{
	struct import *m = ctx;
	char why[400];

	if (json_object_get(answer, "refused") == NULL && json_object_get(answer, "wrong") == NULL) {
		m->proposed++;
		return;
	}
	snprintf(why, sizeof(why), "the service refuses it: %s%s%s%s%s", training_string(answer, "message_en"),
	         training_string(answer, "field")[0] != 0 ? ": " : "", training_string(answer, "field"),
	         training_string(answer, "why")[0] != 0 ? ": " : "", training_string(answer, "why"));
	fault(m, line < m->n ? m->line[line] : 0, why);
}

static bool send(struct import *m)
{
	bool ok = m->n == 0 || training_send(m->k, &m->lines, NULL, told, m);

	buf_clear(&m->lines);
	m->n = 0;
	return ok;
}

static bool import(struct import *m)
{
	struct question_text q;
	bool ok = training_each(m->k, "/v1/questions?state=proposed,in-use&limit=200", keep_code, m);

	while (ok && next(m, &q)) {
		char code[DESK_CODE_MAX + 1];

		snprintf(code, sizeof(code), "%.*s", (int)q.code.n, q.code.p);
		if (json_object_get(m->known, code) != NULL) {
			m->there++;
			continue;
		}
		put_question(m, &q);
		ok = m->n < TRAINING_BATCH || send(m);
	}
	return ok && send(m);
}

int training_import(const struct training_asked *k, const char *path)
{
	struct import m;
	bool ok = open_import(&m, k, path) && import(&m);

	if (ok)
		printf("%" PRIu64 " proposed, %" PRIu64 " there already, %" PRIu64 " wrong / 待审核 %" PRIu64 "，已有 %" PRIu64
		       "，有误 %" PRIu64 "\n",
		       m.proposed, m.there, m.faults, m.proposed, m.there, m.faults);
	close_import(&m);
	return !ok ? EXIT_COULD_NOT_RUN : m.faults > 0 ? EXIT_SOME_QUARANTINED : EXIT_ACCEPTED;
}
