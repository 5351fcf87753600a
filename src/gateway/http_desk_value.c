/* http_desk_value.c - JSON into the fields of commands, by the tables.
 *
 * A person, phone or account may come as its token or as it is written on paper; then it becomes a token here, as events' identifiers do, and its plain form goes into the
 * dictionary. Texts are sealed and stand in the command as a reference. Both are durable before the command is journaled; if it is not journaled after all, they
 * age out like everything that nobody refers to. */
#include <math.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/money.h"
#include "desk/user.h"
#include "event/ident.h"
#include "gateway/http_desk_int.h"

enum {
	READING_MAX = 8 * DESK_GATE_MAX, /* identifiers, texts, and files, of one request */
	LINK_MAX = 2048                  /* bytes */
};

/* ---- what comes along ---- */

void desk_reading_init(struct desk_reading *d, struct request *r)
{
	*d = (struct desk_reading){ .r = r, .schema = &request_policy(r)->schema };
}

void desk_reading_release(struct desk_reading *d)
{
	if (d->name != NULL)
		explicit_bzero(d->name, d->cap_names * sizeof(*d->name));
	mem_free(d->name);
	mem_free(d->ref);
	mem_free(d->text);
	desk_reading_unclaim(d, 0, d->n_uses);
	mem_free(d->use);
	d->use = NULL;
	d->name = NULL;
	d->ref = NULL;
	d->text = NULL;
}

static bool wrong(struct desk_reading *d, uint32_t field, const char *why)
{
	d->no = DESK_REFUSED_FIELD_VALUE;
	d->field = field;
	d->why = why;
	return false;
}

/* What there is no memory for is nobody's mistake: it is told as that. */
static bool short_of(struct desk_reading *d, bool memory, const char **why, const char *else_why)
{
	d->short_of_memory |= memory;
	*why = memory ? "out of memory; try again" : else_why;
	return false;
}

static bool note_name(struct desk_reading *d, const struct ident *id, uint8_t kind, const char **why)
{
	struct desk_name *n;

	if (d->n_names == d->cap_names) {
		uint32_t cap = d->cap_names == 0 ? 16 : 2 * d->cap_names;
		void *more = cap > READING_MAX ? NULL : mem_resize(d->name, cap * sizeof(*d->name));

		if (more == NULL)
			return short_of(d, cap <= READING_MAX, why, "there are too many identifiers in one request");
		d->name = more;
		d->cap_names = cap;
	}
	n = &d->name[d->n_names++];
	*n = (struct desk_name){ .token = id->token, .kind = kind, .n = (uint8_t)id->plain.n };
	memcpy(n->plain, id->plain.p, id->plain.n);
	return true;
}

static bool note_text(struct desk_reading *d, struct text t, unsigned char ref[TEXT_REF_BYTES], const char **why)
{
	if (d->n_texts == d->cap_texts) {
		uint32_t cap = d->cap_texts == 0 ? 16 : 2 * d->cap_texts;
		void *refs = cap > READING_MAX ? NULL : mem_resize(d->ref, cap * sizeof(*d->ref));
		void *texts;

		if (refs == NULL)
			return short_of(d, cap <= READING_MAX, why, "there are too many texts in one request");
		d->ref = refs;
		texts = mem_resize(d->text, cap * sizeof(*d->text));
		if (texts == NULL)
			return short_of(d, true, why, NULL);
		d->text = texts;
		d->cap_texts = cap;
	}
	do
		randombytes_buf(ref, TEXT_REF_BYTES);
	while (sodium_is_zero(ref, TEXT_REF_BYTES));
	memcpy(d->ref[d->n_texts], ref, TEXT_REF_BYTES);
	d->text[d->n_texts++] = t;
	return true;
}

enum err desk_reading_keep(struct desk_reading *d)
{
	enum err e = ERR_OK;

