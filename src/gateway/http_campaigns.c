/* http_campaigns.c - campaigns over HTTP beyond their tables: what one changed, and what a step needs that stands in files and in the registry.
 *
 * The journal's machine knows no file, and nobody is to claim what a file or the registry can tell. So the service looks before it journals: how many a segment has and how many are held out (`segment`), whether it is still that
 * one (`approve`, and each text), and what the campaign came to (`measure`) goes from here into the command. A client gives none of it. And nobody texts by hand whom the lot gave to the other arm. */
#include <inttypes.h>
#include <sodium.h>
#include "base/mem.h"
#include "desk/publication.h"
#include "gateway/assigned.h"
#include "gateway/http_desk_int.h"
#include "gateway/measuring.h"
#include "gateway/refusals.h"

#define READERS                                                                                               \
	(1u << ROLE_ANALYST | 1u << ROLE_MEDIA | 1u << ROLE_EDITOR | 1u << ROLE_LEADER | 1u << ROLE_CITY_LEADER | \
	 1u << ROLE_AUDITOR)

/* ---- the segment's file ---- */

static const char *segment_wrong(enum err e)
{
	return e == ERR_ABSENT
	           ? "its file is not in the service's data directory: duanka campaign segment makes it"
	           : "its file is damaged, or has another size, number held out or digest than stand in the campaign";
}

/* A file that is missing or another one is no failure of the service. */
static enum err object_to_segment(enum err e, struct desk_objection *x)
{
	if (e != ERR_ABSENT && e != ERR_FORMAT)
		return e;
	*x = (struct desk_objection){ .no = DESK_REFUSED_SEGMENT, .why = segment_wrong(e) };
	return ERR_OK;
}

/* ---- who may be texted ---- */

struct looking { /* through drips that go on with a material */
	struct assigned *assigned;
	struct token phone;
	bool held;
	enum err e;
};

static bool goes_on(const struct desk_object *c)
{
	return desk_i(c, CAMPAIGN_F_MANNER) == CAMPAIGN_DRIP &&
	       (c->state == CAMPAIGN_APPROVED || c->state == CAMPAIGN_RUNNING || c->state == CAMPAIGN_ENDED);
}

static bool look_at_drip(void *ctx, const struct registry_hit *h)
{
	struct looking *k = ctx;
	enum assigned_place place = ASSIGNED_OUTSIDE;

	if (goes_on(h->object))
		k->e = assigned_find(k->assigned, h->object, k->phone, &place);
	k->held |= place == ASSIGNED_HELD;
	return k->e == ERR_OK && !k->held;
}

/* A material to a phone by hand: whoever a drip with this material holds out, does not get it on the side either. */
static enum err look_by_material(struct request *r, const struct desk_command *c, struct desk_objection *x)
{
	struct looking k = { .assigned = r->h->assigned, .phone = c->value[PUBLICATION_F_PHONE].token };
	struct registry_query q = { .kind = DESK_CAMPAIGN, .entity = desk_thing(c->value[PUBLICATION_F_MATERIAL].id) };
	enum err e = registry_each(r->h->o.registry, &q, look_at_drip, &k);

	if (k.held)
		*x = (struct desk_objection){ .no = DESK_REFUSED_HELD_OUT, .field = PUBLICATION_F_PHONE };
	return object_to_segment(e == ERR_OK ? k.e : e, x);
}

static enum err look_at_text(struct request *r, const struct desk_command *c, struct desk_objection *x)
{
	enum assigned_place place = ASSIGNED_IN;
	struct desk_object campaign;
	enum err e = registry_load(r->h->o.registry, c->value[PUBLICATION_F_CAMPAIGN].id, &campaign);

	if (e == ERR_ABSENT || (e == ERR_OK && (campaign.kind != DESK_CAMPAIGN || campaign.state != CAMPAIGN_RUNNING ||
	                                        desk_i(&campaign, CAMPAIGN_F_MANNER) != CAMPAIGN_DRIP)))
		return ERR_OK; /* the machine says what is wrong */
	if (e == ERR_OK)
		e = assigned_find(r->h->assigned, &campaign, c->value[PUBLICATION_F_PHONE].token, &place);
	if (place != ASSIGNED_IN)
		*x = (struct desk_objection){ .no = place == ASSIGNED_HELD ? DESK_REFUSED_HELD_OUT : DESK_REFUSED_NOT_ASSIGNED,
			                          .field = PUBLICATION_F_PHONE };
	return object_to_segment(e, x);
}

