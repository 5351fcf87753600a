/* http_policy.c - policies over HTTP: those that were in force, checking one, putting one in force, going back, and one rule's mode.
 *
 * All of it may wait, so it runs on a worker. What changes the policy is checked here, while the asker waits, and done by a job (policy_job.h). */
#include <inttypes.h>
#include <sodium/utils.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/policy_job.h"
#include "show/complaints.h"
#include "show/cost.h"

enum {
	VERSIONS_PER_ANSWER = 100
};

/* ---- the policies that were in force ---- */

struct look { /* a copy of what the shard remembers, made on the writer's thread */
	struct shard_version *version;
	uint32_t n;
	enum err e;
};

static void copy_versions(void *ctx, struct shard *s)
{
	struct look *l = ctx;
	uint32_t n;
	const struct shard_version *v = shard_versions(s, &n);

	l->version = mem_alloc_array((size_t)n + 1, sizeof(*v));
	l->e = l->version == NULL ? ERR_MEMORY : ERR_OK;
	for (; l->e == ERR_OK && l->n < n; l->n++) {
		struct shard_version *to = &l->version[l->n];

		*to = v[l->n];
		to->act = v[l->n].act == NULL ? NULL : mem_copy_text(v[l->n].act, v[l->n].act_n);
		if (to->act == NULL && v[l->n].act != NULL)
			l->e = ERR_MEMORY;
	}
}

static void look_release(struct look *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		mem_free(l->version[i].act);
	mem_free(l->version);
}

/* False: the answer is set. */
static bool look(struct request *r, struct look *l)
{
	*l = (struct look){ .version = NULL };
	if (writer_do(r->h->o.writer, copy_versions, l) && l->e == ERR_OK)
		return true;
	look_release(l);
	answer_problem(r, 503, "stopping", "The service is stopping or out of memory", "try again after a second");
	return false;
}

static void put_member(struct buf *b, const json_t *act, const char *name)
{
	const json_t *j = json_object_get(act, name);

	buf_printf(b, ",\"%s\":", name);
	if (json_is_string(j))
		buf_json(b, text_of(json_string_value(j), json_string_length(j)));
	else
		buf_z(b, "null");
}

/* Its members, without braces. */
static void put_version(struct buf *b, const struct shard_version *v)
{
	char digest[2 * EDITION_DIGEST_BYTES + 1];
	json_t *act = v->act == NULL ? NULL : json_loadb(v->act, v->act_n, 0, NULL);

	sodium_bin2hex(digest, sizeof(digest), v->digest, sizeof(v->digest));
	buf_printf(b, "\"position\":%" PRIu64 ",\"time\":\"", v->position);
	clock_format(b, v->time_us, &clock_shanghai);
	buf_char(b, '"');
	put_member(b, act, "act");
	put_member(b, act, "who");
	put_member(b, act, "why");
	buf_printf(b, ",\"digest\":\"%s\"", digest);
	json_decref(act);
}

