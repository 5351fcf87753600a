/* http_desk_read.c - one object, its history, lists, the next for a seat, and the tables themselves.
 *
 * A list goes by one of the registry's indexes. The asker's reach is part of the query where it is one condition, and each object is looked at once more before it is shown. So a page
 * can end early, with a cursor to go on with, when many objects out of reach were passed over. */
#include <inttypes.h>
#include <stdlib.h>
#include "base/clock.h"
#include "gateway/http_desk_int.h"

/* ---- what is asked ---- */

struct listing {
	struct request *r;
	struct desk_asker asker;
	struct desk_shower shower;
	const struct desk_machine *m;
	struct registry_query q;
	int64_t due_until_us; /* 0: whenever */
	uint32_t limit, shown, seen;
	bool only_mine; /* objects that the asker has a step for */
	bool full, over;
	int64_t last_key;
	uint64_t last_id;
};

static bool query_wrong(struct request *r, const char *what)
{
	answer_problem(r, 400, "query", "The request is wrong", what);
	return false;
}

static bool take_states(struct listing *l, const char *z)
{
	while (z != NULL && *z != 0) {
		size_t n = strcspn(z, ",");
		uint32_t state = desk_state_find(l->m, text_of(z, n));

		if (state == 0)
			return query_wrong(l->r,
			                   "state has states of this kind with commas between; GET /v1/desk/machines lists them");
		l->q.states |= 1u << state;
		z += n + (z[n] == ',');
	}
	return true;
}

/* False: the answer is set. out is not changed if it is not asked for. */
static bool take_number(struct listing *l, const char *name, int64_t most, int64_t *out)
{
	const char *z = request_query(l->r, name);
	char why[96];

	if (z == NULL || (text_to_int(text_z(z), out) == ERR_OK && *out >= 0 && *out <= most))
		return true;
	snprintf(why, sizeof(why), "%s is a number from 0 to %" PRId64, name, most);
	return query_wrong(l->r, why);
}

static bool take_time(struct listing *l, const char *name, int64_t *out)
{
	const char *z = request_query(l->r, name);
	char why[96];

	if (z == NULL || clock_parse(text_z(z), &clock_shanghai, out) == ERR_OK)
		return true;
	snprintf(why, sizeof(why), "%s is a time: 2026-03-01T08:00:00%%2B08:00", name);
	return query_wrong(l->r, why);
}

static bool take_flag(struct listing *l, const char *name, bool *out)
{
	const char *z = request_query(l->r, name);
	char why[96];

	if (z == NULL)
		return true;
	*out = strcmp(z, "true") == 0 || strcmp(z, "1") == 0;
	if (*out || strcmp(z, "false") == 0 || strcmp(z, "0") == 0)
		return true;
	snprintf(why, sizeof(why), "%s is true or false", name);
	return query_wrong(l->r, why);
}

/* Who asks by plain numbers could find out whose a token is by trying them all: so it is an act, with the rate of POST /v1/token. */
static bool note_plain(struct listing *l)
{
	char hex[TOKEN_HEX + 1];
	struct buf act;
	uint64_t position;

	if (!http_token_asked(l->r))
		return false;
	desk_act_begin(&act, "token", l->r, l->asker.user, TEXT(""));
	token_show(l->q.entity.token, hex);
	act_text(&act, "kind", text_z(desk_entity_names[l->q.entity.kind]));
	act_text(&act, "token", text_z(hex));
	return http_act(l->r, &act, NULL, NULL, &position);
}

static bool take_entity(struct listing *l)
{
	const char *z = request_query(l->r, "entity");
	struct desk_reading d;
	bool plain;

	if (z == NULL)
		return true;
	desk_reading_init(&d, l->r);
	if (desk_read_entity(&d, text_z(z), &l->q.entity, &plain))
		return !plain || note_plain(l);
	return query_wrong(
		l->r,
		"entity is KIND:TOKEN or KIND:IDENTIFIER; kinds are person, phone, account, device, cell, net, number, outlet, agent, object");
}

