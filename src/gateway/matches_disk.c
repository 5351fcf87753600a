/* matches_disk.c - the files of a session: its record as JSON, and its messages. */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include "gateway/matches_int.h"

enum {
	RECORD_BYTES_MAX = 16 << 10
};

static void name_of(const struct match_session *s, const char *end, char name[MATCH_NAME_BYTES])
{
	snprintf(name, MATCH_NAME_BYTES, "matches/%s.%s", s->id, end);
}

static void put_hex(struct buf *b, const char *name, const unsigned char *p)
{
	char hex[2 * MATCH_HASH_BYTES + 1];

	sodium_bin2hex(hex, sizeof(hex), p, MATCH_HASH_BYTES);
	act_text(b, name, text_z(hex));
}

static void print(struct buf *b, const struct match_session *s)
{
	buf_z(b, "{\"id\":");
	buf_json(b, text_z(s->id));
	act_text(b, "offerer", text_z(s->side[0]));
	act_text(b, "answerer", text_z(s->side[1]));
	act_text(b, "proposed_by", text_z(s->person[0]));
	act_text(b, "agreed_by", text_z(s->person[1]));
	act_text(b, "proposed_second", text_z(s->second[0]));
	act_text(b, "agreed_second", text_z(s->second[1]));
	act_number(b, "two", s->two[0] + 2 * s->two[1]);
	act_text(b, "purpose", s->terms.purpose);
	act_text(b, "basis", s->terms.basis);
	act_text(b, "kind", text_z(match_kind_name(s->terms.form)));
	act_text(b, "learns", text_z(match_learns_name(s->terms.learns)));
	act_text(b, "phase", text_z(match_phase_names[s->phase]));
	put_hex(b, "session", s->terms.session);
	put_hex(b, "last", s->last);
	act_number(b, "size", s->size);
	act_number(b, "made_us", s->made_us);
	act_number(b, "until_us", s->until_us);
	act_number(b, "offered", s->items[0]);
	act_number(b, "answered", s->items[1]);
	buf_z(b, "}\n");
}

static enum err write_new(struct disk *d, const char *name, struct text t)
{
	int fd;
	enum err e = d->open(d->ctx, name, DISK_WRITE, &fd);

	if (e != ERR_OK)
		return e;
	e = d->truncate(d->ctx, fd, 0);
	if (e == ERR_OK)
		e = d->write_at(d->ctx, fd, 0, t.p, t.n);
	if (e == ERR_OK)
		e = d->sync(d->ctx, fd);
	d->close(d->ctx, fd);
	return e;
}

enum err match_store(struct disk *d, const struct match_session *s)
{
	char name[MATCH_NAME_BYTES], temporary[MATCH_NAME_BYTES];
	struct buf b;
	enum err e;

	name_of(s, "json", name);
	name_of(s, "new", temporary);
	buf_init(&b, RECORD_BYTES_MAX);
	print(&b, s);
	e = b.err != ERR_OK ? b.err : write_new(d, temporary, buf_view(&b));
	if (e == ERR_OK)
		e = d->rename(d->ctx, temporary, name);
	if (e == ERR_OK)
		e = d->sync_folder(d->ctx, "matches");
	buf_release(&b);
	return e;
}

/* ---- and back ---- */

static bool take_text(const json_t *j, const char *name, char *out, size_t cap, struct text *t)
{
	const json_t *v = json_object_get(j, name);
	size_t n = json_string_length(v);

	if (!json_is_string(v) || n >= cap + (t != NULL))
		return false;
	memcpy(out, json_string_value(v), n);
	if (t != NULL)
		*t = text_of(out, n);
	else
		out[n] = 0;
	return true;
}

static bool take_number(const json_t *j, const char *name, int64_t most, int64_t *out)
{
	const json_t *v = json_object_get(j, name);

	*out = json_integer_value(v);
	return json_is_integer(v) && *out >= 0 && *out <= most;
}

static bool take_hex(const json_t *j, const char *name, unsigned char *out)
{
	const char *z = json_string_value(json_object_get(j, name));
	size_t n;

	return z != NULL && sodium_hex2bin(out, MATCH_HASH_BYTES, z, strlen(z), NULL, &n, NULL) == 0 &&
	       n == MATCH_HASH_BYTES;
}

static bool take_phase(const json_t *j, enum match_phase *out)
{
	const char *z = json_string_value(json_object_get(j, "phase"));

	for (uint32_t i = 0; z != NULL && i < MATCH_PHASES; i++)
		if (strcmp(match_phase_names[i], z) == 0) {
			*out = (enum match_phase)i;
			return true;
		}
	return false;
}

