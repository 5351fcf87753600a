/* policy_change.c - see policy_change.h. */
#include "gateway/policy_change.h"
#include <inttypes.h>
#include "base/mem.h"
#include "gateway/editions.h"
#include "gateway/http_desk_int.h"
#include "gateway/session_scopes.h"

enum {
	MEMBERS_MAX = 4096
};

bool change_by_person(struct request *r)
{
	bool people = false;
	enum err e;

	if (r->session.user != 0 || r->in_force->config.policy_eyes < 2 || r->h->o.registry == NULL)
		return true;
	e = desk_people(r, session_scopes_roles(SCOPE_POLICIES), 0, &people);
	if (e != ERR_OK)
		desk_answer_store(r, e);
	else if (people)
		desk_answer_refusal(r, DESK_REFUSED_LOG_IN, NULL, 0,
		                    "service.policy_eyes = 1 lets one person, and so a key, change the policy");
	return e == ERR_OK && !people;
}

static void begin(struct request *r, struct change *c, const char *act)
{
	struct edition *now = reading_take(&r->h->reading);

	*c = (struct change){ .act = act, .made_at = now->position };
	buf_init(&c->members, MEMBERS_MAX);
	edition_drop(now);
}

void change_release(struct change *c)
{
	if (!c->same)
		proposal_release(&c->p);
	buf_release(&c->members);
}

/* After the proposal was made, or was not. */
static bool made(struct request *r, struct change *c, enum err e)
{
	if (e == ERR_OK)
		e = c->members.err;
	if (answer_proposal(r, &c->p, e))
		return true;
	change_release(c);
	return false;
}

static bool no_memory(struct request *r)
{
	answer_problem(r, 503, "memory", "Out of memory", "try again");
	return false;
}

bool change_to_files(struct request *r, const json_t *body, struct change *c)
{
	begin(r, c, "policy");
	return made(r, c, proposal_of_json(&c->p, json_object_get(body, "files"), &r->h->o.fill));
}

/* ---- back ---- */

static bool back_to(struct request *r, const struct shard_version *v, struct change *c)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct buf payload;
	uint16_t n = 0;
	bool ok = false;

	buf_init(&payload, RECORD_PAYLOAD_MAX);
	if (file == NULL) {
		no_memory(r);
	} else if (editions_files(r, v, &payload, file, &n)) {
		begin(r, c, "policy-rollback");
		act_number(&c->members, "to", (int64_t)v->position);
		ok = made(r, c, proposal_of_files(&c->p, file, n, &r->h->o.fill));
	}
	mem_free(file);
	buf_release(&payload);
	return ok;
}

bool change_back(struct request *r, const json_t *body, struct change *c)
{
	const json_t *to = json_object_get(body, "to");
	const struct shard_version *v;
	struct editions l;
	char name[32];
	bool ok;

	if (!json_is_integer(to) || json_integer_value(to) <= 0) {
		answer_problem(r, 400, "body", "The request is wrong",
		               "\"to\" is missing: the position of a policy that was in force");
		return false;
	}
	if (!editions_take(r, &l))
		return false;
	snprintf(name, sizeof(name), "%" PRId64, (int64_t)json_integer_value(to));
	v = editions_named(r, &l, text_z(name));
	ok = v != NULL && back_to(r, v, c);
	editions_release(&l);
	return ok;
}

/* ---- one rule's mode ---- */

static const struct rule *rule_named(const struct policy *p, struct text name)
{
	for (uint32_t i = 0; i < p->n_rules; i++)
		if (text_eq(p->rule[i].name, name))
			return &p->rule[i];
	return NULL;
}

static bool mode_named(const json_t *j, enum rule_mode *out)
{
	for (uint32_t m = 0; m < RULE_MODES; m++)
		if (json_is_string(j) && strcmp(json_string_value(j), policy_mode_name((enum rule_mode)m)) == 0) {
			*out = (enum rule_mode)m;
			return true;
		}
	return false;
}

