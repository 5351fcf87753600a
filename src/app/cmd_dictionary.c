/* cmd_dictionary.c - duanka dictionary: the dictionary of a service that is stopped. It takes the directory's lock, so that no service works there
 * meanwhile, and appends each act to the journal itself. Only the journal is opened, not the shard: an act means nothing to the engine, and
 * recovery passes over it. */
#include <errno.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "app/serve_store.h"
#include "gateway/act.h"
#include "journal/journal.h"

static const char help_text[] =
	"duanka dictionary count  --data DIR\n"
	"duanka dictionary reveal --data DIR --reason TEXT [--case TEXT] KIND TOKEN\n"
	"duanka dictionary erase  --data DIR --reason TEXT [--case TEXT] KIND TOKEN\n"
	"duanka dictionary rotate --data DIR [--reason TEXT]\n"
	"duanka dictionary rewrap --data DIR --to FILE [--reason TEXT]\n\n"
	"The dictionary that turns tokens back into identifiers / 令牌词典: counts its entries, turns a token back, erases a person, begins a\n"
	"new data key (rows move to it while the service runs), or changes the master key to that in FILE, which is made if it is not there.\n"
	"  --master-key FILE   default DIR/master.key\n"
	"Each but count is an act: who and why go into the journal first. The service must be stopped; while it runs, ask it:\n"
	"POST /v1/reveal and POST /v1/erase (doc/http-api.md).\n";

enum {
	D_DATA = 16,
	D_MASTER,
	D_REASON,
	D_CASE,
	D_TO,
	D_HELP
};

struct asked {
	const char *data, *master, *reason, *file, *to, *operand[3];
	uint32_t n;
};

struct open { /* what is open */
	const struct asked *k;
	struct disk disk;
	struct serve_store store;
	struct journal *journal;
	struct buf schema; /* payload in force */
	uint8_t kind;
	struct token token;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka dictionary: %s; see --help\n", what);
	return false;
}

static bool failed(const struct asked *k, const char *what, enum err e)
{
	fprintf(stderr, "duanka: %s: %s: %s\n", k->data, what, e == ERR_IO ? strerror(errno) : err_name(e));
	return false;
}

/* ---- opening ---- */

/* The last SCHEMA record: that of the last segment's head, or one behind it. */
static enum err read_schema(struct open *o)
{
	struct journal_reader *r;
	struct record record;
	enum err e = journal_reader_open(&r, &o->disk, UINT64_MAX, UINT64_MAX);

	if (e != ERR_OK)
		return e;
	while ((e = journal_read(r, &record, NULL)) == ERR_OK)
		if (record.kind == RECORD_SCHEMA) {
			buf_clear(&o->schema);
			buf_text(&o->schema, record.payload);
		}
	journal_reader_close(r);
	return e == ERR_ABSENT ? o->schema.err : e;
}

static bool open_journal(struct open *o)
{
	struct journal_options jo = { .now_us = serve_now_us() };
	struct journal_found found;
	struct journal_reader *r;
	struct buf why;
	enum err e = journal_reader_open(&r, &o->disk, 0, 0);

	if (e != ERR_OK)
		return failed(o->k, "there is no journal here", e);
	journal_reader_close(r);
	buf_init(&why, 4096);
	e = journal_open(&o->journal, &o->disk, &jo, TEXT(""), &found, &why);
	if (e == ERR_OK && found.made)
		e = ERR_ABSENT;
	if (e == ERR_OK)
		e = read_schema(o);
	if (e == ERR_OK)
		e = journal_schema(o->journal, buf_view(&o->schema));
	if (e != ERR_OK)
		failed(o->k, why.n > 0 ? why.p : "the journal can't be opened", e);
	else if (found.torn_bytes > 0)
		fprintf(stderr, "duanka: %s: a torn last write was cut off and is kept in %s\n", o->k->data, found.torn_name);
	buf_release(&why);
	return e == ERR_OK;
}

static bool lock(const struct asked *k)
{
	if (serve_lock(k->data))
		return true;
	fprintf(
		stderr,
		"duanka dictionary: ask the running service: POST /v1/reveal or /v1/erase; rotate and rewrap need it stopped\n");
	return false;
}

