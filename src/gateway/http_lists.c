/* http_lists.c - lists over HTTP: which there are, who stands on one, putting on, taking off.
 *
 * A request's entries are read whole before any of them counts: one that is wrong refuses them all. Then they go to the writer in pieces, the act that tells of them with the first, so
 * that decisions wait for a few thousand entries at most; asking again after a broken connection changes nothing twice. Plain values become tokens here and go no further. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "event/list.h"
#include "gateway/http_int.h"

enum {
	ENTRIES_PER_ANSWER = 1000,
	ENTRIES_PER_REQUEST = 50000,
	ERRORS_TOLD_MAX = 100,
	ERRORS_BYTES_MAX = 1 << 18
};

struct list_name { /* of the policy in force, when the request began */
	struct edition *edition;
	const struct list *list;
	uint32_t index;
};

static const char *holds(const struct policy *p, const struct list *l, struct buf *b)
{
	buf_clear(b);
	policy_type_name(b, p, l->type);
	return b->p != NULL ? b->p : "";
}

/* False: the answer is set. */
static bool find_list(struct request *r, struct list_name *n)
{
	n->edition = reading_take(&r->h->reading);
	for (n->index = 0; n->index < n->edition->policy.n_lists; n->index++) {
		n->list = &n->edition->policy.list[n->index];
		if (text_eq(n->list->name, r->arg[0]))
			return true;
	}
	edition_drop(n->edition);
	answer_problem(r, 404, "unknown", "No such list", "GET /v1/lists has those of the policy in force");
	return false;
}

static int find_in(const struct policy *p, const struct list *list)
{
	for (uint32_t i = 0; i < p->n_lists; i++)
		if (text_eq(p->list[i].name, list->name) && p->list[i].type.dim == list->type.dim &&
		    (list->type.dim == DIM_TEXT || p->list[i].type.entity == list->type.entity))
			return (int)i;
	return -1;
}

static void answer_stopping(struct request *r)
{
	answer_problem(r, 503, "stopping", "The service is stopping", "try again after a second");
}

/* ---- which lists there are ---- */

struct counting {
	struct edition *edition;
	uint32_t n[POLICY_LISTS_MAX];
};

static void count_entries(void *ctx, struct shard *s)
{
	struct counting *c = ctx;

	c->edition = edition_keep(shard_edition(s));
	for (uint32_t i = 0; i < c->edition->policy.n_lists; i++)
		c->n[i] = engine_list_count(shard_engine(s), i);
}