static bool take_order(struct listing *l)
{
	static const char *const name[] = { [REGISTRY_BY_ID] = "id",
		                                [REGISTRY_BY_URGENCY] = "urgency",
		                                [REGISTRY_BY_CHANGE] = "changed",
		                                [REGISTRY_BY_DUE] = "due" };
	const char *z = request_query(l->r, "sort");

	if (l->due_until_us != 0 && (z == NULL || strcmp(z, "due") == 0)) {
		l->q.order = REGISTRY_BY_DUE;
		return true;
	}
	if (l->due_until_us != 0)
		return query_wrong(l->r, "due goes with sort=due");
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		if (strcmp(z == NULL ? "id" : z, name[i]) == 0) {
			l->q.order = (enum registry_order)i;
			return true;
		}
	return query_wrong(l->r, "sort is id, urgency, changed or due");
}

/* ORDER.KEY.ID, as it was given out. */
static bool take_cursor(struct listing *l)
{
	const char *z = request_query(l->r, "cursor");
	unsigned order;
	int end = 0;

	if (z == NULL)
		return true;
	l->q.after = sscanf(z, "%1u.%20" SCNd64 ".%20" SCNu64 "%n", &order, &l->q.after_key, &l->q.after_id, &end) == 3 &&
	             z[end] == 0 && order == l->q.order;
	return l->q.after || query_wrong(l->r, "cursor is that of the page before, with the same sort");
}

/* The asker's reach as one condition, where it is one. */
static void take_reach(struct listing *l)
{
	uint32_t scopes = 0;

	for (uint32_t i = 0; i < DESK_ROLES && l->m->shared == 0; i++)
		if (l->asker.roles >> i & 1)
			scopes |= 1u << desk_scope_of(l->m, i);
	if (scopes == 1u << DESK_SCOPE_ORG && !l->q.of_organisation) {
		l->q.of_organisation = true;
		l->q.organisation = l->asker.organisation;
	} else if (scopes == 1u << DESK_SCOPE_DISTRICT && !l->q.of_district) {
		l->q.of_district = true;
		l->q.district = l->asker.district;
	} else if (scopes == 1u << DESK_SCOPE_OWN && !l->q.of_maker) {
		l->q.of_maker = true;
		l->q.maker = l->asker.user;
	}
}

static bool take_query(struct listing *l)
{
	int64_t grade = 0, organisation = -1, district = -1;
	uint64_t limit;
	bool mine = false;

	if (!take_states(l, request_query(l->r, "state")) || !take_number(l, "grade", 3, &grade) ||
	    !take_number(l, "organisation", UINT16_MAX, &organisation) ||
	    !take_number(l, "district", UINT16_MAX, &district) || !take_flag(l, "open", &l->q.open) ||
	    !take_flag(l, "mine", &mine) || !take_time(l, "changed_from", &l->q.changed_from_us) ||
	    !take_time(l, "changed_to", &l->q.changed_to_us) || !take_time(l, "due", &l->due_until_us) || !take_entity(l) ||
	    !take_order(l) || !take_cursor(l))
		return false;
	l->q.grade_from = (int16_t)grade;
	l->q.of_organisation = organisation >= 0;
	l->q.organisation = (uint16_t)(organisation < 0 ? 0 : organisation);
	l->q.of_district = district >= 0;
	l->q.district = (uint16_t)(district < 0 ? 0 : district);
	l->q.of_maker = mine;
	l->q.maker = mine ? l->asker.user : 0;
	if (!request_limit(l->r, 100, REGISTRY_PAGE_MAX, &limit))
		return false;
	l->limit = (uint32_t)limit;
	return l->limit > 0 || query_wrong(l->r, "limit is from 1 to 1000");
}

static bool begin(struct request *r, struct listing *l)
{
	*l = (struct listing){ .r = r, .m = desk_asked_machine(r) };
	if (!desk_asker(r, &l->asker))
		return false;
	l->shower = desk_shower(r, &l->asker);
	l->q.kind = l->m->kind;
	return true;
}

/* ---- lists ---- */

static bool has_step(const struct listing *l, const struct desk_object *o)
{
	for (uint32_t i = 1; i < l->m->n_steps; i++)
		if (desk_allows(&l->asker, &l->m->step[i], o))
			return true;
	return false;
}

static bool see(void *ctx, const struct registry_hit *h)
{
	struct listing *l = ctx;

	if (l->due_until_us != 0 && h->key > l->due_until_us) {
		l->over = true;
		return false;
	}
	if (l->shown == l->limit) {
		l->full = true; /* and there is more */
		return false;
	}
	l->seen++;
	l->last_key = h->key;
	l->last_id = h->object->id;
	if (!desk_reaches(&l->asker, h->object) || (l->only_mine && !has_step(l, h->object)))
		return true;
	if (l->shown++ > 0)
		buf_char(&l->r->out, ',');
	desk_put_object(&l->r->out, &l->shower, h->object, l->only_mine);
	return true;
}

