/* verdict.c - see verdict.h. */
#include "gateway/verdict.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

bool verdict_alert(struct text id, uint64_t *position, struct text *rule)
{
	const char *dot = memchr(id.p, '.', id.n);
	char again[32];
	int64_t n;

	if (dot == NULL || text_to_int(text_of(id.p, (size_t)(dot - id.p)), &n) != ERR_OK || n <= 0)
		return false;
	snprintf(again, sizeof(again), "%" PRId64 ".", n);
	*position = (uint64_t)n;
	*rule = text_of(dot + 1, id.n - (size_t)(dot + 1 - id.p));
	return text_starts(id, text_z(again)) && rule->n > 0 && rule->n <= REGISTRY_RULE_MAX;
}

static struct text text_in(const json_t *j, const char *name)
{
	const json_t *t = json_object_get(j, name);

	return text_of(json_is_string(t) ? json_string_value(t) : "", json_string_length(t));
}

static bool take(const json_t *j, struct registry_verdict *out)
{
	struct text right = text_in(j, "verdict"), user = text_in(j, "user"), who = text_in(j, "who"), rule;
	struct text by = user.n > 0 ? user : who;

	if (!verdict_alert(text_in(j, "alert"), &out->alert, &rule) || by.n > REGISTRY_BY_MAX)
		return false;
	memcpy(out->rule, rule.p, rule.n);
	memcpy(out->by, by.p, by.n);
	out->right = text_eq(right, TEXT("true"));
	return out->right || text_eq(right, TEXT("false"));
}

bool verdict_take(const struct record *r, struct registry_verdict *out)
{
	json_t *j;
	bool ok;

	if (r->kind != RECORD_ACT || !text_starts(r->payload, TEXT("{\"act\":\"verdict\",")))
		return false;
	memset(out, 0, sizeof(*out));
	j = json_loadb(r->payload.p, r->payload.n, JSON_REJECT_DUPLICATES, NULL);
	ok = take(j, out);
	json_decref(j);
	out->organisation = r->organisation;
	out->time_us = r->time;
	out->act = r->position;
	return ok;
}
