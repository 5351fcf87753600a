/* outlet_sheet.c - see outlet_sheet.h. */
#include "gateway/outlet_sheet.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include "base/mem.h"
#include "desk/attempt.h"
#include "desk/figure.h"
#include "desk/measure.h"
#include "desk/outlet.h"
#include "desk/user.h"

enum {
	ORGANISATIONS = UINT16_MAX + 1,
	SHEETS_FIRST = 256
};

struct making {
	struct registry *registry;
	int64_t month_us;
	struct outlet_sheet *sheet;
	size_t n, cap, n_organisations;
	uint32_t *by_organisation; /* sheet + 1 */
	struct outlet_sheet **by_seller;
	enum err e;
};

/* ---- whose ---- */

static struct outlet_sheet *add(struct making *m)
{
	size_t cap = m->cap == 0 ? SHEETS_FIRST : m->cap * 2;
	struct outlet_sheet *more;

	if (m->n == m->cap) {
		more = m->n >= OUTLET_SHEETS_MAX ? NULL : mem_resize(m->sheet, cap * sizeof(*more));
		if (more == NULL) {
			m->e = m->n >= OUTLET_SHEETS_MAX ? ERR_CAP : ERR_MEMORY;
			return NULL;
		}
		m->sheet = more;
		m->cap = cap;
	}
	memset(&m->sheet[m->n], 0, sizeof(*m->sheet));
	return &m->sheet[m->n++];
}

static void give(struct outlet_sheet *s, uint32_t field, int64_t v)
{
	s->value[field] = v;
	s->has |= (uint64_t)1 << field;
}

static void add_organisation(struct making *m, uint16_t organisation)
{
	struct outlet_sheet *s;

	if (organisation == 0 || m->by_organisation[organisation] != 0 || (s = add(m)) == NULL)
		return;
	s->organisation = organisation;
	s->about = assessment_of(organisation);
	m->by_organisation[organisation] = (uint32_t)m->n;
}

static bool organisation_of_outlet(void *ctx, const struct registry_hit *h)
{
	struct making *m = ctx;

	if (h->object->state != OUTLET_CANCELLED)
		add_organisation(m, h->object->organisation);
	return m->e == ERR_OK;
}

static bool outlet(void *ctx, const struct registry_hit *h)
{
	const struct desk_object *o = h->object;
	struct making *m = ctx;
	struct outlet_sheet *s;

	if (o->state == OUTLET_CANCELLED || (s = add(m)) == NULL)
		return m->e == ERR_OK;
	s->outlet = o->id;
	s->about = desk_thing(o->id);
	s->seller = o->subject;
	s->organisation = o->organisation;
	s->district = o->district;
	if (desk_has(o, OUTLET_F_SCORE))
		give(s, ASSESSMENT_F_INSPECTION, desk_i(o, OUTLET_F_SCORE));
	return true;
}

static enum err each(struct making *m, const struct registry_query *q,
                     bool (*visit)(void *ctx, const struct registry_hit *h))
{
	enum err e = registry_each(m->registry, q, visit, m);

	return e == ERR_OK ? m->e : e;
}

static enum err each_outlet(struct making *m, bool (*visit)(void *ctx, const struct registry_hit *h))
{
	struct registry_query q = { .kind = DESK_OUTLET, .order = REGISTRY_BY_ID };

	return each(m, &q, visit);
}

/* ---- risk ---- */

static int compare(struct desk_entity x, struct desk_entity y)
{
	int by = x.kind - y.kind;

	for (int i = 0; i < 2 && by == 0; i++)
		by = (x.token.w[i] > y.token.w[i]) - (x.token.w[i] < y.token.w[i]);
	return by;
}

static int by_seller(const void *a, const void *b)
{
	const struct outlet_sheet *const *x = a, *const *y = b;
	int by = compare((*x)->seller, (*y)->seller);

	return by ? by : ((*x)->outlet > (*y)->outlet) - ((*x)->outlet < (*y)->outlet);
}

