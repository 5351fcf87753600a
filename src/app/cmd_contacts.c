/* cmd_contacts.c - duanka contacts: who called, texted or paid whom, out of the journal; beside a running service, and without a policy.
 *
 * It reads only. What it shows is what the journal holds: masked forms and tokens; whom they stand for is another command's to tell. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/money.h"
#include "journal/contacts.h"
#include "shard/record_json.h"
#include "show/lang.h"

static const char help_text[] =
	"duanka contacts NUMBER --data DIR [options]    who called, texted or paid this number / 查询号码的通联与交易记录\n\n"
	"  --data DIR       data directory of a service, which may run meanwhile\n"
	"  --kind KIND      what NUMBER is: phone (default), account, person, device, cell, or another kind of the schema\n"
	"  --token HEX      instead of NUMBER: 32 hexadecimal digits, of --kind if it is named, else of any kind\n"
	"  --days N         events of the last N days, default 30\n"
	"  --from T, --to T events from T, and up to T: 2026-03-01, or 2026-03-01T08:00:00 in Asia/Shanghai; instead of --days\n"
	"  --limit N        the newest N, default 1000\n"
	"  --json           one JSON object a line (doc/formats.md)\n"
	"  --key FILE       token key (default: DIR/token.key)\n\n"
	"Newest first. How many there are and how they were found is told on standard error.\n";

enum {
	C_DATA = 16,
	C_KIND,
	C_TOKEN,
	C_DAYS,
	C_FROM,
	C_TO,
	C_LIMIT,
	C_JSON,
	C_KEY,
	C_HELP,
	TEXT_SHOWN_MAX = 72, /* bytes of a text field */
	LINE_MAX_BYTES = 1 << 20
};

struct asked {
	const char *number, *data, *kind, *token, *key;
	int64_t days, limit;
	struct contacts_query q;
	bool by_time, json;
};

struct printing {
	const struct contacts_query *q;
	struct outfile out;
	struct buf line;
	bool json;
	enum err err;
};

static bool complain(const char *what, const char *right)
{
	fprintf(stderr, "duanka contacts: %s; %s\n", what, right);
	return false;
}

/* ---- one line ---- */

static void show_text(struct buf *b, struct text t)
{
	size_t n = t.n < TEXT_SHOWN_MAX ? t.n : TEXT_SHOWN_MAX;

	while (n < t.n && n > 0 && ((unsigned char)t.p[n] & 0xc0) == 0x80) /* never a part of a character */
		n--;
	buf_json(b, text_of(t.p, n));
	if (n < t.n)
		buf_z(b, "...");
}

static void show_value(struct buf *b, const struct event *e, const struct schema_field *f, int64_t v)
{
	switch (f->type.dim) {
	case DIM_ENTITY: buf_z(b, e->ident[f->slot].shown); break;
	case DIM_TEXT: show_text(b, e->str[f->slot]); break;
	case DIM_MONEY: money_format(b, v); break;
	case DIM_DURATION: clock_format_duration(b, v); break;
	case DIM_TIME: clock_format_short(b, v, &clock_shanghai); break;
	case DIM_BOOL: buf_z(b, v != 0 ? "yes" : "no"); break;
	case DIM_NUMBER: buf_int(b, v); break;
	}
}

static bool is_asked(const struct contacts_query *q, const struct event *e, const struct schema_field *f)
{
	return f->type.dim == DIM_ENTITY && token_eq(e->ident[f->slot].token, q->token) &&
	       (q->kind == CONTACTS_ANY_KIND || q->kind == f->type.entity);
}

static void pad(struct buf *b, size_t from, size_t columns)
{
	for (size_t n = lang_width(text_of(b->p + from, b->n - from)); b->err == ERR_OK && n < columns; n++)
		buf_char(b, ' ');
}

/* 2026-03-02 00:00:50  call       caller       #7  callee 139****9000, talk 12s */
static void show_event(struct buf *b, const struct contacts_query *q, const struct record *r, const struct written *w,
                       const struct event *e)
{
	const struct schema_event *t = &w->schema.event[e->type];
	size_t at;
	int n = 0;

	clock_format_short(b, r->time, &clock_shanghai);
	buf_z(b, "  ");
	at = b->n;
	buf_text(b, t->name);
	pad(b, at, 12);
	at = b->n;
	for (uint32_t i = 0; i < t->n_fields; i++) {
		if (e->value[i] == VALUE_MISSING || !is_asked(q, e, &t->field[i]))
			continue;
		buf_z(b, n++ == 0 ? " " : "+");
		buf_text(b, t->field[i].name);
	}
	pad(b, at, 12);
	buf_printf(b, "  #%-9" PRIu64, r->position);
	n = 0;
	for (uint32_t i = 0; i < t->n_fields; i++) {
		if (e->value[i] == VALUE_MISSING || is_asked(q, e, &t->field[i]))
			continue;
		buf_z(b, n++ == 0 ? "  " : ", ");
		buf_text(b, t->field[i].name);
		buf_char(b, ' ');
		show_value(b, e, &t->field[i], e->value[i]);
	}
}