static bool take(const json_t *j, struct match_session *s)
{
	int64_t size, offered, answered, two;
	char kind[16], learns[16];

	if (!take_text(j, "id", s->id, sizeof(s->id), NULL) ||
	    !take_text(j, "offerer", s->side[0], sizeof(s->side[0]), NULL) ||
	    !take_text(j, "answerer", s->side[1], sizeof(s->side[1]), NULL) ||
	    !take_text(j, "proposed_by", s->person[0], sizeof(s->person[0]), NULL) ||
	    !take_text(j, "agreed_by", s->person[1], sizeof(s->person[1]), NULL) ||
	    !take_text(j, "proposed_second", s->second[0], sizeof(s->second[0]), NULL) ||
	    !take_text(j, "agreed_second", s->second[1], sizeof(s->second[1]), NULL) || !take_number(j, "two", 3, &two) ||
	    !take_text(j, "purpose", s->text[0], MATCH_TEXT_MAX, &s->terms.purpose) ||
	    !take_text(j, "basis", s->text[1], MATCH_TEXT_MAX, &s->terms.basis) ||
	    !take_text(j, "kind", kind, sizeof(kind), NULL) || !take_text(j, "learns", learns, sizeof(learns), NULL))
		return false;
	if (!match_kind_parse(text_z(kind), &s->terms.form) || !match_learns_parse(text_z(learns), &s->terms.learns) ||
	    !take_phase(j, &s->phase) || !take_hex(j, "session", s->terms.session) || !take_hex(j, "last", s->last) ||
	    !take_number(j, "size", MATCH_ITEMS_MOST, &size) || !take_number(j, "made_us", INT64_MAX, &s->made_us) ||
	    !take_number(j, "until_us", INT64_MAX, &s->until_us) ||
	    !take_number(j, "offered", MATCH_ITEMS_MOST, &offered) ||
	    !take_number(j, "answered", MATCH_ITEMS_MOST, &answered))
		return false;
	s->two[0] = two & 1;
	s->two[1] = two & 2;
	s->size = (uint32_t)size;
	s->items[0] = (uint32_t)offered;
	s->items[1] = (uint32_t)answered;
	return strlen(s->id) == MATCH_ID_CHARS && strspn(s->id, "0123456789abcdef") == MATCH_ID_CHARS;
}

static enum err read_name(struct disk *d, const char *name, uint64_t from, uint64_t n, struct buf *out)
{
	size_t got = 0;
	int fd;
	enum err e = buf_reserve(out, n + 1);

	if (e == ERR_OK)
		e = d->open(d->ctx, name, DISK_READ, &fd);
	if (e != ERR_OK)
		return e;
	e = d->read_at(d->ctx, fd, from, out->p + out->n, n, &got);
	d->close(d->ctx, fd);
	if (e != ERR_OK)
		return e;
	out->n += got;
	out->p[out->n] = 0;
	return ERR_OK;
}

enum err match_load(struct disk *d, const char *name, struct match_session *out)
{
	struct buf b;
	json_t *j = NULL;
	enum err e;

	*out = (struct match_session){ 0 };
	buf_init(&b, RECORD_BYTES_MAX + 1);
	e = read_name(d, name, 0, RECORD_BYTES_MAX, &b);
	if (e == ERR_OK) {
		j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
		e = json_is_object(j) && take(j, out) ? ERR_OK : ERR_FORMAT;
	}
	for (uint32_t i = 0; e == ERR_OK && i < 3; i++)
		e = match_file_bytes(d, out, (enum match_step)(i + 1), &out->bytes[i]);
	json_decref(j);
	buf_release(&b);
	return e;
}

/* ---- messages ---- */

enum err match_file_bytes(struct disk *d, const struct match_session *s, enum match_step step, uint64_t *out)
{
	char name[MATCH_NAME_BYTES];
	int fd;
	enum err e;

	*out = 0;
	name_of(s, match_step_name(step), name);
	e = d->open(d->ctx, name, DISK_READ, &fd);
	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e;
	e = d->size(d->ctx, fd, out);
	d->close(d->ctx, fd);
	return e;
}

static enum err remove_name(struct disk *d, const char *name)
{
	enum err e = d->remove(d->ctx, name);

	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err match_remove_message(struct disk *d, const struct match_session *s, enum match_step step)
{
	char name[MATCH_NAME_BYTES];

	name_of(s, match_step_name(step), name);
	return remove_name(d, name);
}

enum err match_remove_messages(struct disk *d, const struct match_session *s)
{
	enum err e = ERR_OK;

	for (uint32_t i = MATCH_OFFER; e == ERR_OK && i <= MATCH_FINISH; i++)
		e = match_remove_message(d, s, (enum match_step)i);
	return e == ERR_OK ? d->sync_folder(d->ctx, "matches") : e;
}

enum err match_remove(struct disk *d, const struct match_session *s)
{
	char name[MATCH_NAME_BYTES];

	name_of(s, "json", name);
	return remove_name(d, name);
}

enum err match_append(struct disk *d, const struct match_session *s, enum match_step step, uint64_t at,
                      struct text piece)
{
	char name[MATCH_NAME_BYTES];
	int fd;
	enum err e;

	name_of(s, match_step_name(step), name);
	e = d->open(d->ctx, name, DISK_WRITE, &fd);
	if (e != ERR_OK)
		return e;
	e = d->write_at(d->ctx, fd, at, piece.p, piece.n);
	if (e == ERR_OK)
		e = d->sync(d->ctx, fd);
	if (e != ERR_OK && d->truncate(d->ctx, fd, at) != ERR_OK)
		e = ERR_IO; /* its end is looked at again before it is appended to */
	d->close(d->ctx, fd);
	return e;
}

enum err match_read_file(struct disk *d, const struct match_session *s, enum match_step step, uint64_t from, uint64_t n,
                         struct buf *out)
{
	char name[MATCH_NAME_BYTES];

	name_of(s, match_step_name(step), name);
	return read_name(d, name, from, n, out);
}
