/* match_mail.c - see match_mail.h. */
#include "app/match_mail.h"
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/file.h"
#include "gateway/matches.h"

enum {
	PATH_MAX_BYTES = 256,
	PIECE_BYTES = 1 << 20 /* below the smallest usual limit of a body */
};

static bool complain(const char *what)
{
	fprintf(stderr, "duanka match: %s\n", what);
	return false;
}

static const char *member(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	return z == NULL ? "" : z;
}

static void show(const json_t *j)
{
	printf(
		"%s  %-8s  %s -> %s  %s  %s  offered 发起 %lld, answered 应答 %lld  until 至 %s\n  purpose 目的: %s\n  legal basis 法律依据: %s\n",
		member(j, "id"), member(j, "phase"), member(j, "offerer"), member(j, "answerer"), member(j, "kind"),
		member(j, "learns"), (long long)json_integer_value(json_object_get(j, "offered")),
		(long long)json_integer_value(json_object_get(j, "answered")), member(j, "until"), member(j, "purpose"),
		member(j, "basis"));
}

static bool is_id(const char *id)
{
	return (strlen(id) == 16 && strspn(id, "0123456789abcdef") == 16) ||
	       complain("a session is named by 16 hexadecimal digits, as duanka match list shows them");
}

/* NULL: told. */
static json_t *ask(const struct client *c, const struct client_request *r)
{
	struct buf out;
	json_t *j = NULL;

	buf_init(&out, 16 << 20);
	if (client_ask(c, "match", r, &out)) {
		j = json_loadb(out.p == NULL ? "" : out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(j)) {
			complain("the answer is no object; is this a duanka service?");
			json_decref(j);
			j = NULL;
		}
	}
	buf_release(&out);
	return j;
}

static bool ask_and_show(const struct client *c, const char *path, const struct buf *body)
{
	json_t *j = body->err == ERR_OK ? ask(c, &(struct client_request){ .path = path, .body = body->p }) : NULL;
	bool ok = j != NULL || (body->err != ERR_OK && complain("what you say is too long"));

	if (j != NULL)
		show(j);
	json_decref(j);
	return ok;
}

static void add(struct buf *b, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(b, "%s\"%s\":", b->n == 1 ? "" : ",", name);
	buf_json(b, text_z(value));
}

bool match_mail_propose(const struct client *c, const struct match_proposal *p)
{
	struct buf b;
	bool ok;

	buf_init(&b, 8192);
	buf_char(&b, '{');
	add(&b, "with", p->with);
	add(&b, "purpose", p->purpose);
	add(&b, "basis", p->basis);
	add(&b, "kind", p->kind);
	add(&b, "size", p->size);
	add(&b, "learns", p->learns);
	buf_char(&b, '}');
	ok = ask_and_show(c, "/v1/matches", &b);
	buf_release(&b);
	return ok;
}

bool match_mail_reason(const struct client *c, const char *id, const char *what, const char *reason)
{
	char path[PATH_MAX_BYTES];
	struct buf b;
	bool ok;

	if (!is_id(id))
		return false;
	snprintf(path, sizeof(path), "/v1/matches/%s/%s", id, what);
	buf_init(&b, 8192);
	buf_char(&b, '{');
	add(&b, "reason", reason);
	buf_char(&b, '}');
	ok = ask_and_show(c, path, &b);
	buf_release(&b);
	return ok;
}

bool match_mail_list(const struct client *c)
{
	json_t *j = ask(c, &(struct client_request){ .path = "/v1/matches" });
	const json_t *list = json_object_get(j, "matches");
	bool ok = j != NULL && (json_is_array(list) || complain("the answer is not a list; is this a duanka service?"));

	for (size_t i = 0; ok && i < json_array_size(list); i++)
		show(json_array_get(list, i));
	json_decref(j);
	return ok;
}

static bool take_text(const json_t *j, const char *name, char *out, struct text *t)
{
	size_t n = json_string_length(json_object_get(j, name));

	if (n == 0 || n > MATCH_TEXT_MAX)
		return false;
	memcpy(out, member(j, name), n);
	*t = text_of(out, n);
	return true;
}