static bool open_all(struct open *o)
{
	enum err e;

	buf_init(&o->schema, RECORD_PAYLOAD_MAX);
	if (sodium_init() < 0 || !serve_disk(o->k->data, false, &o->disk) || !lock(o->k) || !open_journal(o) ||
	    !serve_store_open(&o->store, o->k->data, o->k->master, &o->disk, 1, false) ||
	    !serve_store_begin(&o->store, o->k->data, journal_next(o->journal)))
		return false;
	e = names_catch_up(o->store.names, journal_next(o->journal), NULL);
	return e == ERR_OK || failed(o->k, "the journal can't be folded into the dictionary", e);
}

static void close_all(struct open *o)
{
	serve_store_close(&o->store);
	journal_close(o->journal);
	buf_release(&o->schema);
	disk_real_close(&o->disk);
}

/* ---- acts ---- */

static enum err note_act(struct open *o, const char *name, uint64_t *position)
{
	static const struct caller who = { .tenant = "local" };
	const struct passwd *user = getpwuid(getuid());
	struct record r = { .kind = RECORD_ACT };
	struct shard_act closed;
	struct buf act, b;
	char hex[TOKEN_HEX + 1];
	enum err e;

	act_begin(&act, name, &who, o->k->reason == NULL ? TEXT("") : text_z(o->k->reason));
	act_number(&act, "uid", (int64_t)getuid());
	if (user != NULL)
		act_text(&act, "user", text_z(user->pw_name));
	if (o->k->n == 3) {
		token_show(o->token, hex);
		act_text(&act, "kind", text_z(o->k->operand[1]));
		act_text(&act, "token", text_z(hex));
	}
	if (o->k->file != NULL)
		act_text(&act, "case", text_z(o->k->file));
	act_end(&act, serve_now_us(), &who, &closed);
	buf_init(&b, ACT_BYTES_MAX + RECORD_HEAD_BYTES);
	r.time = closed.time_us;
	r.payload = closed.payload;
	record_put(&b, &r);
	e = act.err != ERR_OK ? act.err : b.err != ERR_OK ? b.err : journal_commit(o->journal, buf_view(&b), 1);
	*position = journal_next(o->journal) - 1;
	buf_release(&act);
	buf_release(&b);
	if (e != ERR_OK)
		failed(o->k, "the act can't be journaled, so nothing was done", e);
	return e;
}

static bool find_token(struct open *o)
{
	int kind = record_schema_kind(buf_view(&o->schema), text_z(o->k->operand[1]));

	if (kind < 0)
		return wrong("there is no such kind of entity in the policy");
	o->kind = (uint8_t)kind;
	return token_parse(text_z(o->k->operand[2]), &o->token) ||
	       wrong("a token is 32 hexadecimal digits, as alerts show it");
}

static bool tell_absent(const struct asked *k, enum err e)
{
	if (e == ERR_ABSENT)
		fprintf(
			stderr,
			"duanka: %s: nothing is known of this token: it was never seen, has been erased, or is of another kind\n",
			k->data);
	else
		failed(k,
		       e == ERR_FORMAT ? "the entry is damaged; restore the dictionary from a copy"
		                       : "the dictionary can't be used",
		       e);
	return false;
}

static bool reveal(struct open *o)
{
	char plain[DICTIONARY_PLAIN_MAX];
	uint64_t position;
	size_t n;
	enum err e;

	if (!find_token(o) || note_act(o, "reveal", &position) != ERR_OK)
		return false;
	e = names_reveal(o->store.names, position + 1, o->token, o->kind, plain, &n);
	if (e != ERR_OK)
		return tell_absent(o->k, e);
	printf("%.*s\n", (int)n, plain);
	return true;
}

static enum err act_erase(void *ctx, uint64_t *position)
{
	return note_act(ctx, "erase", position);
}

static bool erase(struct open *o)
{
	enum err e;

	if (!find_token(o))
		return false;
	e = names_erase(o->store.names, o->token, o->kind, act_erase, o);
	return e == ERR_OK || tell_absent(o->k, e);
}

static bool rotate(struct open *o)
{
	uint64_t position;
	enum err e;

	if (note_act(o, "rotate", &position) != ERR_OK)
		return false;
	e = dictionary_rotate(o->store.dictionary);
	return e == ERR_OK || failed(o->k, "there is no new data key", e);
}