static void run_versions(struct request *r)
{
	uint64_t below, limit;
	const char *comma = "";
	struct look l;

	if (!request_number(r, "before", INT64_MAX, INT64_MAX, &below) ||
	    !request_limit(r, VERSIONS_PER_ANSWER, SHARD_VERSIONS_MAX, &limit) || !look(r, &l))
		return;
	buf_printf(&r->out, "{\"current\":%" PRIu64 ",\"policies\":[", l.version[l.n - 1].position);
	for (uint32_t i = l.n; i-- > 0 && limit > 0;) {
		if (l.version[i].position >= below)
			continue;
		buf_printf(&r->out, "%s{", comma);
		put_version(&r->out, &l.version[i]);
		buf_char(&r->out, '}');
		comma = ",";
		limit--;
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
	look_release(&l);
}

/* The version named in the address: a position or "current". NULL: the answer is set. */
static const struct shard_version *version_named(struct request *r, const struct look *l, struct text name)
{
	int64_t position = 0;

	if (text_eq(name, TEXT("current")))
		return &l->version[l->n - 1];
	if (text_to_int(name, &position) == ERR_OK)
		for (uint32_t i = 0; i < l->n; i++)
			if (l->version[i].position == (uint64_t)position)
				return &l->version[i];
	answer_problem(r, 404, "unknown", "No such policy",
	               "GET /v1/policies has the positions at which policies took effect");
	return NULL;
}

/* The payload of the POLICY record at a position. */
static enum err read_payload(struct request *r, uint64_t position, struct buf *out)
{
	struct journal_reader *reader;
	struct record record = { .kind = RECORD_NONE };
	enum err e = journal_reader_open(&reader, r->h->o.fill.disk, position, position + 1);

	if (e != ERR_OK)
		return e;
	while (e == ERR_OK && record.position != position)
		e = journal_read(reader, &record, NULL);
	if (e == ERR_OK && record.kind != RECORD_POLICY)
		e = ERR_FORMAT;
	if (e == ERR_OK) {
		buf_text(out, record.payload);
		e = out->err;
	}
	journal_reader_close(reader);
	return e;
}

/* Files of the version at hand, pointing into payload. False: the answer is set. */
static bool files_of(struct request *r, const struct shard_version *v, struct buf *payload, struct policy_file *file,
                     uint16_t *n)
{
	struct text rest;
	enum err e = read_payload(r, v->position, payload);

	if (e == ERR_OK)
		e = edition_take_files(buf_view(payload), file, n, &rest);
	if (e == ERR_OK)
		return true;
	answer_problem(r, e == ERR_ABSENT ? 410 : 503, "journal", "The policy can't be read",
	               e == ERR_ABSENT ? "its record is older than what the journal keeps" : err_name(e));
	return false;
}

static void run_version(struct request *r)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	const struct shard_version *v;
	struct buf payload;
	struct look l;
	uint16_t n = 0;

	buf_init(&payload, RECORD_PAYLOAD_MAX);
	if (file == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	} else if (look(r, &l)) {
		v = version_named(r, &l, r->arg[0]);
		if (v != NULL && files_of(r, v, &payload, file, &n)) {
			buf_char(&r->out, '{');
			put_version(&r->out, v);
			buf_z(&r->out, ",\"files\":[");
			for (uint16_t i = 0; i < n; i++) {
				buf_z(&r->out, i > 0 ? ",{\"path\":" : "{\"path\":");
				buf_json(&r->out, file[i].path);
				buf_z(&r->out, ",\"text\":");
				buf_json(&r->out, file[i].text);
				buf_char(&r->out, '}');
			}
			buf_z(&r->out, "]}\n");
			r->status = 200;
		}
		look_release(&l);
	}
	mem_free(file);
	buf_release(&payload);
}

/* ---- checking ---- */

/* What stands between the proposed schema and the one in force; empty: nothing. */
static void schema_faults(struct request *r, const struct proposal *p, struct buf *why)
{
	struct edition *now = reading_take(&r->h->reading);

	buf_init(why, 4096);
	schema_extends(&now->policy.schema, &p->edition->policy.schema, why);
	edition_drop(now);
}

static void run_validate(struct request *r)
{
	json_t *body = request_json(r);
	struct proposal p;
	struct buf why;
	char digest[2 * EDITION_DIGEST_BYTES + 1];
	enum err e;

	if (body == NULL)
		return;
	e = proposal_of_json(&p, json_object_get(body, "files"), &r->h->o.fill);
	if (e == ERR_FORMAT) {
		buf_z(&r->out, "{\"ok\":false,\"errors\":");
		complaints_json(&r->out, buf_view(&p.errors));
		buf_z(&r->out, "}\n");
		r->status = 200;
	} else if (answer_proposal(r, &p, e)) {
		schema_faults(r, &p, &why);
		proposal_digest(&p, digest);
		buf_printf(&r->out, "{\"ok\":true,\"digest\":\"%s\",\"schema\":{\"extends\":%s,\"why\":", digest,
		           why.n == 0 ? "true" : "false");
		buf_json(&r->out, buf_view(&why));
		buf_z(&r->out, "},");
		cost_json(&r->out, p.plan);
		buf_z(&r->out, "}\n");
		r->status = 200;
		buf_release(&why);
	}
	proposal_release(&p);
	json_decref(body);
}

/* ---- changing ---- */

static bool extends(struct request *r, const struct proposal *p)
{
	struct buf why;
	bool ok;

	schema_faults(r, p, &why);
	ok = why.n == 0 && why.err == ERR_OK;
	buf_z(
		&why,
		". A running service takes only a schema that extends the one in force; to change it otherwise, stop the service and start it "
		"with --adopt");
	if (!ok)
		answer_problem(r, 409, "schema", "The schema does not extend the one in force", why.err == ERR_OK ? why.p : "");
	buf_release(&why);
	return ok;
}

/* act is begun: with who, why and what else there is to say. */
static void propose(struct request *r, struct proposal *p, struct buf *act, struct text why, uint64_t base)
{
	char digest[2 * EDITION_DIGEST_BYTES + 1];

	if (!extends(r, p)) {
		buf_release(act);
		return;
	}
	proposal_digest(p, digest);
	act_text(act, "digest", text_z(digest));
	policy_job_begin(r, p, act, why, base);
}