bool match_mail_get(const struct client *c, const char *id, struct match_agreed *out)
{
	char path[PATH_MAX_BYTES];
	const json_t *bytes;
	json_t *j;
	size_t n = 0;
	bool ok;

	*out = (struct match_agreed){ 0 };
	if (!is_id(id))
		return false;
	snprintf(path, sizeof(path), "/v1/matches/%s", id);
	j = ask(c, &(struct client_request){ .path = path });
	if (j == NULL)
		return false;
	bytes = json_object_get(j, "bytes");
	ok = sodium_hex2bin(out->terms.session, MATCH_SESSION_BYTES, member(j, "session"), strlen(member(j, "session")),
	                    NULL, &n, NULL) == 0 &&
	     n == MATCH_SESSION_BYTES && match_kind_parse(text_z(member(j, "kind")), &out->terms.form) &&
	     match_learns_parse(text_z(member(j, "learns")), &out->terms.learns) &&
	     take_text(j, "purpose", out->text[0], &out->terms.purpose) &&
	     take_text(j, "basis", out->text[1], &out->terms.basis);
	out->offerer = strcmp(member(j, "side"), "offerer") == 0;
	for (enum match_phase p = MATCH_OFFERED; p <= MATCH_FINISHED; p++)
		if (strcmp(member(j, "phase"), match_phase_names[p]) == 0)
			out->n_taken = p - MATCH_AGREED;
	for (uint32_t i = 0; ok && i < ARRAY_LEN(out->bytes); i++) {
		json_int_t v = json_integer_value(json_object_get(bytes, match_step_name((enum match_step)(i + 1))));

		ok = v >= 0 && v <= MATCH_MESSAGE_BYTES_MAX;
		out->bytes[i] = ok ? (uint64_t)v : 0;
	}
	json_decref(j);
	return ok || complain("the answer is no session of private matching; is this a duanka service?");
}

bool match_mail_put(const struct client *c, const char *id, enum match_step step, const char *path, uint64_t have)
{
	char address[PATH_MAX_BYTES];
	struct buf b;
	bool ok = true;
	enum err e;

	buf_init(&b, MATCH_MESSAGE_BYTES_MAX);
	e = file_read_all(path, MATCH_MESSAGE_BYTES_MAX, &b);
	if (e != ERR_OK || have > b.n) {
		fprintf(stderr, "duanka match: %s: %s\n", path,
		        e == ERR_OK   ? "the service has another message, longer than this one; end the session"
		        : e == ERR_IO ? strerror(errno)
		                      : err_name(e));
		buf_release(&b);
		return false;
	}
	for (uint64_t at = have; ok && (at < b.n || at == have); at += PIECE_BYTES) {
		size_t n = b.n - at < PIECE_BYTES ? b.n - at : PIECE_BYTES;
		json_t *j;

		snprintf(address, sizeof(address), "/v1/matches/%s/messages/%s?at=%llu", id, match_step_name(step),
		         (unsigned long long)at);
		j = ask(c, &(struct client_request){ .path = address, .body = b.p + at, .body_bytes = n });
		ok = j != NULL;
		json_decref(j);
	}
	buf_release(&b);
	return ok;
}

bool match_mail_fetch(const struct client *c, const char *id, enum match_step step, const char *path, uint64_t bytes)
{
	char address[PATH_MAX_BYTES];
	mode_t mask;
	struct buf b;
	bool ok = true;
	enum err e;

	buf_init(&b, MATCH_MESSAGE_BYTES_MAX);
	while (ok && b.n < bytes) {
		size_t before = b.n;

		snprintf(address, sizeof(address), "/v1/matches/%s/messages/%s?from=%llu", id, match_step_name(step),
		         (unsigned long long)b.n);
		ok = client_ask(c, "match", &(struct client_request){ .path = address }, &b) &&
		     (b.n > before || complain("the message is not there yet: the other side has not sent it"));
	}
	if (ok && b.n == 0)
		ok = complain("the message is not there yet: the other side has not sent it");
	if (ok) {
		mask = umask(077);
		e = file_write_all(path, buf_view(&b));
		umask(mask);
		if (e != ERR_OK)
			fprintf(stderr, "duanka match: %s: %s\n", path, e == ERR_IO ? strerror(errno) : err_name(e));
		ok = e == ERR_OK;
	}
	buf_release(&b);
	return ok;
}