static bool rewrap(struct open *o)
{
	unsigned char key[DICTIONARY_MASTER_BYTES];
	uint64_t position;
	enum err e;

	if (!serve_master(o->k->to, true, key) || note_act(o, "rewrap", &position) != ERR_OK)
		return false;
	e = dictionary_rewrap(o->store.dictionary, key);
	sodium_memzero(key, sizeof(key));
	if (e != ERR_OK)
		return failed(o->k, "the master key is still the old one", e);
	fprintf(
		stderr,
		"duanka: %s: from now on name --master-key %s, or put it in the place of the old one; destroy the old one\n",
		o->k->data, o->k->to);
	return true;
}

static bool tell_count(struct open *o)
{
	printf("%llu\n", (unsigned long long)dictionary_count(o->store.dictionary));
	return true;
}

/* ---- the command ---- */

static const struct verb {
	const char *name;
	uint32_t operands; /* with its own name */
	bool needs_reason, needs_to;
	bool (*run)(struct open *o);
} verbs[] = {
	{ "count", 1, false, false, tell_count }, { "reveal", 3, true, false, reveal }, { "erase", 3, true, false, erase },
	{ "rotate", 1, false, false, rotate },    { "rewrap", 1, false, true, rewrap },
};

static const struct verb *verb_of(const struct asked *k)
{
	for (size_t i = 0; k->n > 0 && i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, k->operand[0]) == 0)
			return &verbs[i];
	return NULL;
}

static bool sound(const struct asked *k, const struct verb *v)
{
	if (v == NULL)
		return wrong("say count, reveal, erase, rotate or rewrap");
	if (k->data == NULL)
		return wrong("--data is missing");
	if (k->n != v->operands)
		return wrong(v->operands == 3 ? "name a kind and a token" : "it takes no operands");
	if (v->needs_reason && (k->reason == NULL || k->reason[0] == 0))
		return wrong("--reason is missing: it goes into the journal");
	if (k->reason != NULL && (strlen(k->reason) > ACT_WHY_MAX || !text_utf8_valid(text_z(k->reason))))
		return wrong("--reason takes at most 1,000 bytes of UTF-8");
	if (k->reason != NULL && act_number_in(text_z(k->reason)))
		return wrong(
			"--reason: numbers of people do not belong here, at most six digits in a row: it goes into the journal");
	if (k->file != NULL && (strlen(k->file) > ACT_WHY_MAX || !text_utf8_valid(text_z(k->file))))
		return wrong("--case takes at most 1,000 bytes of UTF-8");
	if (k->file != NULL && act_number_in(text_z(k->file)))
		return wrong(
			"--case: numbers of people do not belong here, at most six digits in a row: it goes into the journal");
	return (v->needs_to == (k->to != NULL)) || wrong("--to FILE goes with rewrap, and rewrap with it");
}

static bool read_asked(int argc, char **argv, struct asked *k, bool *help)
{
	static const struct args_option table[] = {
		{ "--data", 'd', true, D_DATA },   { "--master-key", 0, true, D_MASTER },
		{ "--reason", 0, true, D_REASON }, { "--case", 0, true, D_CASE },
		{ "--to", 0, true, D_TO },         { "--help", 'h', false, D_HELP },
	};
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "dictionary" };
	const char *v;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		switch (number) {
		case D_DATA: k->data = v; break;
		case D_MASTER: k->master = v; break;
		case D_REASON: k->reason = v; break;
		case D_CASE: k->file = v; break;
		case D_TO: k->to = v; break;
		case D_HELP: *help = true; return true;
		case ARGS_OPERAND:
			if (k->n == ARRAY_LEN(k->operand))
				return wrong("there is an operand too many");
			k->operand[k->n++] = v;
			break;
		default: return false;
		}
	}
	return true;
}

int cmd_dictionary(int argc, char **argv)
{
	struct asked k = { .data = NULL };
	struct open o = { .k = &k };
	const struct verb *v;
	bool help = false, ok;

	if (!read_asked(argc, argv, &k, &help))
		return EXIT_COULD_NOT_RUN;
	if (help) {
		fputs(help_text, stdout);
		return EXIT_ACCEPTED;
	}
	v = verb_of(&k);
	if (!sound(&k, v))
		return EXIT_COULD_NOT_RUN;
	umask(077);
	ok = open_all(&o) && v->run(&o);
	close_all(&o);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