static bool print(void *ctx, const struct record *r, const struct written *w)
{
	struct printing *p = ctx;
	struct record_json_options o = { .about = &p->q->token, .about_kind = p->q->kind };
	struct event e;

	buf_clear(&p->line);
	if (p->json) {
		p->err = record_json(&p->line, w, r, &o);
	} else {
		p->err = record_event_take(w->recast, r, &e, NULL);
		if (p->err == ERR_OK)
			show_event(&p->line, p->q, r, w, &e);
	}
	buf_char(&p->line, '\n');
	if (p->err == ERR_OK)
		p->err = p->line.err;
	if (p->err == ERR_OK)
		p->err = outfile_text(&p->out, buf_view(&p->line));
	return p->err == ERR_OK;
}

/* ---- whom ---- */

/* The kind by its name. The newest segment's head knows it, unless a policy has brought it in since. */
static bool find_kind(struct disk *d, const struct asked *a, const char *name, uint8_t *kind, enum ident_form *form)
{
	struct journal_reader *reader = NULL;
	struct written *w = NULL;
	struct record r;
	uint64_t *first = NULL;
	size_t n = 0;
	int at = -1;
	enum err e = journal_segments(d, &first, &n);

	for (e = e == ERR_OK ? ERR_ABSENT : e; e == ERR_ABSENT && n > 0; n--) /* the last one may be just begun */
		e = journal_reader_open(&reader, d, first[n - 1], UINT64_MAX);
	while (e == ERR_OK && at < 0) {
		e = journal_read(reader, &r, NULL);
		if (e == ERR_OK && r.kind == RECORD_SCHEMA)
			e = written_follow(&w, r.payload);
		if (e == ERR_OK && r.kind == RECORD_SCHEMA)
			at = schema_entity_find(&w->schema, text_z(name));
	}
	if (at >= 0) {
		*kind = (uint8_t)at;
		*form = w->schema.entity[at].form;
	} else if (e == ERR_ABSENT && w != NULL) {
		fprintf(stderr,
		        "duanka contacts: --kind %s: there is no such kind in this journal; phone or account are some\n", name);
	} else {
		fprintf(stderr, "duanka: %s: %s\n", a->data,
		        e == ERR_ABSENT ? "there is no journal here"
		        : e == ERR_IO   ? strerror(errno)
		                        : err_name(e));
	}
	journal_reader_close(reader);
	written_free(w);
	mem_free(first);
	return at >= 0;
}

