/* http_studio.c - what somebody who writes policies in a browser asks for: where the parts of their texts stand, which words there are, and what their tests say.
 *
 * Nothing changes by any of it; trying a policy out on the past is backtest_job.c's, putting it in force http_policy.c's and http_promotion.c's. */
#include "gateway/policy_job.h"
#include <inttypes.h>
#include "base/mem.h"
#include "show/complaints.h"
#include "show/outline_json.h"
#include "show/vocabulary.h"

/* ---- outline ---- */

static void put_outline(struct request *r, const struct proposal *p, const struct policy_file *file, uint16_t n)
{
	struct outline *o;
	enum err e = outline_new(&o, file, n);

	if (!answer_proposal(r, p, e))
		return;
	buf_char(&r->out, '{');
	outline_json(&r->out, o);
	buf_z(&r->out, ",\"errors\":");
	complaints_json(&r->out, buf_view(&p->errors));
	buf_z(&r->out, "}\n");
	r->status = 200;
	outline_free(o);
}

static void run_outline(struct request *r)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	json_t *body = file == NULL ? NULL : request_json(r);
	struct proposal p;
	struct text rest;
	uint16_t n = 0;

	if (file == NULL)
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	if (body != NULL) {
		enum err e = proposal_of_json(&p, json_object_get(body, "files"), &r->h->o.fill);

		if (e == ERR_OK || e == ERR_FORMAT) /* errors are told beside what could be read */
			e = edition_take_files(buf_view(&p.payload), file, &n, &rest);
		if (answer_proposal(r, &p, e))
			put_outline(r, &p, file, n);
		proposal_release(&p);
	}
	json_decref(body);
	mem_free(file);
}

static void run_vocabulary(struct request *r)
{
	struct edition *e = reading_take(&r->h->reading);

	buf_printf(&r->out, "{\"position\":%" PRIu64 ",", e->position);
	vocabulary_json(&r->out, &e->policy);
	buf_z(&r->out, "}\n");
	r->status = 200;
	edition_drop(e);
}

const struct route http_studio_routes[] = {
	{ "GET", "/v1/policy/vocabulary", SCOPE_POLICIES, ROUTE_SLOW, run_vocabulary },
	{ "POST", "/v1/policies/outline", SCOPE_POLICIES, ROUTE_SLOW, run_outline },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