static int seller_is(const void *key, const void *b)
{
	const struct outlet_sheet *const *y = b;

	return compare(*(const struct desk_entity *)key, (*y)->seller);
}

static struct outlet_sheet *sheet_of(struct making *m, const struct risk_unit *u)
{
	struct desk_entity seller = { u->level == RISK_OUTLET ? DESK_PLACE : DESK_AGENT, u->token };
	struct outlet_sheet **at;

	if (u->level == RISK_ORGANISATION)
		return m->by_organisation[u->organisation] == 0 ? NULL : &m->sheet[m->by_organisation[u->organisation] - 1];
	if (u->level == RISK_CLERK || m->n == m->n_organisations)
		return NULL;
	at = bsearch(&seller, m->by_seller, m->n - m->n_organisations, sizeof(*m->by_seller), seller_is);
	return at == NULL ? NULL : *at;
}

static void add_risk(struct making *m, const struct risk *k)
{
	static const uint32_t field[RISK_SPANS] = { ASSESSMENT_F_FOUND, ASSESSMENT_F_FOUND_BEFORE,
		                                        ASSESSMENT_F_FOUND_YEAR };
	const struct risk_unit *u;
	uint32_t n;

	u = risk_units(k, &n);
	for (uint32_t i = 0; i < n; i++) {
		const struct risk_prior *p = risk_prior(k, (enum risk_level)u[i].level, u[i].thing, RISK_NOW);
		struct outlet_sheet *s = sheet_of(m, &u[i]);
		int64_t top = risk_talk(&u[i]) ? 2 : u[i].top[RISK_NOW];

		if (s == NULL)
			continue;
		s->value[ASSESSMENT_F_OPENED] += (int64_t)u[i].opened[RISK_NOW];
		s->value[ASSESSMENT_F_INVOLVED] += (int64_t)u[i].involved[RISK_NOW];
		for (uint32_t f = 0; f < RISK_SPANS; f++)
			s->value[field[f]] += (int64_t)u[i].found[f];
		if (top > s->value[ASSESSMENT_F_TOP])
			s->value[ASSESSMENT_F_TOP] = top;
		if (u[i].opened[RISK_NOW] > 0) {
			s->estimated += u[i].estimate * (double)u[i].opened[RISK_NOW];
			s->expected += p->a / (p->a + p->b) * (double)u[i].opened[RISK_NOW];
		}
	}
}

/* Cards and accounts together: what is estimated of all openings, in a million. */
static int64_t in_a_million(double sum, int64_t opened)
{
	return opened == 0 ? 0 : (int64_t)(sum / (double)opened * 1e6 + 0.5);
}

/* ---- what the desk counts of an organisation ---- */

static void count(void *ctx, const struct desk_entry *x)
{
	struct outlet_sheet *s = ctx;

	if (x->figure == FIGURE_TIME_TO_ANSWER) {
		give(s, ASSESSMENT_F_ORDERS, s->value[ASSESSMENT_F_ORDERS] + x->n);
		give(s, ASSESSMENT_F_ORDERS_IN_TIME,
		     s->value[ASSESSMENT_F_ORDERS_IN_TIME] +
		         (x->at <= desk_figures[FIGURE_TIME_TO_ANSWER].within_s[1] ? x->n : 0));
	} else if (x->figure == FIGURE_MEASURES_ENDED && x->at == CAUSE_APPEAL) {
		give(s, ASSESSMENT_F_COMPLAINTS, s->value[ASSESSMENT_F_COMPLAINTS] + x->n);
	}
}

/* An organisation's inspection is the mean of its outlets'. */
static enum err add_work(struct making *m, struct outlet_sheet *s)
{
	struct registry_span span = { .from_us = m->month_us,
		                          .to_us = desk_months_after(m->month_us, 1),
		                          .of_organisation = true,
		                          .organisation = s->organisation };
	int64_t n = 0, sum = 0;

