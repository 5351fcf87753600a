/* http_about.c - see http_about.h. */
#include "gateway/http_about.h"
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "event/ident.h"

bool about_kind(struct request *r, struct text kind, struct about *a)
{
	int found = schema_entity_find(&request_policy(r)->schema, kind);

	a->kind = kind;
	a->kind_index = (uint8_t)found;
	if (found >= 0)
		return true;
	answer_problem(r, 400, "kind", "There is no such kind of entity", "the policy names them: phone, account, ...");
	return false;
}

static bool by_token(struct request *r, struct text token, struct about *a)
{
	if (token_parse(token, &a->token))
		return true;
	answer_problem(r, 400, "token", "This is not a token", "a token is 32 hexadecimal digits, as alerts show it");
	return false;
}

static bool by_value(struct request *r, struct text value, struct about *a)
{
	const struct schema_entity *kind = &r->edition->policy.schema.entity[a->kind_index];
	char scratch[EVENT_IDENT_MAX];
	const char *why = NULL;
	struct ident id;

	if (ident_make(r->h->o.key, kind->form, a->kind_index, IDENT_STRICT, value, scratch, &id, &why) != ERR_OK) {
		answer_problem(r, 422, "value", "This is no identifier of that kind", why);
		return false;
	}
	a->token = id.token;
	a->by_value = true;
	return http_token_asked(r);
}

bool about_whom(struct request *r, struct text token, struct text value, struct about *a)
{
	if ((token.n == 0) == (value.n == 0)) {
		answer_problem(r, 400, "body", "The body is not what this path takes",
		               "it names somebody by a token, or by a plain identifier: one of the two");
		return false;
	}
	if (!(token.n > 0 ? by_token(r, token, a) : by_value(r, value, a)))
		return false;
	token_show(a->token, a->hex);
	return true;
}

static bool take_time(struct request *r, struct text t, bool last, int64_t *out)
{
	char whole[ABOUT_TIME_MAX + 20];
	int n = (int)t.n;

	if (n == 0)
		return true;
	n = snprintf(whole, sizeof(whole), "%.*s%s", n, t.p, n != 10 ? "" : last ? "T23:59:59.999999" : "T00:00:00");
	if (clock_parse(text_of(whole, (size_t)n), &clock_shanghai, out) == ERR_OK)
		return true;
	answer_problem(r, 400, "body", "The body is not what this path takes",
	               last ? "\"to\" is a date or a time: 2026-03-01 or 2026-03-01T08:00:00"
	                    : "\"from\" is a date or a time: 2026-03-01 or 2026-03-01T08:00:00");
	return false;
}

bool about_when(struct request *r, struct text from, struct text to, struct about *a)
{
	a->from_us = r->h->o.now_us() - ABOUT_DAYS * US_PER_DAY;
	a->to_us = INT64_MAX;
	return take_time(r, from, false, &a->from_us) && take_time(r, to, true, &a->to_us);
}

bool about_number(struct request *r, const struct body_member *m, uint64_t least, uint64_t otherwise, uint64_t most,
                  uint64_t *out)
{
	int64_t v = 0;
	char z[128];

	*out = otherwise;
	if (m->value.n == 0)
		return true;
	if (text_to_int(m->value, &v) == ERR_OK && v >= 0 && (uint64_t)v >= least && (uint64_t)v <= most) {
		*out = (uint64_t)v;
		return true;
	}
	snprintf(z, sizeof(z), "\"%s\" is a whole number from %" PRIu64 " to %" PRIu64, m->name, least, most);
	answer_problem(r, 400, "body", "The body is not what this path takes", z);
	return false;
}

void about_act(struct request *r, struct buf *act, const char *name, const struct about *a, struct text reason,
               struct text file)
{
	act_begin(act, name, &r->who, reason);
	act_text(act, "kind", a->kind);
	act_text(act, "token", text_z(a->hex));
	if (a->by_value)
		act_text(act, "by", TEXT("value"));
	if (file.n > 0)
		act_text(act, "case", file);
}

void about_put(struct buf *b, const struct about *a)
{
	buf_z(b, "\"kind\":");
	buf_json(b, a->kind);
	buf_printf(b, ",\"token\":\"%s\"", a->hex);
}

bool about_found(struct request *r, enum err e, const struct buf *why)
{
	if (e == ERR_OK && !r->h->stopping)
		return true;
	answer_problem(r, 503, "journal", "The journal can't be read",
	               e == ERR_OK  ? "the service is stopping"
	               : why->n > 0 ? why->p
	                            : err_name(e));
	return false;
}