	if (d->n_names > 0 && d->r->in_force->config.dictionary) {
		struct dictionary_entry *x = mem_alloc_array(d->n_names, sizeof(*x));

		if (x == NULL)
			return ERR_MEMORY;
		for (uint32_t i = 0; i < d->n_names; i++)
			x[i] =
				(struct dictionary_entry){ d->name[i].token, d->name[i].kind, text_of(d->name[i].plain, d->name[i].n) };
		e = names_put(d->r->h->o.keep->names, x, d->n_names);
		mem_free(x);
	}
	if (e == ERR_OK && d->n_texts > 0)
		e = texts_add(d->r->h->o.texts, (const unsigned char(*)[TEXT_REF_BYTES])d->ref, d->text, d->n_texts,
		              d->r->h->o.now_us());
	return e;
}

void desk_reading_forget(struct desk_reading *d, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (texts_erase(d->r->h->o.texts, d->ref[i]) != ERR_OK)
			return; /* it stays, sealed, and nothing refers to it */
}

/* ---- files ---- */

void desk_reading_claims(struct desk_reading *d, bool stay)
{
	for (uint32_t i = 0; i < d->n_uses; i++)
		d->use[i].stays = stay;
}

void desk_reading_unclaim(struct desk_reading *d, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (!d->use[i].stays &&
		    files_unclaim(d->r->h->o.files, d->use[i].id, d->use[i].use, d->r->h->o.now_us()) != ERR_OK)
			break; /* it stays claimed, and is swept */
	if (to == d->n_uses)
		d->n_uses = from;
}

void desk_reading_refused(struct desk_reading *d, const struct desk_order *o)
{
	for (uint32_t i = 0; i < d->n_uses; i++)
		if (d->use[i].order == o)
			d->use[i].stays = false;
}

/* Room for one more. */
static bool note_use(struct desk_reading *d, const char **why)
{
	uint32_t cap = d->cap_uses == 0 ? 16 : 2 * d->cap_uses;
	void *more;

	if (d->n_uses < d->cap_uses)
		return true;
	more = cap > READING_MAX ? NULL : mem_resize(d->use, cap * sizeof(*d->use));
	if (more == NULL)
		return short_of(d, cap <= READING_MAX, why, "there are too many files in one request");
	d->use = more;
	d->cap_uses = cap;
	return true;
}

/* What the files of a command are for: the object; for one that makes an object, its idempotency key, so that sent again it is the same use. */
static void use_of(const struct desk_order *o, unsigned char use[FILES_USE_BYTES])
{
	memset(use, 0, FILES_USE_BYTES);
	if (o->command.object != 0)
		memcpy(use, &o->command.object, sizeof(o->command.object));
	else if (o->keyed)
		memcpy(use, o->key, FILES_USE_BYTES);
	while (sodium_is_zero(use, FILES_USE_BYTES))
		randombytes_buf(use, FILES_USE_BYTES);
}

/* Whether the object has it already, in a field that is shown no more freely. */
static bool is_its_own(struct desk_reading *d, const struct desk_command *c, uint32_t field,
                       const unsigned char ref[DESK_REF_BYTES])
{
	const struct desk_machine *m = desk_machine(c->kind);
	struct desk_object o;

	if (c->object == 0 || registry_load(d->r->h->o.registry, c->object, &o) != ERR_OK || o.kind != c->kind)
		return false;
	for (uint32_t f = 1; f < m->n_fields; f++)
		if (m->field[f].type == DESK_FILE && desk_has(&o, f) && m->field[f].guarded == m->field[field].guarded &&
		    memcmp(o.value[f].ref, ref, DESK_REF_BYTES) == 0)
			return files_use(d->r->h->o.files, ref, d->r->h->o.now_us());
	return false;
}

/* ---- values ---- */

static struct text text_in(const json_t *j)
{
	return text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j));
}

static bool read_plain(struct desk_reading *d, uint8_t kind, struct text t, bool keep, struct token *out,
                       const char **why)
{
	uint8_t k = desk_entity_kind(d->schema, kind);
	char scratch[EVENT_IDENT_MAX];
	struct ident id;
	bool ok;

	*why = "it has 1 to 64 bytes";
	ok = t.n > 0 && t.n <= EVENT_IDENT_MAX &&
	     ident_make(d->r->h->o.key, desk_entity_form(kind), k, IDENT_STRICT, t, scratch, &id, why) == ERR_OK;
	ok = ok && (!keep || note_name(d, &id, k, why));
	explicit_bzero(scratch, sizeof(scratch));
	if (ok)
		*out = id.token;
	return ok;
}