static void run_load(struct request *r)
{
	json_t *body = request_json(r);
	struct proposal p;
	struct text why;
	struct buf act;

	if (body == NULL)
		return;
	if (request_why(r, body, &why)) {
		enum err e = proposal_of_json(&p, json_object_get(body, "files"), &r->h->o.fill);

		if (answer_proposal(r, &p, e)) {
			act_begin(&act, "policy", &r->who, why);
			propose(r, &p, &act, why, 0);
		}
		proposal_release(&p);
	}
	json_decref(body);
}

static void roll_back(struct request *r, const struct shard_version *v, struct text why)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct buf payload, act;
	struct proposal p;
	uint16_t n = 0;

	buf_init(&payload, RECORD_PAYLOAD_MAX);
	if (file == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	} else if (files_of(r, v, &payload, file, &n)) {
		enum err e = proposal_of_files(&p, file, n, &r->h->o.fill);

		if (answer_proposal(r, &p, e)) {
			act_begin(&act, "policy-rollback", &r->who, why);
			act_number(&act, "to", (int64_t)v->position);
			propose(r, &p, &act, why, 0);
		}
		proposal_release(&p);
	}
	mem_free(file);
	buf_release(&payload);
}

static void run_rollback(struct request *r)
{
	json_t *body = request_json(r);
	const json_t *to = json_object_get(body, "to");
	const struct shard_version *v;
	struct text why;
	struct look l;
	char name[32];

	if (body == NULL)
		return;
	if (!json_is_integer(to) || json_integer_value(to) <= 0) {
		answer_problem(r, 400, "body", "The request is wrong",
		               "\"to\" is missing: the position of a policy that was in force");
	} else if (request_why(r, body, &why) && look(r, &l)) {
		snprintf(name, sizeof(name), "%" PRId64, (int64_t)json_integer_value(to));
		v = version_named(r, &l, text_z(name));
		if (v != NULL)
			roll_back(r, v, why);
		look_release(&l);
	}
	json_decref(body);
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

static void set_mode(struct request *r, const struct edition *now, const struct rule *rule, enum rule_mode mode,
                     struct text why)
{
	const struct policy *po = &now->policy;
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct buf text, act;
	struct proposal p;

	buf_init(&text, POLICY_TEXT_MAX);
	policy_with_mode(&text, po, rule, mode);
	if (file == NULL || text.err != ERR_OK) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	} else {
		enum err e;

		memcpy(file, po->file, po->n_files * sizeof(*file));
		file[rule->mode_span.file].text = buf_view(&text);
		e = proposal_of_files(&p, file, po->n_files, &r->h->o.fill);
		if (answer_proposal(r, &p, e)) {
			act_begin(&act, "rule-mode", &r->who, why);
			act_text(&act, "rule", rule->name);
			act_text(&act, "from", text_z(policy_mode_name(rule->mode)));
			act_text(&act, "to", text_z(policy_mode_name(mode)));
			propose(r, &p, &act, why, now->position);
		}
		proposal_release(&p);
	}
	mem_free(file);
	buf_release(&text);
}

static void run_mode(struct request *r)
{
	json_t *body = request_json(r);
	struct edition *now;
	const struct rule *rule;
	enum rule_mode mode;
	struct text why;

	if (body == NULL)
		return;
	now = reading_take(&r->h->reading);
	rule = rule_named(&now->policy, r->arg[0]);
	if (rule == NULL) {
		answer_problem(r, 404, "unknown", "No such rule", "GET /v1/policy has the rules in force");
	} else if (!mode_named(json_object_get(body, "mode"), &mode)) {
		answer_problem(r, 400, "body", "The request is wrong", "\"mode\" is \"live\", \"shadow\" or \"off\"");
	} else if (rule->mode == mode) {
		buf_printf(&r->out, "{\"mode\":\"%s\",\"changed\":false}\n", policy_mode_name(mode));
		r->status = 200;
	} else if (request_why(r, body, &why)) {
		set_mode(r, now, rule, mode, why);
	}
	edition_drop(now);
	json_decref(body);
}

const struct route http_policy_routes[] = {
	{ "GET", "/v1/policies", SCOPE_POLICIES, ROUTE_SLOW, run_versions },
	{ "GET", "/v1/policies/*", SCOPE_POLICIES, ROUTE_SLOW, run_version },
	{ "POST", "/v1/policies", SCOPE_POLICIES, ROUTE_SLOW, run_load },
	{ "POST", "/v1/policies/validate", SCOPE_POLICIES, ROUTE_SLOW, run_validate },
	{ "POST", "/v1/policies/rollback", SCOPE_POLICIES, ROUTE_SLOW, run_rollback },
	{ "POST", "/v1/rules/*/mode", SCOPE_POLICIES, ROUTE_SLOW, run_mode },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