	for (size_t i = m->n_organisations; i < m->n; i++)
		if (m->sheet[i].organisation == s->organisation && (m->sheet[i].has >> ASSESSMENT_F_INSPECTION & 1)) {
			n++;
			sum += m->sheet[i].value[ASSESSMENT_F_INSPECTION];
		}
	if (n > 0)
		give(s, ASSESSMENT_F_INSPECTION, sum / n);
	give(s, ASSESSMENT_F_COMPLAINTS, 0);
	return registry_figures(m->registry, &span, count, s);
}

/* ---- training: whoever works at an outlet, and whether they hold a pass that is good now ---- */

static bool is_course(void *ctx, const struct registry_hit *h)
{
	bool *passed = ctx;

	*passed = desk_has(h->object, ATTEMPT_F_COURSE); /* not a drill */
	return !*passed;
}

static bool clerk(void *ctx, const struct registry_hit *h)
{
	const struct desk_object *u = h->object;
	struct making *m = ctx;
	struct desk_entity at = { DESK_PLACE, u->value[USER_F_OUTLET].token };
	struct registry_query q = { .kind = DESK_ATTEMPT, .states = 1u << ATTEMPT_PASSED, .entity = desk_thing(u->id) };
	struct outlet_sheet **s = NULL;
	bool passed = false;

	if (desk_has(u, USER_F_OUTLET) && m->n > m->n_organisations)
		s = bsearch(&at, m->by_seller, m->n - m->n_organisations, sizeof(*m->by_seller), seller_is);
	if (s == NULL)
		return true;
	m->e = registry_list(m->registry, &q, REGISTRY_PAGE_MAX, is_course, &passed);
	give(*s, ASSESSMENT_F_STAFF, (*s)->value[ASSESSMENT_F_STAFF] + 1);
	give(*s, ASSESSMENT_F_TRAINED, (*s)->value[ASSESSMENT_F_TRAINED] + passed);
	return m->e == ERR_OK;
}

/* Of outlets, and from them of organisations. */
static enum err add_training(struct making *m)
{
	struct registry_query q = { .kind = DESK_USER, .states = 1u << USER_ACTIVE, .order = REGISTRY_BY_ID };
	enum err e = each(m, &q, clerk);

	for (size_t i = m->n_organisations; i < m->n && e == ERR_OK; i++) {
		const struct outlet_sheet *s = &m->sheet[i];
		uint32_t of = m->by_organisation[s->organisation];

		if (of == 0 || (s->has >> ASSESSMENT_F_STAFF & 1) == 0)
			continue;
		for (uint32_t f = ASSESSMENT_F_STAFF; f <= ASSESSMENT_F_TRAINED; f++)
			give(&m->sheet[of - 1], f, m->sheet[of - 1].value[f] + s->value[f]);
	}
	return e;
}

/* ---- the whole ---- */

static void digest(struct outlet_sheet *s)
{
	unsigned char hash[OUTLET_DIGEST_LETTERS / 2];
	struct buf b;

	buf_init(&b, 4096);
	buf_printf(&b, "%u %" PRIu64 "\n%" PRId64 "\n", s->organisation, s->outlet, s->value[ASSESSMENT_F_MONTH]);
	for (uint32_t f = ASSESSMENT_FIGURES_FIRST; f <= ASSESSMENT_FIGURES_LAST; f++)
		if (s->has >> f & 1)
			buf_printf(&b, "%s %" PRId64 "\n", desk_assessment.field[f].name, s->value[f]);
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)b.p, b.n, NULL, 0);
	for (size_t i = 0; i < sizeof(hash); i++) {
		s->digest[2 * i] = (char)('a' + (hash[i] >> 4));
		s->digest[2 * i + 1] = (char)('a' + (hash[i] & 15));
	}
	buf_release(&b);
}