static void run_lists(struct request *r)
{
	struct counting c = { .edition = NULL };
	const struct policy *p;
	struct buf type;

	if (!writer_do(r->h->o.writer, count_entries, &c)) {
		answer_stopping(r);
		return;
	}
	p = &c.edition->policy;
	buf_init(&type, SCHEMA_NAME_MAX + 64);
	buf_z(&r->out, "{\"lists\":[");
	for (uint32_t i = 0; i < p->n_lists; i++) {
		buf_z(&r->out, i > 0 ? ",{\"name\":" : "{\"name\":");
		buf_json(&r->out, p->list[i].name);
		buf_z(&r->out, ",\"of\":");
		buf_json(&r->out, text_z(holds(p, &p->list[i], &type)));
		buf_printf(&r->out, ",\"entries\":%u}", c.n[i]);
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
	buf_release(&type);
	edition_drop(c.edition);
}

/* ---- who stands on one ---- */

struct page {
	const struct list *list;
	struct token after; /* or, of texts, the fingerprint in its first word */
	bool begun;         /* there is an after */
	uint32_t limit, n;
	bool known;
	struct list_entry entry[ENTRIES_PER_ANSWER + 1];
	struct ident ident[ENTRIES_PER_ANSWER + 1];
};

static void read_page(void *ctx, struct shard *s)
{
	struct page *p = ctx;
	const struct engine *g = shard_engine(s);
	int list = find_in(shard_policy_in_force(s), p->list);
	uint64_t after;

	p->known = list >= 0;
	if (!p->known)
		return;
	after = p->begun ? engine_list_key(g, (uint32_t)list, p->after, (int64_t)p->after.w[0]) : 0;
	p->n = engine_list_read(g, (uint32_t)list, after, p->entry, p->limit + 1);
	for (uint32_t i = 0; i < p->n; i++)
		if (p->list->type.dim == DIM_ENTITY)
			shard_ident(g, p->entry[i].entity, &p->ident[i]);
}

static void put_token(struct buf *b, const struct page *p, uint32_t i)
{
	if (p->list->type.dim == DIM_ENTITY)
		buf_printf(b, "\"%016" PRIx64 "%016" PRIx64 "\"", p->ident[i].token.w[0], p->ident[i].token.w[1]);
	else
		buf_printf(b, "\"%016" PRIx64 "\"", (uint64_t)p->entry[i].fingerprint);
}

static void put_until(struct buf *b, int64_t us)
{
	if (us == INT64_MAX) {
		buf_z(b, "null");
		return;
	}
	buf_char(b, '"');
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

static void put_page(struct request *r, const struct page *p, const struct list_name *n)
{
	uint32_t shown = p->n < p->limit ? p->n : p->limit;
	struct buf type;

	buf_init(&type, SCHEMA_NAME_MAX + 64);
	buf_z(&r->out, "{\"name\":");
	buf_json(&r->out, n->list->name);
	buf_z(&r->out, ",\"of\":");
	buf_json(&r->out, text_z(holds(&n->edition->policy, n->list, &type)));
	buf_z(&r->out, ",\"entries\":[");
	for (uint32_t i = 0; i < shown; i++) {
		buf_z(&r->out, i > 0 ? ",{\"token\":" : "{\"token\":");
		put_token(&r->out, p, i);
		buf_z(&r->out, ",\"shown\":");
		if (p->list->type.dim == DIM_ENTITY)
			buf_json(&r->out, text_z(p->ident[i].shown));
		else
			buf_z(&r->out, "null");
		buf_z(&r->out, ",\"until\":");
		put_until(&r->out, p->entry[i].until_us);
		buf_char(&r->out, '}');
	}
	buf_z(&r->out, "],\"after\":");
	if (p->n > shown && shown > 0)
		put_token(&r->out, p, shown - 1);
	else
		buf_z(&r->out, "null");
	buf_z(&r->out, "}\n");
	r->status = 200;
	buf_release(&type);
}

/* 32 hexadecimal digits, or 16 of a text. */
static bool take_token(struct text t, bool text, struct token *out)
{
	*out = (struct token){ { 0, 0 } };
	for (size_t i = 0; i < t.n; i++) {
		const char *digits = "0123456789abcdef", *d = strchr(digits, t.p[i]);

		if (d == NULL || t.p[i] == 0)
			return false;
		out->w[i / 16 & 1] = out->w[i / 16 & 1] << 4 | (uint64_t)(d - digits);
	}
	return t.n == (text ? 16 : 32);
}

static void run_list(struct request *r)
{
	const char *after = request_query(r, "after");
	struct page *p = mem_alloc(sizeof(*p));
	struct list_name n;
	uint64_t limit;

	if (p == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	if (request_limit(r, 100, ENTRIES_PER_ANSWER, &limit) && find_list(r, &n)) {
		p->list = n.list;
		p->limit = (uint32_t)limit;
		p->begun = after != NULL;
		if (after != NULL && !take_token(text_z(after), n.list->type.dim == DIM_TEXT, &p->after))
			answer_problem(r, 400, "query", "The request is wrong", "after is the token of the last entry seen");
		else if (!writer_do(r->h->o.writer, read_page, p))
			answer_stopping(r);
		else if (!p->known)
			answer_problem(r, 404, "unknown", "No such list", "the policy has just changed");
		else
			put_page(r, p, &n);
		edition_drop(n.edition);
	}
	mem_free(p);
}

/* ---- changes: reading what is asked ---- */

struct asked {
	struct ident ident; /* its plain bytes, if it came with them, in plain */
	char plain[EVENT_IDENT_MAX];
	bool by_token; /* ident's other members come from the engine */
	uint64_t line; /* or number in "entries" */
};

struct change {
	struct request *r;
	struct list_name name;
	bool remove;
	struct text why;
	json_t *body; /* what why points into; NULL: it came as lines */
	struct asked *asked;
	struct shard_entry *entry;
	uint32_t n, cap, bad;
	struct buf errors;
	/* on the writer's thread */
	uint32_t from;
	bool known, act_told;
	enum err e;
	uint64_t changed, same, no_room;
};

static void wrong(struct change *c, uint64_t line, const char *what)
{
	if (c->bad++ >= ERRORS_TOLD_MAX)
		return;
	buf_printf(&c->errors, "%s{\"entry\":%" PRIu64 ",\"message\":", c->errors.n > 1 ? "," : "", line);
	buf_json(&c->errors, text_z(what));
	buf_char(&c->errors, '}');
}

static struct text text_of_json(const json_t *j)
{
	return text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j));
}

/* The value into an identity or a fingerprint. NULL: fine. */
static const char *take_value(struct change *c, struct text t, struct asked *a, struct shard_entry *e)
{
	const struct list *l = c->name.list;
	const struct hash_key *key = c->r->h->o.key;
	const char *why = "not an identifier";

	t = text_trim(t);
	if (t.n == 0 || t.n > EVENT_TEXT_MAX || memchr(t.p, 0, t.n) != NULL || !text_utf8_valid(t))
		return "the value is empty, too long or not UTF-8";
	if (l->type.dim == DIM_TEXT) {
		e->fingerprint = hash_fingerprint(key, t);
		return NULL;
	}
	if (ident_make(key, c->name.edition->policy.schema.entity[l->type.entity].form, l->type.entity, IDENT_STRICT, t,
	               a->plain, &a->ident, &why) != ERR_OK)
		return why;
	e->ident = &a->ident;
	return NULL;
}

static const char *take_until(const struct change *c, const json_t *j, int64_t *out)
{
	const struct zone *zone = &c->name.edition->policy.zone[0];

	*out = INT64_MAX;
	if (c->remove) {
		*out = 0;
		return j == NULL ? NULL : "an entry that is taken off has no \"until\"";
	}
	if (j == NULL || json_is_null(j))
		return NULL;
	if (json_is_string(j) && list_until(text_of_json(j), zone, out) && *out > 0)
		return NULL;
	return "\"until\" is a date (2026-12-31, to its end), an ISO 8601 time, or null for good";
}

static const char *take_entry(struct change *c, const json_t *j, struct asked *a, struct shard_entry *e)
{
	const json_t *value = json_object_get(j, "value"), *token = json_object_get(j, "token"),
				 *until = json_object_get(j, "until");
	bool text = c->name.list->type.dim == DIM_TEXT;
	struct token t;
	const char *why;

	if ((value != NULL) == (token != NULL) ||
	    json_object_size(j) != 1 + (size_t)(until != NULL) + (size_t)(json_object_get(j, "note") != NULL))
		return "an entry is {\"value\" or \"token\", \"until\", \"note\"}; a note is passed over";
	why = take_until(c, until, &e->until_us);
	if (why != NULL)
		return why;
	if (value != NULL)
		return json_is_string(value) ? take_value(c, text_of_json(value), a, e) : "\"value\" is a text";
	if (!take_token(text_of_json(token), text, &t))
		return text ? "the token of a text has 16 hexadecimal digits, small letters"
		            : "a token has 32 hexadecimal digits, small letters";
	e->fingerprint = (int64_t)t.w[0];
	if (text)
		return NULL;
	a->by_token = true;
	a->ident.token = t;
	e->ident = &a->ident;
	return NULL;
}

static bool take_one(struct change *c, const json_t *j, uint64_t line)
{
	const char *why;

	if (c->n == c->cap)
		return false;
	c->asked[c->n].line = line;
	why = json_is_object(j) ? take_entry(c, j, &c->asked[c->n], &c->entry[c->n]) : "not a JSON object";
	if (why != NULL)
		wrong(c, line, why);
	c->n++;
	return true;
}

/* {"entries":[...],"why":"..."}. False: the answer is set. */
static bool take_object(struct change *c)
{
	const json_t *all = json_object_get(c->body, "entries");

	if (!request_why(c->r, c->body, &c->why))
		return false;
	for (size_t i = 0; i < json_array_size(all); i++)
		if (!take_one(c, json_array_get(all, i), i + 1))
			break;
	return true;
}

/* One entry a line, and the reason in the address. */
static bool take_lines(struct change *c)
{
	const char *why = request_query(c->r, "why");
	struct text rest = buf_view(&c->r->body);
	uint64_t line = 0;

	c->why = text_trim(why == NULL ? TEXT("") : text_z(why));
	if (c->why.n == 0 || c->why.n > ACT_WHY_MAX) {
		answer_problem(c->r, 400, "why", "A reason is needed",
		               "?why=... of 1 to 1000 bytes: it is kept with who did it");
		return false;
	}
	if (!request_reason(c->r, "why", c->why))
		return false;
	while (rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end == NULL ? rest.n : (size_t)(end - rest.p);
		struct text t = text_trim(text_of(rest.p, n));
		json_t *j = t.n == 0 ? NULL : json_loadb(t.p, t.n, JSON_REJECT_DUPLICATES, NULL);
		bool room = ++line > 0 && (t.n == 0 || take_one(c, j, line));

		json_decref(j);
		if (!room)
			break;
		rest = text_of(rest.p + n + (end != NULL), rest.n - n - (end != NULL));
	}
	return true;
}

static uint32_t most_entries(const struct change *c)
{
	uint32_t n = 0;
	struct text t = buf_view(&c->r->body);

	if (c->body != NULL)
		return (uint32_t)json_array_size(json_object_get(c->body, "entries"));
	for (size_t i = 0; i < t.n; i++)
		n += t.p[i] == '\n';
	return n + 1;
}

/* False: the answer is set. */
static bool take_all(struct change *c)
{
	uint32_t most;

	c->body = json_loadb(buf_view(&c->r->body).p, c->r->body.n, JSON_REJECT_DUPLICATES, NULL);
	if (c->body != NULL && json_object_get(c->body, "entries") == NULL) { /* a single line */
		json_decref(c->body);
		c->body = NULL;
	}
	most = most_entries(c);
	c->cap = most <= ENTRIES_PER_REQUEST ? most : ENTRIES_PER_REQUEST + 1;
	c->asked = mem_alloc_array((size_t)c->cap + 1, sizeof(*c->asked));
	c->entry = mem_alloc_array((size_t)c->cap + 1, sizeof(*c->entry));
	if (c->asked == NULL || c->entry == NULL) {
		answer_problem(c->r, 503, "memory", "Out of memory", "try again");
		return false;
	}
	if (!(c->body != NULL ? take_object(c) : take_lines(c)))
		return false;
	if (c->n > 0 && c->n <= ENTRIES_PER_REQUEST)
		return true;
	answer_problem(c->r, c->n == 0 ? 400 : 413, "entries",
	               c->n == 0 ? "There are no entries" : "There are too many entries",
	               "send 1 to 50,000 entries: {\"entries\":[...],\"why\":\"...\"}, or one a line and ?why=");
	return false;
}

/* ---- changes: doing it ---- */

/* On the writer's thread: who are they that came as tokens? */
static void name_tokens(void *ctx, struct shard *s)
{
	struct change *c = ctx;
	const struct engine *g = shard_engine(s);
	uint8_t kind = c->name.list->type.entity;

	for (uint32_t i = c->from; i < c->n && i < c->from + SHARD_LIST_CHANGES_MAX; i++) {
		struct asked *a = &c->asked[i];
		struct entity_ref e;

		if (!a->by_token)
			continue;
		e = engine_find(g, kind, a->ident.token);
		if (e.index != 0)
			shard_ident(g, e, &a->ident);
		else if (!c->remove)
			wrong(c, a->line, "this token is not known here; send the value");
	}
}

static void apply_some(void *ctx, struct shard *s)
{
	struct change *c = ctx;
	uint32_t n = c->n - c->from < SHARD_LIST_CHANGES_MAX ? c->n - c->from : SHARD_LIST_CHANGES_MAX;
	struct shard_act act = { .time_us = c->r->h->o.now_us(), .organisation = c->r->who.organisation };
	uint64_t before = shard_next(s);
	struct buf b;

	act_begin(&b, c->remove ? "list-remove" : "list-set", &c->r->who, c->why);
	act_text(&b, "list", c->name.list->name);
	act_number(&b, "entries", c->n);
	act_end(&b, act.time_us, &c->r->who, &act);
	if (c->act_told)
		act.payload = TEXT("");
	c->known = find_in(shard_policy_in_force(s), c->name.list) >= 0;
	c->e = !c->known         ? ERR_ABSENT
	       : b.err != ERR_OK ? b.err
	                         : shard_lists(s, c->name.list->name, c->entry + c->from, n, &act);
	c->act_told |= shard_next(s) > before;
	buf_release(&b);
	for (uint32_t i = c->from; c->e == ERR_OK && i < c->from + n; i++) {
		c->changed += c->entry[i].outcome == SHARD_ENTRY_CHANGED;
		c->same += c->entry[i].outcome == SHARD_ENTRY_SAME;
		c->no_room += c->entry[i].outcome == SHARD_ENTRY_NO_ROOM;
	}
}

/* False: the answer is set. */
static bool in_pieces(struct change *c, void (*run)(void *ctx, struct shard *s))
{
	for (c->from = 0; c->from < c->n && c->e == ERR_OK; c->from += SHARD_LIST_CHANGES_MAX)
		if (!writer_do(c->r->h->o.writer, run, c)) {
			answer_stopping(c->r);
			return false;
		}
	if (c->e == ERR_OK)
		return true;
	if (c->e == ERR_MEMORY || c->e == ERR_CAP) {
		answer_problem(c->r, 503, "memory", "Out of memory",
		               "the entries behind the first few thousand were not changed; ask again: nothing is done twice");
		return false;
	}
	answer_problem(c->r, c->e == ERR_ABSENT ? 409 : 503, c->e == ERR_ABSENT ? "changed" : "journal",
	               c->e == ERR_ABSENT ? "The policy has just changed" : "The journal can't be written",
	               c->e == ERR_ABSENT ? "it has no such list any more; look at GET /v1/lists"
	                                  : "how much of it was taken is not known; ask again: nothing is done twice");
	return false;
}

static bool all_right(struct change *c)
{
	if (c->bad == 0)
		return true;
	buf_char(&c->errors, ']');
	answer_problem_with(c->r, 422, "entries", "Some entries are wrong",
	                    "nothing was changed; each error says which entry", "errors", buf_view(&c->errors));
	return false;
}

static void change_list(struct request *r, bool remove)
{
	struct change c = { .r = r, .remove = remove };

	if (!find_list(r, &c.name))
		return;
	buf_init(&c.errors, ERRORS_BYTES_MAX);
	buf_char(&c.errors, '[');
	if (take_all(&c) && all_right(&c) && in_pieces(&c, name_tokens) && all_right(&c) && in_pieces(&c, apply_some)) {
		buf_printf(&r->out, "{\"changed\":%" PRIu64 ",\"unchanged\":%" PRIu64 ",\"no_room\":%" PRIu64 "}\n", c.changed,
		           c.same, c.no_room);
		r->status = 200;
	}
	edition_drop(c.name.edition);
	json_decref(c.body);
	mem_free(c.asked);
	mem_free(c.entry);
	buf_release(&c.errors);
}

static void run_set(struct request *r)
{
	change_list(r, false);
}

static void run_remove(struct request *r)
{
	change_list(r, true);
}

const struct route http_lists_routes[] = {
	{ "GET", "/v1/lists", SCOPE_LISTS, ROUTE_SLOW, run_lists },
	{ "GET", "/v1/lists/*", SCOPE_LISTS, ROUTE_SLOW, run_list },
	{ "POST", "/v1/lists/*", SCOPE_LISTS, ROUTE_SLOW, run_set },
	{ "POST", "/v1/lists/*/remove", SCOPE_LISTS, ROUTE_SLOW, run_remove },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