/* A token says nothing of its kind, so one that the dictionary knows, but not as this kind, was given in the wrong place. One that it does not know may be right: entries age out, or are not kept at all. */
static bool of_another_kind(struct desk_reading *d, uint8_t kind, struct token t)
{
	struct dictionary *names = d->r->h->o.keep->dictionary;
	uint8_t own = desk_entity_kind(d->schema, kind);
	char plain[DICTIONARY_PLAIN_MAX];
	bool other = false;
	size_t n;

	if (names == NULL || dictionary_reveal(names, t, own, plain, &n) != ERR_ABSENT) {
		explicit_bzero(plain, sizeof(plain));
		return false;
	}
	for (uint32_t k = 0; k < d->schema->n_entities && !other; k++)
		other = dictionary_reveal(names, t, (uint8_t)k, plain, &n) == ERR_OK;
	for (uint8_t k = 1; k < DESK_ENTITY_KINDS && !other; k++)
		other = dictionary_reveal(names, t, (uint8_t)(DESK_OWN_KINDS + k), plain, &n) == ERR_OK;
	explicit_bzero(plain, sizeof(plain));
	return other;
}

static bool read_token(struct desk_reading *d, uint32_t field, uint8_t kind, const json_t *j, struct token *out)
{
	const json_t *token = json_is_string(j) ? j : json_object_get(j, "token");
	const json_t *plain = json_is_string(j) ? j : json_object_get(j, "plain");
	const char *why;

	if (kind == DESK_NUMBER) {
		uint32_t limit = desk_limit_find(text_in(j));

		*out = (struct token){ { 0, json_is_integer(j) ? (uint64_t)json_integer_value(j) : limit } };
		return out->w[1] != 0 || wrong(d, field, "a number, or the name of a limit");
	}
	if (text_in(token).n == TOKEN_HEX && token_parse(text_in(token), out))
		return !of_another_kind(d, kind, *out) ||
		       wrong(d, field, "this token is known as that of another kind of thing");
	return read_plain(d, kind, text_trim(text_in(plain)), true, out, &why) || wrong(d, field, why);
}

bool desk_read_entity(struct desk_reading *d, struct text t, struct desk_entity *out, bool *plain)
{
	const char *colon = memchr(t.p, ':', t.n);
	size_t n = colon == NULL ? 0 : (size_t)(colon - t.p);
	uint32_t kind = desk_entity_find(text_of(t.p, n));
	struct text value = colon == NULL ? TEXT("") : text_of(colon + 1, t.n - n - 1);
	int64_t number;
	const char *why;

	*out = (struct desk_entity){ .kind = (uint8_t)kind };
	*plain = false;
	if (kind == DESK_THING)
		return desk_id_parse(value, &kind, &out->token.w[1]) == ERR_OK;
	if (kind == DESK_NUMBER && text_to_int(value, &number) == ERR_OK && number > 0) {
		out->token = (struct token){ { 0, (uint64_t)number } };
		return true;
	}
	*plain = kind != 0 && kind != DESK_NUMBER && !(value.n == TOKEN_HEX && token_parse(value, &out->token));
	return kind != 0 && kind != DESK_NUMBER && (!*plain || read_plain(d, out->kind, value, false, &out->token, &why));
}

/* Yuan with at most two decimals: as a number or a text. */
static bool read_money(const json_t *j, int64_t *fen)
{
	char z[40];

	if (json_is_string(j))
		return money_parse_yuan(text_in(j), fen) == ERR_OK;
	if (json_is_integer(j)) {
		snprintf(z, sizeof(z), "%lld", (long long)json_integer_value(j));
		return money_parse_yuan(text_z(z), fen) == ERR_OK;
	}
	if (!json_is_real(j) || fabs(json_real_value(j)) > 9e13)
		return false;
	snprintf(z, sizeof(z), "%.2f", json_real_value(j));
	return strtod(z, NULL) == json_real_value(j) && money_parse_yuan(text_z(z), fen) == ERR_OK;
}