static void finish(struct outlet_sheet *s, int64_t month_us)
{
	give(s, ASSESSMENT_F_ESTIMATE, in_a_million(s->estimated, s->value[ASSESSMENT_F_OPENED]));
	give(s, ASSESSMENT_F_MEAN, in_a_million(s->expected, s->value[ASSESSMENT_F_OPENED]));
	for (uint32_t f = ASSESSMENT_FIGURES_FIRST; f <= ASSESSMENT_F_TOP; f++)
		give(s, f, s->value[f]);
	give(s, ASSESSMENT_F_MONTH, month_us);
	give(s, ASSESSMENT_F_ORGANISATION, s->organisation);
	s->scores = assessment_scores(s->value, s->has);
	digest(s);
}

static bool there(void *ctx, const struct registry_hit *h)
{
	struct outlet_sheet *s = ctx;
	const struct desk_object *o = h->object;
	const struct desk_code *d = &o->value[ASSESSMENT_F_DIGEST].code;

	if (o->state == ASSESSMENT_WITHDRAWN || desk_i(o, ASSESSMENT_F_MONTH) != s->value[ASSESSMENT_F_MONTH])
		return true;
	s->made = o->id;
	s->state = o->state;
	s->same = text_eq(text_of(d->p, d->n), text_z(s->digest));
	return false;
}

static enum err look_there(struct making *m, struct outlet_sheet *s)
{
	struct registry_query q = { .kind = DESK_ASSESSMENT, .entity = s->about };

	return registry_list(m->registry, &q, REGISTRY_PAGE_MAX, there, s);
}

static int by_organisation(const void *a, const void *b)
{
	return ((const struct outlet_sheet *)a)->organisation - ((const struct outlet_sheet *)b)->organisation;
}

/* Organisations first, so that their sheets stand before those of their outlets. */
static enum err gather(struct making *m, const struct risk *k)
{
	const struct risk_unit *u;
	uint32_t n;
	enum err e;

	u = risk_units(k, &n);
	for (uint32_t i = 0; i < n; i++)
		if (u[i].level == RISK_ORGANISATION)
			add_organisation(m, u[i].organisation);
	e = m->e == ERR_OK ? each_outlet(m, organisation_of_outlet) : m->e;
	if (e != ERR_OK)
		return e;
	if (m->n > 0)
		qsort(m->sheet, m->n, sizeof(*m->sheet), by_organisation);
	for (size_t i = 0; i < m->n; i++)
		m->by_organisation[m->sheet[i].organisation] = (uint32_t)i + 1;
	m->n_organisations = m->n;
	e = each_outlet(m, outlet);
	if (e == ERR_OK)
		m->by_seller = mem_alloc_array(m->n - m->n_organisations + 1, sizeof(*m->by_seller));
	if (e != ERR_OK || m->by_seller == NULL)
		return e != ERR_OK ? e : ERR_MEMORY;
	for (size_t i = m->n_organisations; i < m->n; i++)
		m->by_seller[i - m->n_organisations] = &m->sheet[i];
	if (m->n > m->n_organisations)
		qsort(m->by_seller, m->n - m->n_organisations, sizeof(*m->by_seller), by_seller);
	return ERR_OK;
}

enum err outlet_sheets_load(struct registry *r, int64_t month_us, struct outlet_sheets *out)
{
	struct making m = { .registry = r, .month_us = month_us };
	struct risk *k = NULL;
	int64_t now_us;
	enum err e = registry_place(r, &out->position, &now_us);