void desk_run_list(struct request *r)
{
	struct listing l;
	enum err e;

	if (!begin(r, &l) || !take_query(&l))
		return;
	take_reach(&l);
	buf_z(&r->out, "{\"objects\":[");
	e = registry_list(r->h->o.registry, &l.q, REGISTRY_PAGE_MAX, see, &l);
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	if (!l.over && (l.full || l.seen == REGISTRY_PAGE_MAX))
		buf_printf(&r->out, "],\"cursor\":\"%u.%" PRId64 ".%" PRIu64 "\"}\n", (unsigned)l.q.order, l.last_key,
		           l.last_id);
	else
		buf_z(&r->out, "],\"cursor\":null}\n");
	r->status = 200;
}

/* The most urgent one that the asker can do something about. */
void desk_run_next(struct request *r)
{
	struct listing l;
	enum err e = ERR_OK;

	if (!begin(r, &l))
		return;
	take_reach(&l);
	l.q.open = l.only_mine = true;
	l.q.order = REGISTRY_BY_URGENCY;
	l.limit = 1;
	buf_z(&r->out, "{\"object\":");
	do {
		l.seen = 0;
		e = registry_list(r->h->o.registry, &l.q, l.q.after ? REGISTRY_PAGE_MAX : 8, see, &l);
		l.q.after_key = l.last_key;
		l.q.after_id = l.last_id;
		l.q.after = true;
	} while (e == ERR_OK && l.shown == 0 && l.seen > 0);
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	buf_z(&r->out, l.shown == 0 ? "null}\n" : "}\n");
	r->status = 200;
}

/* ---- one ---- */

void desk_run_one(struct request *r)
{
	struct desk_asker a;
	struct desk_shower s;
	struct desk_object o;

	if (!desk_asker(r, &a) || !desk_asked_object(r, &a, desk_asked_machine(r), r->arg[1], &o))
		return;
	s = desk_shower(r, &a);
	desk_put_object(&r->out, &s, &o, true);
	buf_char(&r->out, '\n');
	r->etag = o.version;
	r->status = 200;
}

struct rows {
	struct request *r;
	const struct desk_machine *m;
	uint32_t n;
	uint32_t last;
};

static bool see_row(void *ctx, const struct registry_row *row)
{
	struct rows *x = ctx;

	if (x->n++ > 0)
		buf_char(&x->r->out, ',');
	x->last = row->version;
	desk_put_row(&x->r->out, x->m, row);
	return true;
}

void desk_run_history(struct request *r)
{
	struct rows x = { .r = r, .m = desk_asked_machine(r) };
	uint64_t limit, from;
	struct desk_asker a;
	struct desk_object o;
	enum err e;

	if (!request_limit(r, REGISTRY_PAGE_MAX, REGISTRY_PAGE_MAX, &limit) ||
	    !request_number(r, "from", 1, UINT32_MAX, &from))
		return;
	if (!desk_asker(r, &a) || !desk_asked_object(r, &a, x.m, r->arg[1], &o))
		return;
	buf_z(&r->out, "{\"history\":[");
	e = registry_history(r->h->o.registry, o.id, (uint32_t)from, (uint32_t)limit, see_row, &x);
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	if (x.n == limit && x.last < o.version)
		buf_printf(&r->out, "],\"from\":%" PRIu32 "}\n", x.last + 1);
	else
		buf_z(&r->out, "],\"from\":null}\n");
	r->status = 200;
}

/* ---- the tables ---- */

static void put_name(struct buf *b, const char *name, const char *zh)
{
	buf_printf(b, "\"name\":\"%s\",\"zh\":", name);
	buf_json(b, text_z(zh));
}

static void put_names(struct buf *b, const char *what, const struct desk_machine *m, uint32_t states)
{
	const char *comma = "";

	buf_printf(b, ",\"%s\":[", what);
	for (uint32_t i = 0; i < m->n_states; i++)
		if (states >> i & 1) {
			buf_printf(b, "%s\"%s\"", comma, i == 0 ? "" : m->state[i].name);
			comma = ",";
		}
	buf_char(b, ']');
}

