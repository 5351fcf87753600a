/* route.c - which route an address means, and what stands in it. */
#include <inttypes.h>
#include <stdio.h>
#include "desk/machine.h"
#include "event/json.h"
#include "gateway/http_int.h"

static const struct route *const groups[] = {
	http_admin_routes,       http_audit_routes,      http_keys_routes,       http_overview_routes,
	http_decide_routes,      http_alerts_routes,     http_entities_routes,   http_state_routes,
	http_studio_routes,      http_motions_routes,    http_policy_routes,     http_lists_routes,
	http_jobs_routes,        http_quarantine_routes, http_verdict_routes,    http_reveal_routes,
	http_contacts_routes,    http_timeline_routes,   http_trail_routes,      http_explain_routes,
	http_session_routes,     http_views_routes,      http_console_routes,    http_connector_routes,
	http_messages_routes,    http_files_routes,      http_figures_routes,    http_outlet_risk_routes,
	http_matches_routes,     http_completion_routes, http_training_routes,   http_public_routes,
	http_methods_routes,     http_campaigns_routes,  http_publicity_routes,  http_screens_routes,
	http_desk_routes,        http_sheets_routes,     http_page_routes,       http_page_account_routes,
	http_page_appeal_routes, http_page_tell_routes,  http_page_board_routes, http_page_member_routes,
	http_page_public_routes,
};

const struct route *route_at(uint32_t i)
{
	for (size_t g = 0; g < ARRAY_LEN(groups); g++)
		for (const struct route *t = groups[g]; t->method != NULL; t++)
			if (i-- == 0)
				return t;
	return NULL;
}

/* ---- the desk's: % any kind's route, + that of a kind that somebody can make, @ a step of it on what there is, # a field of it that holds a
 * file ---- */

static bool outside(const struct desk_step *s) /* somebody may take it */
{
	return s->name != NULL && (s->flags & DESK_NO_PATH) == 0;
}

static bool can_be_made(const struct desk_machine *m)
{
	for (uint32_t i = 1; i < m->n_steps; i++)
		if (outside(&m->step[i]) && (m->step[i].from & 1))
			return true;
	return false;
}

static bool can_be_taken(const struct desk_step *s)
{
	return outside(s) && (s->from & ~1u) != 0;
}

static bool has_steps(const struct desk_machine *m)
{
	for (uint32_t i = 1; i < m->n_steps; i++)
		if (can_be_taken(&m->step[i]))
			return true;
	return false;
}

static bool holds_file(const struct desk_machine *m, uint32_t field)
{
	return m->field[field].name != NULL && m->field[field].type == DESK_FILE;
}

static bool has_files(const struct desk_machine *m)
{
	for (uint32_t i = 1; i < m->n_fields; i++)
		if (holds_file(m, i))
			return true;
	return false;
}

/* Whether the pattern is one for this kind. */
static bool is_for(const char *path, const struct desk_machine *m)
{
	return (strchr(path, '+') == NULL || can_be_made(m)) && (strchr(path, '@') == NULL || has_steps(m)) &&
	       (strchr(path, '#') == NULL || has_files(m));
}

static void print_path(struct buf *out, const char *path, const struct desk_machine *m)
{
	for (; *path != 0; path++)
		if (*path == '%' || *path == '+')
			buf_z(out, m->route);
		else
			buf_char(out, *path == '@' || *path == '#' ? '*' : *path);
}

/* A pattern for kinds once for each. */
void http_routes(struct buf *out)
{
	const struct route *t;

	for (uint32_t i = 0; (t = route_at(i)) != NULL; i++) {
		bool of_kinds = strpbrk(t->path, "%+") != NULL;

		if (t->kind == ROUTE_PAGE || t->kind == ROUTE_CONSOLE) /* for people, not for programs: doc/public-pages.md */
			continue;
		for (uint32_t k = desk_kind_after(0); k != 0; k = of_kinds ? desk_kind_after(k) : 0) {
			if (of_kinds && !is_for(t->path, desk_machine(k)))
				continue;
			buf_printf(out, "%s ", t->method);
			print_path(out, t->path, desk_machine(k));
			buf_printf(out, " %s\n", t->scope == 0 ? "none" : scope_name(t->scope));
		}
	}
}

/* What stands for a mark of a pattern may stand there. arg[0]: the kind's route, if there is one. */
static bool stands_for(char mark, struct text t, const struct text *arg)
{
	const struct desk_machine *m = desk_machine(desk_kind_find(mark == '@' || mark == '#' ? arg[0] : t));
	uint32_t step, field;

	if (mark == '*')
		return t.n > 0;
	if (m == NULL)
		return false;
	field = desk_field_find(m, t);
	if (mark == '#')
		return field != 0 && holds_file(m, field);
	step = desk_step_find(m, t);
	if (mark == '@')
		return step != 0 && can_be_taken(&m->step[step]);
	return text_eq(t, text_z(m->route)) && (mark == '%' || can_be_made(m));
}

static bool fits(const char *path, const char *url, struct text arg[ROUTE_ARGS_MAX])
{
	uint32_t n = 0;

	for (; *path != 0; path++) {
		size_t k = strcspn(url, "/");

		if (strchr("*%+@#", *path) == NULL) {
			if (*path != *url++)
				return false;
			continue;
		}
		CHECK(n < ROUTE_ARGS_MAX);
		if (!stands_for(*path, text_of(url, k), arg))
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

/* An ETag holds no quote, so to find it with its quotes is to find it whole, weak (W/) or strong. */
bool request_has_it(const struct request *r)
{
	const char *z = request_header(r, "If-None-Match");
	char etag[ETAG_BYTES];

	snprintf(etag, sizeof(etag), "\"%" PRIu64 "\"", r->etag);
	return z != NULL && (text_eq(text_trim(text_z(z)), TEXT("*")) || strstr(z, etag) != NULL);
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

static bool body_wrong(struct request *r, const char *why)
{
	answer_problem(r, 400, "body", "The body is not what this path takes", why);
	return false;
}

static bool member_wrong(struct request *r, const struct body_member *m, const char *is)
{
	char z[128];

	snprintf(z, sizeof(z), "\"%s\" %s (at most %zu bytes)", m->name, is, m->max);
	return body_wrong(r, z);
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
	if (r->lines.err == ERR_MEMORY) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return false;
	}
	if (r->lines.err != ERR_OK)
		return body_wrong(r, "it is too large");
	if (body.n > 0 && json_flat(body, pair, &n_pairs, r->lines.p, &why, &at) != ERR_OK)
		return body_wrong(r, "it is one flat JSON object of texts");
	for (size_t i = 0; i < n_pairs; i++) {
		struct body_member *x = member(m, n, pair[i].key);

		if (x == NULL)
			return body_wrong(r, "it has a member that is not known; doc/http-api.md lists them");
		if (x->number && pair[i].kind == JSON_KIND_NULL)
			continue;
		if (pair[i].kind != (x->number ? JSON_KIND_NUMBER : JSON_KIND_STRING) || pair[i].value.n > x->max)
			return member_wrong(r, x, x->number ? "is a number" : "is a text");
		x->value = pair[i].value;
	}
	for (size_t i = 0; i < n; i++)
		if (m[i].needed && m[i].value.n == 0)
			return member_wrong(r, &m[i], "is needed");
	for (size_t i = 0; i < n; i++)
		if (m[i].reason && !request_reason(r, m[i].name, m[i].value))
			return false;
	return true;
}