static bool read_seconds(const json_t *j, int64_t *us)
{
	double s = json_number_value(j) * 1e6;

	if (!json_is_number(j) || !(s >= 0 && s <= 9e15))
		return false;
	*us = llround(s);
	return true;
}

static void note_newest(void *ctx, struct shard *s)
{
	*(uint64_t *)ctx = shard_next(s) - 1;
}

/* Evidence is in the journal already. While the service stops nobody knows; then the gate takes no commands. */
static bool is_journaled(struct desk_reading *d, uint64_t position)
{
	if (position > d->newest && !writer_do(d->r->h->o.writer, note_newest, &d->newest))
		return true;
	return position <= d->newest;
}

static bool read_positions(struct desk_reading *d, const json_t *j, struct desk_positions *p)
{
	if (!json_is_array(j) || json_array_size(j) > DESK_POSITIONS_MAX)
		return false;
	for (size_t i = 0; i < json_array_size(j); i++) {
		const json_t *x = json_array_get(j, i);

		if (!json_is_integer(x) || json_integer_value(x) <= 0 || !is_journaled(d, (uint64_t)json_integer_value(x)))
			return false;
		p->p[p->n++] = (uint64_t)json_integer_value(x);
	}
	return true;
}

static bool read_object(const struct desk_field *f, const json_t *j, uint64_t *id)
{
	uint32_t kind;

	return json_is_string(j) && desk_id_parse(text_in(j), &kind, id) == ERR_OK && (f->entity == 0 || f->entity == kind);
}

static bool read_code(const json_t *j, struct desk_code *c)
{
	struct text t = text_in(j);

	if (!desk_code_ok(t))
		return false;
	c->n = (uint8_t)t.n;
	memcpy(c->p, t.p, t.n);
	return true;
}

static bool read_text(struct desk_reading *d, uint32_t field, const json_t *j, unsigned char ref[DESK_REF_BYTES])
{
	struct text t = text_in(j);
	const char *why;

	if (t.n == 0 || t.n > TEXT_BYTES_MAX || !text_utf8_valid(t))
		return wrong(d, field, "a text of 1 to 65,536 bytes");
	return note_text(d, t, ref, &why) || wrong(d, field, why);
}

/* Somebody will click on it: it leads to the web, says which host, and holds nothing that could end it or turn it round where it is shown (RFC 3986; anything else is percent-encoded). */
static bool is_web_address(struct text t)
{
	static const struct text begin[] = { TEXT("https://"), TEXT("http://") };
	size_t host = 0;

	for (size_t i = 0; i < ARRAY_LEN(begin) && host == 0; i++)
		if (text_starts(t, begin[i]))
			host = begin[i].n;
	if (host == 0 || t.n > LINK_MAX || t.n == host || memchr("/?#:.", t.p[host], 5) != NULL)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] >= 0x7f || strchr("\"'<>\\^`{|}", t.p[i]) != NULL)
			return false;
	for (size_t i = host; i < t.n && memchr("/?#", t.p[i], 3) == NULL; i++)
		if (t.p[i] == '@') /* who reads it would take the name before it for the host */
			return false;
	return true;
}

/* One that the asker uploaded (POST /v1/files), by its id, and that is in no other object. */
static bool read_file(struct desk_reading *d, const struct desk_order *o, uint32_t field, const json_t *j,
                      unsigned char ref[DESK_REF_BYTES])
{
	const json_t *id = json_is_string(j) ? j : json_object_get(j, "file");
	struct desk_use *x;
	const char *why;
	struct token t;
	bool anew;

	if (text_in(id).n != TOKEN_HEX || !token_parse(text_in(id), &t))
		return wrong(d, field, "the id of an uploaded file: 32 hexadecimal digits, small letters");
	memcpy(ref, &t, DESK_REF_BYTES);
	if (d->r->h->o.files == NULL)
		return wrong(d, field, "there is no such file");
	if (!note_use(d, &why))
		return wrong(d, field, why);
	x = &d->use[d->n_uses];
	*x = (struct desk_use){ .stays = false };
	memcpy(x->id, ref, sizeof(x->id));
	use_of(o, x->use);
	for (uint32_t i = 0; i < d->n_uses; i++) /* twice in one command */
		if (d->use[i].order == o && memcmp(d->use[i].id, x->id, sizeof(x->id)) == 0)
			return true;
	x->order = o;
	if (files_claim(d->r->h->o.files, ref, o->command.user, x->use, d->r->h->o.now_us(), &anew) == ERR_OK) {
		d->n_uses += anew;
		return true;
	}
	return is_its_own(d, &o->command, field, ref) ||
	       wrong(d, field, "there is no such file of yours that is in no other object; upload it again");
}

