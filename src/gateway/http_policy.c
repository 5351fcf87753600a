/* http_policy.c - policies over HTTP: those that were in force, checking one, putting one in force, going back, and one rule's mode.
 *
 * All of it may wait, so it runs on a worker. What changes the policy is checked here, while the asker waits, and done by a job (policy_job.h). */
#include <inttypes.h>
#include <sodium/utils.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/policy_change.h"
#include "gateway/editions.h"
#include "show/complaints.h"
#include "show/cost.h"

enum {
	VERSIONS_PER_ANSWER = 100
};

/* ---- the policies that were in force ---- */

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
	put_member(b, act, "user");
	put_member(b, act, "proposed_by");
	put_member(b, act, "proposed_user");
	put_member(b, act, "why");
	buf_printf(b, ",\"digest\":\"%s\"", digest);
	json_decref(act);
}

static void run_versions(struct request *r)
{
	uint64_t below, limit;
	const char *comma = "";
	struct editions l;

	if (!request_number(r, "before", INT64_MAX, INT64_MAX, &below) ||
	    !request_limit(r, VERSIONS_PER_ANSWER, SHARD_VERSIONS_MAX, &limit) || !editions_take(r, &l))
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
	editions_release(&l);
}

static void run_version(struct request *r)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	const struct shard_version *v;
	struct buf payload;
	struct editions l;
	uint16_t n = 0;

	buf_init(&payload, RECORD_PAYLOAD_MAX);
	if (file == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	} else if (editions_take(r, &l)) {
		v = editions_named(r, &l, r->arg[0]);
		if (v != NULL && editions_files(r, v, &payload, file, &n)) {
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
		editions_release(&l);
	}
	mem_free(file);
	buf_release(&payload);
}

/* ---- checking ---- */

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
		change_schema_faults(r, &p, &why);
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

/* What a person may not do alone, by a session or by a key. False: the answer is set. */
static bool may_alone(struct request *r)
{
	if (r->session.user == 0 || r->in_force->config.policy_eyes < 2)
		return change_by_person(r);
	answer_problem(
		r, 403, "four-eyes", "It takes two people to change the policy 变更策略须两人办理",
		"POST /v1/policies/proposals, and somebody else approves it; service.policy_eyes = 1 lets one person do it");
	return false;
}

static void change_now(struct request *r, bool take(struct request *r, const json_t *body, struct change *c))
{
	json_t *body = may_alone(r) ? request_json(r) : NULL;
	struct change c;
	struct text why;

	if (body == NULL)
		return;
	if (take(r, body, &c)) {
		if (c.same) {
			buf_printf(&r->out, "{\"mode\":\"%s\",\"changed\":false}\n", policy_mode_name(c.mode));
			r->status = 200;
		} else if (request_why(r, body, &why)) {
			change_begin(r, &c, why, TEXT(""));
		}
		change_release(&c);
	}
	json_decref(body);
}

static void run_load(struct request *r)
{
	change_now(r, change_to_files);
}

static void run_rollback(struct request *r)
{
	change_now(r, change_back);
}

static bool take_mode(struct request *r, const json_t *body, struct change *c)
{
	return change_mode(r, r->arg[0], body, c);
}

static void run_mode(struct request *r)
{
	change_now(r, take_mode);
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
