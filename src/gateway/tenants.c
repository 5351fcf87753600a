/* tenants.c - what an organisation may see, and how fast it may send; see tenants.h. */
#include "gateway/tenants.h"

enum {
	MILLIONTHS = 1000000
};

const struct tenant *tenant_find(const struct tenant *tenants, uint32_t n, const char *name)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(tenants[i].name, name) == 0)
			return &tenants[i];
	return NULL;
}

const struct tenant *tenant_numbered(const struct tenant *tenants, uint32_t n, uint16_t number)
{
	for (uint32_t i = 0; i < n && number != 0; i++)
		if (tenants[i].number == number)
			return &tenants[i];
	return NULL;
}

const char *tenant_title(const struct tenant *t)
{
	return t->title[0] != 0 ? t->title : t->name;
}

bool tenant_names(const char *list, struct text word)
{
	while (*list != 0) {
		size_t n = strcspn(list, ",");

		if (text_eq(text_trim(text_of(list, n)), word))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

const char *const connector_names[] = { "none", "case-platform", "commands", "sender", "spool", "mail", NULL };
const char *const exception_names[] = { [EXCEPTION_FAIL_OPEN] = "fail-open",
	                                    [EXCEPTION_FAIL_CLOSED] = "fail-closed",
	                                    [EXCEPTION_LAST_KNOWN] = "last-known",
	                                    NULL };

/* ---- patterns ---- */

struct pattern {
	struct text organisation, event, field;
};

static bool holds(struct text t, char c)
{
	return t.n > 0 && memchr(t.p, c, t.n) != NULL;
}

/* EVENT.FIELD; a list's name, alone of all fields, may hold anything. */
static bool parse_field(struct text t, struct pattern *p)
{
	const char *dot = t.n == 0 ? NULL : memchr(t.p, '.', t.n);

	if (dot == NULL || dot == t.p || dot + 1 == t.p + t.n)
		return false;
	p->event = text_of(t.p, (size_t)(dot - t.p));
	p->field = text_of(dot + 1, t.n - p->event.n - 1);
	return !holds(p->event, ':') && !holds(p->event, ' ') &&
	       (text_eq(p->event, TEXT("list")) || (!holds(p->field, '.') && !holds(p->field, ' ')));
}

/* The first colon behind which there is an event's name: an organisation's name, or a list's, may hold more of them. */
static bool parse(struct text t, struct pattern *p)
{
	for (size_t i = 1; i < t.n; i++) {
		p->organisation = text_of(t.p, i);
		if (t.p[i] == ':' && parse_field(text_of(t.p + i + 1, t.n - i - 1), p))
			return true;
	}
	return false;
}

bool tenant_pattern_valid(struct text pattern)
{
	struct pattern p;

	return parse(pattern, &p);
}

static bool any(struct text part)
{
	return text_eq(part, TEXT("*"));
}

static bool organisation_fits(const struct tenant *who, struct text part, const char *organisation)
{
	if (any(part))
		return true;
	if (organisation == NULL || organisation[0] == 0)
		return false;
	return text_eq(text_eq(part, TEXT("self")) ? text_z(who->name) : part, text_z(organisation));
}

bool tenant_sees(const struct tenant *who, const char *organisation, struct text event, struct text field)
{
	struct pattern p;

	for (uint32_t i = 0; who != NULL && i < who->n_sees; i++)
		if (parse(text_z(who->sees[i]), &p) && organisation_fits(who, p.organisation, organisation) &&
		    (any(p.event) || text_eq(p.event, event)) && (field.n == 0 || any(p.field) || text_eq(p.field, field)))
			return true;
	return who == NULL;
}

bool tenant_sees_all(const struct tenant *who)
{
	for (uint32_t i = 0; who != NULL && i < who->n_sees; i++)
		if (strcmp(who->sees[i], "*:*.*") == 0)
			return true;
	return who == NULL;
}

/* ---- rates ---- */

/* What was used has been given back at `rate` events a second, that is, millionths a microsecond. */
static void give_back(struct rate *r, const struct tenant *t, int64_t now_us)
{
	int64_t passed_us = now_us - r->at_us;

	r->at_us = now_us;
	if (passed_us > 0)
		r->used = passed_us > r->used / t->rate ? 0 : r->used - passed_us * t->rate;
}

bool rate_take(struct rate *r, const struct tenant *t, uint32_t n, int64_t now_us, int64_t *wait_us)
{
	int64_t most = (int64_t)MILLIONTHS * (t->burst != 0 ? t->burst : t->rate), want = (int64_t)MILLIONTHS * n, lack;

	*wait_us = 0;
	if (t->rate == 0)
		return true;
	give_back(r, t, now_us);
	lack = r->used + want - most;
	if (lack <= 0) {
		r->used += want;
		return true;
	}
	*wait_us = want > most ? INT64_MAX : (lack + t->rate - 1) / t->rate;
	return false;
}