static bool read_value(struct desk_reading *d, const struct desk_order *o, uint32_t n, const struct desk_field *f,
                       const json_t *j, union desk_value *v)
{
	const json_t *name = json_is_object(j) ? json_object_get(j, "name") : j;

	switch (f->type) {
	case DESK_NO_TYPE: return wrong(d, n, NULL);
	case DESK_INTEGER: v->i = json_integer_value(j); return json_is_integer(j) || wrong(d, n, "a whole number");
	case DESK_MONEY: return read_money(j, &v->i) || wrong(d, n, "yuan with at most two decimals");
	case DESK_TIME:
		return clock_parse(text_in(j), &clock_shanghai, &v->i) == ERR_OK ||
		       wrong(d, n, "a time: 2026-03-01T08:00:00+08:00");
	case DESK_DURATION: return read_seconds(j, &v->i) || wrong(d, n, "a number of seconds: 1209600 are 14 days");
	case DESK_CHOICE:
		v->i = desk_choice_find(f->choices, text_in(name));
		return v->i != 0 || wrong(d, n, "one of the field's choices, by its name; GET /v1/desk/machines lists them");
	case DESK_ENTITY: return read_token(d, n, f->entity, j, &v->token);
	case DESK_OBJECT: return read_object(f, j, &v->id) || wrong(d, n, "the id of an object");
	case DESK_REF:
	case DESK_TEXT:
		return !f->link || is_web_address(text_in(j))
		           ? read_text(d, n, j, v->ref)
		           : wrong(
						 d, n,
						 "a whole address that begins with https:// or http://, in ASCII, without a user in it 须为以 https:// 或 http:// 开头的完整网址");
	case DESK_FILE: return read_file(d, o, n, j, v->ref);
	case DESK_CODE:
		return read_code(j, &v->code) ||
		       wrong(d, n, "1 to 64 letters, digits, _ . and -, with no more than six digits in a row");
	case DESK_POSITIONS:
		return read_positions(d, j, &v->positions) ||
		       wrong(d, n, "a list of 1 to 8 journal positions, ascending, none beyond the newest record");
	}
	return false;
}

bool desk_read_fields(struct desk_reading *d, const json_t *fields, const char *but, struct desk_order *o)
{
	struct desk_command *c = &o->command;
	const struct desk_machine *m = desk_machine(c->kind);
	const char *name;
	json_t *j;

	d->no = DESK_OK;
	json_object_foreach((json_t *)(uintptr_t)fields, name, j)
	{
		uint32_t f = desk_field_find(m, text_z(name));

		if (but != NULL && strcmp(name, but) == 0)
			continue;
		d->field = f;
		if (f == 0) {
			d->no = DESK_REFUSED_FIELD_EXTRA;
			d->why = "this kind has no field of this name; GET /v1/desk/machines lists them";
			return false;
		}
		if (c->kind == DESK_USER && (f == USER_F_SECRET || f == USER_F_TOTP)) {
			d->no = DESK_REFUSED_FIELD_EXTRA;
			d->why = "secrets are set by an invitation: POST /v1/users/ID/invitation";
			return false;
		}
		if (!desk_field_given(&m->field[f])) {
			d->no = DESK_REFUSED_FIELD_EXTRA;
			d->why = m->field[f].drawn ? "the service draws this by itself; leave it out"
			                           : "the service counts this by itself; leave it out";
			return false;
		}
		memset(&c->value[f], 0, sizeof(c->value[f]));
		if (!read_value(d, o, f, &m->field[f], j, &c->value[f]))
			return false;
		if (!desk_value_ok(&m->field[f], &c->value[f]))
			return wrong(d, f, NULL);
		c->given |= (uint64_t)1 << f;
	}
	return true;
}