static void put_field(struct buf *b, const struct desk_field *f)
{
	const char *comma = "";

	buf_char(b, '{');
	put_name(b, f->name, f->zh);
	buf_printf(b, ",\"type\":\"%s\"", f->user != DESK_NO_USER ? "user" : desk_type_names[f->type]);
	if (f->type == DESK_ENTITY)
		buf_printf(b, ",\"of\":\"%s\"", desk_entity_names[f->entity]);
	if (f->type == DESK_OBJECT)
		buf_printf(b, ",\"of\":\"%s\"", f->entity == 0 ? "" : desk_machine(f->entity)->name);
	if (f->type == DESK_INTEGER && f->user == DESK_NO_USER)
		buf_printf(b, ",\"min\":%" PRId64 ",\"max\":%" PRId64, f->min, f->max);
	if (f->guarded)
		buf_z(b, ",\"guarded\":true");
	if (f->counted)
		buf_z(b, ",\"counted\":true");
	if (f->link)
		buf_z(b, ",\"link\":true");
	if (f->type == DESK_CHOICE) {
		buf_z(b, ",\"choices\":[");
		for (uint32_t i = 1; i < f->choices->n; i++)
			if (f->choices->choice[i].name != NULL) {
				buf_printf(b, "%s{", comma);
				put_name(b, f->choices->choice[i].name, f->choices->choice[i].zh);
				buf_char(b, '}');
				comma = ",";
			}
		buf_char(b, ']');
	}
	buf_char(b, '}');
}

static void put_step_fields(struct buf *b, const char *what, const struct desk_machine *m, uint64_t fields)
{
	const char *comma = "";

	buf_printf(b, ",\"%s\":[", what);
	for (uint32_t f = 1; f < m->n_fields; f++)
		if ((fields >> f & 1) && desk_field_given(&m->field[f])) {
			buf_printf(b, "%s\"%s\"", comma, m->field[f].name);
			comma = ",";
		}
	buf_char(b, ']');
}

static void put_step(struct buf *b, const struct desk_machine *m, const struct desk_step *s)
{
	buf_char(b, '{');
	put_name(b, s->name, s->zh);
	put_names(b, "from", m, s->from);
	put_names(b, "to", m, s->to);
	buf_z(b, ",\"roles\":");
	desk_put_roles(b, s->roles);
	buf_printf(b, ",\"internal\":%s,\"proposes\":%s,\"four_eyes\":%s", s->flags & DESK_NO_PATH ? "true" : "false",
	           s->flags & DESK_PROPOSES ? "true" : "false", s->flags & DESK_FOUR_EYES ? "true" : "false");
	put_step_fields(b, "needs", m, s->needed);
	put_step_fields(b, "takes", m, s->allowed);
	buf_z(b, ",\"article\":");
	if (s->article == NULL)
		buf_z(b, "null");
	else
		buf_json(b, text_z(s->article));
	buf_char(b, '}');
}

static void put_machine(struct buf *b, const struct desk_machine *m)
{
	const char *comma = "";

	buf_char(b, '{');
	put_name(b, m->name, m->zh);
	buf_printf(b, ",\"route\":\"%s\",\"letters\":\"%s\",\"states\":[", m->route, m->letters);
	for (uint32_t i = 1; i < m->n_states; i++) {
		buf_z(b, i > 1 ? ",{" : "{");
		put_name(b, m->state[i].name, m->state[i].zh);
		buf_printf(b, ",\"final\":%s,\"shared\":%s}", m->state[i].final ? "true" : "false",
		           m->shared >> i & 1 ? "true" : "false");
	}
	buf_z(b, "],\"fields\":[");
	for (uint32_t i = 1; i < m->n_fields; i++)
		if (m->field[i].name != NULL && !m->field[i].drawn) {
			buf_z(b, comma);
			put_field(b, &m->field[i]);
			comma = ",";
		}
	buf_z(b, "],\"steps\":[");
	comma = "";
	for (uint32_t i = 1; i < m->n_steps; i++)
		if (m->step[i].name != NULL) {
			buf_z(b, comma);
			put_step(b, m, &m->step[i]);
			comma = ",";
		}
	buf_z(b, "],\"timers\":[");
	for (uint32_t i = 0; i < m->n_timers; i++) {
		buf_z(b, i > 0 ? ",{" : "{");
		put_name(b, m->timer[i].name, m->timer[i].zh);
		buf_printf(b, ",\"step\":\"%s\"}", m->step[m->timer[i].step].name);
	}
	buf_z(b, "]}");
}