/* ---- steps ---- */

static void letters_of(const unsigned char digest[CAMPAIGN_DIGEST_BYTES], struct desk_command *c, uint32_t field)
{
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];

	campaign_digest_print(digest, letters);
	desk_give_code(c, field, text_z(letters));
}

/* What the file says by its rows. */
static enum err count_segment(struct request *r, const struct desk_object *o, struct desk_command *c,
                              struct desk_objection *x)
{
	struct segment s;
	enum err e = assigned_look(r->h->assigned, o, &s);

	if (e != ERR_OK)
		return object_to_segment(e, x);
	desk_give_i(c, CAMPAIGN_F_SIZE, (int64_t)s.rows);
	desk_give_i(c, CAMPAIGN_F_HELD, (int64_t)s.held);
	desk_give_i(c, CAMPAIGN_F_POWER_AT, (int64_t)(1000 * measuring_power(o, &s)));
	letters_of(s.digest, c, CAMPAIGN_F_DIGEST);
	segment_close(&s);
	return ERR_OK;
}

static enum err check_segment(struct request *r, const struct desk_object *o, struct desk_objection *x)
{
	struct segment s;
	enum err e = assigned_segment(r->h->assigned, o, &s);

	if (e == ERR_OK)
		segment_close(&s);
	return object_to_segment(e, x);
}

static void report_json(const struct measured *m, struct buf *json, unsigned char digest[CAMPAIGN_DIGEST_BYTES])
{
	buf_init(json, 1 << 16);
	measured_json(m, json);
	crypto_generichash(digest, CAMPAIGN_DIGEST_BYTES, (const unsigned char *)json->p, json->n, NULL, 0);
}

static enum err give_report(const struct measured *m, struct desk_command *c)
{
	unsigned char digest[CAMPAIGN_DIGEST_BYTES];
	struct buf json;
	enum err e;

	report_json(m, &json, digest);
	e = json.err;
	buf_release(&json);
	desk_give_i(c, CAMPAIGN_F_VERDICT, measured_verdict(m));
	desk_give_i(c, CAMPAIGN_F_AS_OF, (int64_t)m->position);
	letters_of(digest, c, CAMPAIGN_F_REPORT);
	return e;
}

static enum err measure(struct request *r, const struct desk_object *o, struct desk_command *c,
                        struct desk_objection *x)
{
	struct measured *m;
	struct segment s;
	enum err e = assigned_segment(r->h->assigned, o, &s);

	if (e != ERR_OK)
		return object_to_segment(e, x);
	m = mem_alloc(sizeof(*m));
	e = m == NULL ? ERR_MEMORY : measuring_run(r->h->o.registry, o, &s, m);
	segment_close(&s);
	if (e == ERR_OK && m->timing == EFFECT_OVER)
		e = give_report(m, c);
	else if (e == ERR_OK)
		x->no = DESK_REFUSED_TOO_EARLY;
	mem_free(m);
	return e;
}

/* What is absent, of another version, or not in a state for the step, the machine refuses, or answers as before if the request is repeated. */
static enum err look_at_step(struct request *r, struct desk_command *c, struct desk_objection *x)
{
	struct desk_object o;
	enum err e = registry_load(r->h->o.registry, c->object, &o);

	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e;
	if (o.kind != DESK_CAMPAIGN || (c->version != 0 && c->version != o.version) ||
	    (desk_campaign.step[c->step].from >> o.state & 1) == 0)
		return ERR_OK;
	if (c->step == CAMPAIGN_DO_APPROVE)
		return check_segment(r, &o, x);
	return c->step == CAMPAIGN_DO_SEGMENT ? count_segment(r, &o, c, x) : measure(r, &o, c, x);
}

static enum err look_at_refusals(struct request *r, struct token phone, struct desk_objection *x)
{
	enum refusal no;
	enum err e = refusals_ask(r->h->o.writer, &r->in_force->config, phone, r->h->o.now_us(), &no);

	if (e == ERR_OK && no != REFUSAL_NONE)
		*x = (struct desk_objection){ .no = DESK_REFUSED_UNWANTED, .field = PUBLICATION_F_PHONE };
	if (no == REFUSAL_UNKNOWN)
		x->why = "the policy in force has no list of phones by the name in outbox.refusals";
	return e;
}