static bool parse_token(const char *hex, struct token *t)
{
	t->w[0] = t->w[1] = 0;
	if (strlen(hex) != 32 || strspn(hex, "0123456789abcdefABCDEF") != 32)
		return complain("--token takes 32 hexadecimal digits", "as alerts and duanka tail show them");
	for (int i = 0; i < 32; i++) {
		uint64_t c = (unsigned char)hex[i];

		t->w[i / 16] = t->w[i / 16] << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return true;
}

static bool find_token(struct disk *d, struct asked *a)
{
	char scratch[EVENT_IDENT_MAX];
	struct hash_key key;
	struct ident id;
	enum ident_form form;
	const char *why = NULL, *name = a->kind != NULL ? a->kind : "phone";
	uint8_t kind = CONTACTS_ANY_KIND;

	if ((a->token == NULL || a->kind != NULL) && !find_kind(d, a, name, &kind, &form))
		return false;
	a->q.kind = kind;
	if (a->token != NULL)
		return parse_token(a->token, &a->q.token);
	if (!serve_key(a->data, a->key, false, &key))
		return false;
	if (ident_make(&key, form, kind, IDENT_STRICT, text_trim(text_z(a->number)), scratch, &id, &why) != ERR_OK) {
		fprintf(stderr, "duanka contacts: %s: as a %s: %s\n", a->number, name, why);
		return complain("NUMBER can't be read", "name what it is with --kind");
	}
	a->q.token = id.token;
	return true;
}

/* ---- all of it ---- */

static void tell(const struct asked *a, const struct contacts_stats *s, int64_t took_us)
{
	char some[64] = "", zh[64] = "";

	if (s->more) {
		snprintf(some, sizeof(some), " (there are more: --limit, --to)");
		snprintf(zh, sizeof(zh), "（尚有更多）");
	}
	fprintf(stderr,
	        "%" PRIu64 " found%s; %" PRIu64 " segments by index, %" PRIu64 " by scan, %.1f ms / 共 %" PRIu64
	        " 条%s；索引 %" PRIu64 " 段，扫描 %" PRIu64 " 段\n",
	        s->records, some, s->indexed, s->scanned, (double)took_us / 1e3, s->records, zh, s->indexed, s->scanned);
	if (s->unfit > 0)
		fprintf(stderr,
		        "duanka: %s/journal/%020" PRIu64 ".idx: %" PRIu64
		        " indexes, this one among them, are damaged or of other segments and were passed over; remove them and "
		        "they are made anew\n",
		        a->data, s->unfit_first, s->unfit);
}

static void explain(const struct asked *a, const struct printing *p, enum err e, const struct buf *why)
{
	if (p->out.err != ERR_OK) {
		if (p->out.err_no != EPIPE) /* then whoever reads has enough */
			fprintf(stderr, "duanka: the records could not be written: %s\n", strerror(p->out.err_no));
		return;
	}
	fprintf(stderr, "duanka: %s: %s\n", a->data,
	        why->n > 0         ? why->p
	        : e == ERR_ABSENT  ? "there is no journal here"
	        : e == ERR_IO      ? strerror(errno)
	        : p->err != ERR_OK ? "a record can't be shown"
	                           : err_name(e));
}

static bool find(struct asked *a, struct disk *d)
{
	struct printing p = { .q = &a->q, .json = a->json };
	struct contacts_stats s = { .segments = 0 };
	struct buf why;
	int64_t start_us = serve_now_us();
	enum err e;

	if (!a->by_time)
		a->q.from_us = start_us - a->days * US_PER_DAY;
	buf_init(&p.line, LINE_MAX_BYTES);
	buf_init(&why, 4096);
	e = outfile_open(&p.out, "-");
	if (e == ERR_OK)
		e = contacts_find(d, &a->q, &s, print, &p, &why);
	if (e == ERR_OK)
		e = p.err;
	if (outfile_close(&p.out) != ERR_OK && e == ERR_OK)
		e = ERR_IO;
	if (e == ERR_OK)
		tell(a, &s, serve_now_us() - start_us);
	else
		explain(a, &p, e, &why);
	buf_release(&p.line);
	buf_release(&why);
	return e == ERR_OK;
}

static bool contacts(struct asked *a)
{
	struct disk d;
	bool ok;

	if (!serve_disk(a->data, false, &d))
		return false;
	ok = find_token(&d, a) && find(a, &d);
	disk_real_close(&d);
	return ok;
}

/* A date is its first moment, or its last one. */
static bool take(const struct args *args, struct asked *a, int number, const char *v)
{
	switch (number) {
	case ARGS_OPERAND:
		if (a->number != NULL)
			return complain("it takes one NUMBER", "see --help");
		a->number = v;
		return true;
	case C_DATA: a->data = v; return true;
	case C_KIND: a->kind = v; return true;
	case C_TOKEN: a->token = v; return true;
	case C_KEY: a->key = v; return true;
	case C_JSON: a->json = true; return true;
	case C_DAYS: return args_number(args, "--days", v, 1, 36500, &a->days);
	case C_LIMIT: return args_number(args, "--limit", v, 1, INT64_MAX, &a->limit);
	case C_FROM: a->by_time = true; return args_time(args, "--from", v, false, &a->q.from_us);
	case C_TO: a->by_time = true; return args_time(args, "--to", v, true, &a->q.to_us);
	default: return false;
	}
}

int cmd_contacts(int argc, char **argv)
{
	static const struct args_option table[] = {
		{ "--data", 'd', true, C_DATA },  { "--kind", 0, true, C_KIND },  { "--token", 0, true, C_TOKEN },
		{ "--days", 0, true, C_DAYS },    { "--from", 0, true, C_FROM },  { "--to", 0, true, C_TO },
		{ "--limit", 0, true, C_LIMIT },  { "--json", 0, false, C_JSON }, { "--key", 'k', true, C_KEY },
		{ "--help", 'h', false, C_HELP },
	};
	struct args args = { .argc = argc, .argv = argv, .at = 1, .command = "contacts" };
	struct asked a = { .limit = 1000, .q = { .from_us = INT64_MIN, .to_us = INT64_MAX, .end = UINT64_MAX } };
	const char *v;
	int number;

	while ((number = args_next(&args, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == C_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_WRONG || !take(&args, &a, number, v))
			return EXIT_COULD_NOT_RUN;
	}
	if (a.data == NULL)
		complain("--data is missing", "name the directory of the journal");
	else if ((a.number == NULL) == (a.token == NULL))
		complain("it takes a NUMBER or --token", "name one of them; see --help");
	else if (a.by_time && a.days != 0)
		complain("--days goes with neither --from nor --to", "name the one or the others");
	else {
		a.days = a.days == 0 ? 30 : a.days;
		a.q.most = (uint64_t)a.limit;
		return contacts(&a) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
	}
	return EXIT_COULD_NOT_RUN;
}