	m.by_organisation = mem_alloc_array(ORGANISATIONS, sizeof(*m.by_organisation));
	if (e == ERR_OK && m.by_organisation == NULL)
		e = ERR_MEMORY;
	if (e == ERR_OK)
		e = outlet_risk_run(r, month_us, &k, NULL);
	if (e == ERR_OK)
		e = gather(&m, k);
	if (e == ERR_OK)
		add_risk(&m, k);
	if (e == ERR_OK)
		e = add_training(&m);
	for (size_t i = 0; i < m.n && e == ERR_OK; i++) {
		e = i < m.n_organisations ? add_work(&m, &m.sheet[i]) : ERR_OK;
		finish(&m.sheet[i], month_us);
		e = e == ERR_OK ? look_there(&m, &m.sheet[i]) : e;
	}
	risk_free(k);
	mem_free(m.by_organisation);
	mem_free(m.by_seller);
	if (e != ERR_OK) {
		mem_free(m.sheet);
		m.sheet = NULL;
		m.n = 0;
	}
	out->sheet = m.sheet;
	out->n = m.n;
	return e;
}

void outlet_sheets_release(struct outlet_sheets *s)
{
	mem_free(s->sheet);
	s->sheet = NULL;
	s->n = 0;
}

/* ---- out ---- */

static void put_score(struct buf *b, const char *name, int64_t v)
{
	if (v < 0)
		buf_printf(b, ",\"%s\":null", name);
	else
		buf_printf(b, ",\"%s\":%" PRId64 ".%02d", name, v / 100, (int)(v % 100));
}

static void put_sheet(struct buf *b, const struct outlet_sheet *s)
{
	const char *comma = "";

	buf_printf(b, "{\"organisation\":%u,\"outlet\":", s->organisation);
	desk_put_id(b, DESK_OUTLET, s->outlet);
	buf_z(b, ",\"figures\":{");
	for (uint32_t f = ASSESSMENT_FIGURES_FIRST; f <= ASSESSMENT_FIGURES_LAST; f++)
		if (s->has >> f & 1) {
			buf_printf(b, "%s\"%s\":%" PRId64, comma, desk_assessment.field[f].name, s->value[f]);
			comma = ",";
		}
	buf_char(b, '}');
	put_score(b, "performance", s->scores.performance);
	put_score(b, "security", s->scores.security);
	buf_printf(b, ",\"talk\":%s,\"digest\":\"%s\",\"sheet\":", s->value[ASSESSMENT_F_TOP] == 2 ? "true" : "false",
	           s->digest);
	desk_put_id(b, DESK_ASSESSMENT, s->made);
	if (s->made != 0)
		buf_printf(b, ",\"state\":\"%s\",\"same\":%s", desk_assessment.state[s->state].name,
		           s->same ? "true" : "false");
	buf_char(b, '}');
}

void outlet_sheets_put(struct buf *b, const struct outlet_sheets *s, const struct outlet_question *q)
{
	uint32_t shown = 0, more = 0;

	buf_z(b, "{\"month\":\"");
	outlet_month_put(b, q->month_us);
	buf_printf(b, "\",\"position\":%" PRIu64 ",\"sheets\":[", s->position);
	for (size_t i = 0; i < s->n; i++) {
		if (q->of_organisation && s->sheet[i].organisation != q->organisation)
			continue;
		if (shown == q->most) {
			more++;
			continue;
		}
		buf_z(b, shown++ > 0 ? "," : "");
		put_sheet(b, &s->sheet[i]);
	}
	buf_printf(b, "],\"more\":%u}", more);
}

void outlet_sheet_give(const struct outlet_sheets *all, const struct outlet_sheet *s, struct desk_command *c)
{
	for (uint32_t f = 1; f < ASSESSMENT_F_FIELDS; f++)
		if (s->has >> f & 1)
			desk_give_i(c, f, s->value[f]);
	if (s->outlet != 0)
		desk_give_id(c, ASSESSMENT_F_OUTLET, s->outlet);
	if (s->district != 0)
		desk_give_i(c, ASSESSMENT_F_DISTRICT, s->district);
	desk_give_i(c, ASSESSMENT_F_POSITION, (int64_t)all->position);
	desk_give_code(c, ASSESSMENT_F_DIGEST, text_z(s->digest));
}