static bool set_mode(struct request *r, const struct edition *now, const struct rule *rule, struct change *c)
{
	const struct policy *po = &now->policy;
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct buf text;
	bool ok = false;

	buf_init(&text, POLICY_TEXT_MAX);
	policy_with_mode(&text, po, rule, c->mode);
	if (file == NULL || text.err != ERR_OK) {
		buf_release(&c->members);
		no_memory(r);
	} else {
		c->base = c->made_at = now->position;
		act_text(&c->members, "rule", rule->name);
		act_text(&c->members, "from", text_z(policy_mode_name(rule->mode)));
		act_text(&c->members, "to", text_z(policy_mode_name(c->mode)));
		memcpy(file, po->file, po->n_files * sizeof(*file));
		file[rule->mode_span.file].text = buf_view(&text);
		ok = made(r, c, proposal_of_files(&c->p, file, po->n_files, &r->h->o.fill));
	}
	mem_free(file);
	buf_release(&text);
	return ok;
}

bool change_mode(struct request *r, struct text name, const json_t *body, struct change *c)
{
	struct edition *now = reading_take(&r->h->reading);
	const struct rule *rule = rule_named(&now->policy, name);
	bool ok = false;

	begin(r, c, "rule-mode");
	if (rule == NULL) {
		answer_problem(r, 404, "unknown", "No such rule", "GET /v1/policy has the rules in force");
	} else if (!mode_named(json_object_get(body, "mode"), &c->mode)) {
		answer_problem(r, 400, "body", "The request is wrong", "\"mode\" is \"live\", \"shadow\" or \"off\"");
	} else if (rule->mode == c->mode) {
		ok = c->same = true;
	} else {
		ok = set_mode(r, now, rule, c);
	}
	edition_drop(now);
	return ok;
}

/* ---- again ---- */

bool change_again(struct request *r, const char *act, struct text members, struct text payload, struct change *c)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct text lists;
	uint16_t n;
	enum err e;

	if (file == NULL)
		return no_memory(r);
	begin(r, c, act);
	buf_text(&c->members, members);
	e = edition_take_files(payload, file, &n, &lists);
	if (e != ERR_OK) {
		buf_release(&c->members);
		answer_problem(r, 503, "proposal", "The proposal's texts are damaged", "propose it again");
	} else {
		e = proposal_of_files(&c->p, file, n, &r->h->o.fill);
		buf_text(&c->p.payload, lists);
		e = made(r, c, e == ERR_OK ? c->p.payload.err : e) ? ERR_OK : ERR_FORMAT;
	}
	mem_free(file);
	return e == ERR_OK;
}

/* ---- the schema ---- */

void change_schema_faults(struct request *r, const struct proposal *p, struct buf *why)
{
	struct edition *now = reading_take(&r->h->reading);

	buf_init(why, 4096);
	schema_extends(&now->policy.schema, &p->edition->policy.schema, why);
	edition_drop(now);
}

bool change_extends(struct request *r, const struct proposal *p)
{
	struct buf fault, why;
	bool ok;

	change_schema_faults(r, p, &fault);
	ok = fault.n == 0 && fault.err == ERR_OK;
	buf_init(&why, 8192);
	buf_printf(
		&why,
		"%.*s. A running service takes only a schema that extends the one in force; to change it otherwise, stop the service "
		"and start it with --adopt",
		(int)fault.n, buf_view(&fault).p);
	if (!ok)
		answer_problem(r, 409, "schema", "The schema does not extend the one in force", why.err == ERR_OK ? why.p : "");
	buf_release(&fault);
	buf_release(&why);
	return ok;
}

uint64_t change_begin(struct request *r, struct change *c, struct text why, struct text more)
{
	char digest[2 * EDITION_DIGEST_BYTES + 1];
	struct buf act;

	if (!change_extends(r, &c->p))
		return 0;
	act_begin(&act, c->act, &r->who, why);
	buf_text(&act, buf_view(&c->members));
	buf_text(&act, more);
	proposal_digest(&c->p, digest);
	act_text(&act, "digest", text_z(digest));
	return policy_job_begin(r, &c->p, &act, why, c->base);
}