enum err desk_look_at_files(struct request *r, struct desk_command *c, struct desk_objection *x)
{
	bool phone = c->kind == DESK_PUBLICATION && (c->given >> PUBLICATION_F_PHONE & 1);

	*x = (struct desk_objection){ .no = DESK_OK };
	if (phone && (c->step == PUBLICATION_DO_TEXT || c->step == PUBLICATION_DO_PLAN)) {
		enum err e = look_at_refusals(r, c->value[PUBLICATION_F_PHONE].token, x);

		if (e != ERR_OK || x->no != DESK_OK)
			return e;
	}
	if (phone && c->step == PUBLICATION_DO_TEXT)
		return look_at_text(r, c, x);
	if (phone && c->step == PUBLICATION_DO_PLAN)
		return look_by_material(r, c, x);
	if (c->kind == DESK_CAMPAIGN &&
	    (c->step == CAMPAIGN_DO_SEGMENT || c->step == CAMPAIGN_DO_APPROVE || c->step == CAMPAIGN_DO_MEASURE))
		return look_at_step(r, c, x);
	return ERR_OK;
}

/* ---- what it changed ---- */

static void put_report(struct request *r, const struct measured *m)
{
	unsigned char digest[CAMPAIGN_DIGEST_BYTES];
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];
	const struct desk_object *c = &m->campaign;
	struct buf json;

	report_json(m, &json, digest);
	campaign_digest_print(digest, letters);
	buf_z(&r->out, "{\"report\":");
	buf_text(&r->out, text_trim(buf_view(&json)));
	buf_printf(&r->out, ",\"digest\":\"%s\",\"state\":\"%s\",\"over\":", letters, desk_campaign.state[c->state].name);
	desk_put_time(&r->out, m->measure_at_us);
	buf_printf(&r->out, ",\"power\":{\"wanted\":%.3f,\"beforehand\":%.3f},\"effect_worth_knowing\":%.3f", m->plan.power,
	           (double)desk_i(c, CAMPAIGN_F_POWER_AT) / 1000, m->plan.effect);
	buf_z(&r->out, ",\"words\":{\"en\":");
	buf_json(&r->out, text_z(measured_words(m, LANG_EN)));
	buf_z(&r->out, ",\"zh\":");
	buf_json(&r->out, text_z(measured_words(m, LANG_ZH)));
	buf_z(&r->out, "}}\n");
	if (json.err != ERR_OK && r->out.err == ERR_OK)
		r->out.err = json.err;
	buf_release(&json);
}

static void answer_segment(struct request *r, const struct desk_object *c, enum err e)
{
	if (!desk_has(c, CAMPAIGN_F_DIGEST))
		answer_problem(r, 409, "segment", "The campaign has no segment yet 活动尚未分群",
		               "duanka campaign segment makes it; nothing can be told of a campaign before");
	else if (e == ERR_FORMAT || e == ERR_ABSENT)
		desk_answer_refusal(r, DESK_REFUSED_SEGMENT, &desk_campaign, 0, segment_wrong(e));
	else
		desk_answer_store(r, e);
}

static void run_effect(struct request *r)
{
	struct measured *m;
	struct segment s;
	struct desk_object c;
	struct desk_asker a;
	enum err e;

	if (!desk_asker(r, &a) || !desk_asked_object(r, &a, &desk_campaign, r->arg[0], &c))
		return;
	if ((a.roles & READERS) == 0) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, NULL, 0, NULL);
		return;
	}
	e = assigned_segment(r->h->assigned, &c, &s);
	if (e != ERR_OK) {
		answer_segment(r, &c, e);
		return;
	}
	m = mem_alloc(sizeof(*m));
	e = m == NULL ? ERR_MEMORY : measuring_run(r->h->o.registry, &c, &s, m);
	segment_close(&s);
	if (e == ERR_OK) {
		put_report(r, m);
		desk_answer_tagged(r, r->out.n, false);
	} else {
		desk_answer_store(r, e);
	}
	mem_free(m);
}

const struct route http_campaigns_routes[] = {
	{ "GET", "/v1/campaigns/*/effect", SCOPE_DESK, ROUTE_SLOW, run_effect },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
