/* route.c - which route an address means, and what stands in it. */
#include <inttypes.h>
#include <stdio.h>
#include "event/json.h"
#include "gateway/http_int.h"

static const struct route *const groups[] = {
	http_admin_routes,      http_decide_routes, http_alerts_routes,   http_entities_routes,
	http_state_routes,      http_policy_routes, http_lists_routes,    http_jobs_routes,
	http_quarantine_routes, http_reveal_routes, http_contacts_routes, http_explain_routes,
};

const struct route *route_at(uint32_t i)
{
	for (size_t g = 0; g < ARRAY_LEN(groups); g++)
		for (const struct route *t = groups[g]; t->method != NULL; t++)
			if (i-- == 0)
				return t;
	return NULL;
}

void http_routes(struct buf *out)
{
	const struct route *t;

	for (uint32_t i = 0; (t = route_at(i)) != NULL; i++)
		buf_printf(out, "%s %s %s\n", t->method, t->path, t->scope == 0 ? "none" : scope_name(t->scope));
}

static bool fits(const char *path, const char *url, struct text arg[ROUTE_ARGS_MAX])
{
	uint32_t n = 0;

	for (; *path != 0; path++) {
		size_t k = strcspn(url, "/");

		if (*path != '*') {
			if (*path != *url++)
				return false;
			continue;
		}
		CHECK(n < ROUTE_ARGS_MAX);
		if (k == 0)
			return false;
		arg[n++] = text_of(url, k);
		url += k;
	}
	return *url == 0;
}

static void add_method(char allow[ROUTE_ALLOW_BYTES], const char *method)
{
	size_t n = strlen(allow);

	snprintf(allow + n, ROUTE_ALLOW_BYTES - n, "%s%s", n == 0 ? "" : ", ", method);
	if (strcmp(method, "GET") == 0)
		add_method(allow, "HEAD");
}

const struct route *route_find(const char *method, const char *url, char allow[ROUTE_ALLOW_BYTES],
                               struct text arg[ROUTE_ARGS_MAX])
{
	const struct route *t;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	allow[0] = 0;
	for (uint32_t i = 0; (t = route_at(i)) != NULL; i++) {
		if (!fits(t->path, url, arg))
			continue;
		if (strcmp(method, t->method) == 0)
			return t;
		add_method(allow, t->method);
	}
	return NULL;
}

const char *request_header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

const char *request_query(struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

bool query_number(const char *z, uint64_t most, uint64_t *out)
{
	int64_t v = 0;
	bool digits = z[0] != 0 && strspn(z, "0123456789") == strlen(z);
	bool fits = digits && text_to_int(text_z(z), &v) == ERR_OK && (uint64_t)v <= most;

	*out = fits ? (uint64_t)v : digits ? UINT64_MAX : 0;
	return fits;
}

static bool not_a_number(struct request *r, const char *name, uint64_t most)
{
	char z[128];

	snprintf(z, sizeof(z), "%s is a whole number from 0 to %" PRIu64, name, most);
	answer_problem(r, 400, "query", "The request is wrong", z);
	return false;
}

bool number_of(struct request *r, const char *name, const char *z, uint64_t otherwise, uint64_t most, uint64_t *out)
{
	*out = otherwise;
	return z == NULL || query_number(z, most, out) || not_a_number(r, name, most);
}

bool request_number(struct request *r, const char *name, uint64_t otherwise, uint64_t most, uint64_t *out)
{
	return number_of(r, name, request_query(r, name), otherwise, most, out);
}

bool request_limit(struct request *r, uint64_t otherwise, uint64_t most, uint64_t *out)
{
	const char *z = request_query(r, "limit");

	*out = otherwise;
	if (z == NULL || query_number(z, most, out))
		return true;
	if (*out == 0)
		return not_a_number(r, "limit", most);
	*out = most;
	return true;
}

const struct policy *request_policy(struct request *r)
{
	edition_drop(r->edition);
	r->edition = reading_take(&r->h->reading);
	return &r->edition->policy;
}

static bool body_wrong(struct request *r, const struct body_member *m, const char *what)
{
	struct buf b;

	buf_init(&b, 1024);
	if (m == NULL)
		buf_z(&b, what);
	else
		buf_printf(&b, "\"%s\" %s (at most %zu bytes)", m->name, what, m->max);
	answer_problem(r, 400, "body", "The body is not what this path takes", b.p == NULL ? what : b.p);
	buf_release(&b);
	return false;
}

static struct body_member *member(struct body_member *m, size_t n, struct text name)
{
	for (size_t i = 0; i < n; i++)
		if (text_eq(name, text_z(m[i].name)))
			return &m[i];
	return NULL;
}

bool request_body(struct request *r, struct body_member *m, size_t n)
{
	struct text body = text_trim(buf_view(&r->body));
	struct json_pair pair[JSON_PAIRS_MAX];
	size_t n_pairs = 0, at;
	const char *why;

	buf_add(&r->lines, body.p, body.n); /* room for what is written with escapes */
	if (r->lines.err != ERR_OK)
		return body_wrong(r, NULL, "it is too large");
	if (body.n > 0 && json_flat(body, pair, &n_pairs, r->lines.p, &why, &at) != ERR_OK)
		return body_wrong(r, NULL, "it is one flat JSON object of texts");
	for (size_t i = 0; i < n_pairs; i++) {
		struct body_member *x = member(m, n, pair[i].key);

		if (x == NULL)
			return body_wrong(r, NULL, "it has a member that is not known; doc/http-api.md lists them");
		if (pair[i].kind != JSON_KIND_STRING || pair[i].value.n > x->max)
			return body_wrong(r, x, "is a text");
		x->value = pair[i].value;
	}
	for (size_t i = 0; i < n; i++)
		if (m[i].needed && m[i].value.n == 0)
			return body_wrong(r, &m[i], "is needed");
	return true;
}