void desk_run_machines(struct request *r)
{
	struct desk_asker a;

	if (!desk_asker(r, &a))
		return;
	buf_z(&r->out, "{\"machines\":[");
	for (uint32_t k = desk_kind_after(0); k != 0; k = desk_kind_after(k)) {
		buf_z(&r->out, k > 1 ? "," : "");
		put_machine(&r->out, desk_machine(k));
	}
	buf_z(&r->out, "],\"roles\":["); /* in the order of their bits */
	for (uint32_t i = 0; i < DESK_ROLES; i++) {
		buf_z(&r->out, i > 0 ? ",{" : "{");
		put_name(&r->out, desk_roles[i].name, desk_roles[i].zh);
		buf_z(&r->out, "}");
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
}

static void put_limit(struct buf *b, uint32_t n)
{
	static const char *const unit[] = { [DESK_UNIT_US] = "duration",
		                                [DESK_UNIT_MONTHS] = "months",
		                                [DESK_UNIT_COUNT] = "count",
		                                [DESK_UNIT_HOUR] = "hour" };
	const struct desk_limit_info *l = &desk_limit_infos[n];

	buf_printf(b, "{\"number\":%" PRIu32 ",", n);
	put_name(b, l->name, l->zh);
	buf_z(b, ",\"en\":");
	buf_json(b, text_z(l->en));
	buf_printf(
		b, ",\"unit\":\"%s\",\"usual\":%" PRId64 ",\"least\":%" PRId64 ",\"most\":%" PRId64 ",\"law\":%s,\"source\":",
		unit[l->unit], l->usual, l->least, l->most, l->law ? "true" : "false");
	buf_json(b, text_z(l->source));
	buf_z(b, "}");
}

/* Limits as they are before anybody changes them; what holds instead are objects of kind limit. */
void desk_run_limits(struct request *r)
{
	const char *comma = "";
	struct desk_asker a;

	if (!desk_asker(r, &a))
		return;
	buf_z(&r->out, "{\"limits\":[");
	for (uint32_t n = 1; n < DESK_LIMITS; n++)
		if (desk_limit_infos[n].name != NULL) {
			buf_z(&r->out, comma);
			put_limit(&r->out, n);
			comma = ",";
		}
	buf_z(&r->out, "]}\n");
	r->status = 200;
}

/* What the asker's roles may do, whatever becomes of it. */
static void put_permissions(struct buf *b, const struct desk_asker *a, const struct desk_machine *m)
{
	static const char *const reach[] = { [DESK_SCOPE_ALL] = "all",
		                                 [DESK_SCOPE_ORG] = "organisation",
		                                 [DESK_SCOPE_DISTRICT] = "district",
		                                 [DESK_SCOPE_OWN] = "own" };
	const char *comma = "";

	buf_printf(b, "{\"kind\":\"%s\",\"route\":\"%s\",\"steps\":[", m->name, m->route);
	for (uint32_t i = 1; i < m->n_steps; i++) {
		const struct desk_step *s = &m->step[i];
		const char *between = "";

		if (s->name == NULL || !desk_may(s, a->roles))
			continue;
		buf_printf(b, "%s{", comma);
		put_name(b, s->name, s->zh);
		buf_printf(b, ",\"makes\":%s,\"four_eyes\":%s,\"reach\":{", s->from & 1 ? "true" : "false",
		           s->flags & DESK_FOUR_EYES ? "true" : "false");
		for (uint32_t r = 0; r < DESK_ROLES; r++)
			if ((s->roles & a->roles) >> r & 1) {
				buf_printf(b, "%s\"%s\":\"%s\"", between, desk_roles[r].name, reach[desk_scope_of(m, r)]);
				between = ",";
			}
		buf_z(b, "}}");
		comma = ",";
	}
	buf_z(b, "]}");
}

void desk_run_permissions(struct request *r)
{
	struct desk_asker a;

	if (!desk_asker(r, &a))
		return;
	buf_z(&r->out, "{\"user\":");
	desk_put_user(&r->out, a.user);
	buf_z(&r->out, ",\"roles\":");
	desk_put_roles(&r->out, a.roles);
	buf_printf(&r->out, ",\"organisation\":%u,\"district\":%u,\"permissions\":[", a.organisation, a.district);
	for (uint32_t k = desk_kind_after(0); k != 0; k = desk_kind_after(k)) {
		buf_z(&r->out, k > 1 ? "," : "");
		put_permissions(&r->out, &a, desk_machine(k));
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
}
