/* http_state.c - how the service is: its rules, its health, its figures. */
#include <inttypes.h>
#include <stdio.h>
#include "gateway/http_int.h"
#include "gateway/openapi.h"

static void run_policy(struct request *r)
{
	struct edition *e = reading_take(&r->h->reading);
	const struct policy *p = &e->policy;

	buf_printf(&r->out, "{\"position\":%" PRIu64 ",\"rules\":[", e->position);
	for (uint32_t i = 0; i < p->n_rules; i++) {
		buf_printf(&r->out, "%s{\"name\":", i > 0 ? "," : "");
		buf_json(&r->out, p->rule[i].name);
		buf_printf(&r->out, ",\"mode\":\"%s\",\"severity\":\"%s\",\"score\":%" PRId64 ",\"written\":",
		           policy_mode_name(p->rule[i].mode), policy_severity_name(p->rule[i].severity),
		           (int64_t)p->rule[i].score);
		buf_json(&r->out, p->rule[i].written);
		buf_char(&r->out, '}');
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
	edition_drop(e);
}

static void run_health(struct request *r)
{
	buf_z(&r->out, "{\"status\":\"alive\"}\n");
	r->status = 200;
}

static void run_ready(struct request *r)
{
	struct writer_counts c;
	bool stalled;
	char chain[2 * JOURNAL_CHAIN_BYTES + 1];

	writer_counts(r->h->o.writer, &c);
	stalled = writer_stalled(&c, r->h->o.now_us(), r->in_force->config.stall_us);
	if (c.dead || stalled || r->h->stopping) {
		answer_problem(r, 503, "not-ready", "Not ready",
		               c.dead    ? "the journal could not be written"
		               : stalled ? "the writer does not get on"
		                         : "stopping");
		return;
	}
	for (int i = 0; i < JOURNAL_CHAIN_BYTES; i++)
		snprintf(chain + 2 * i, 3, "%02x", c.chain[i]);
	buf_printf(&r->out, "{\"status\":\"ready\",\"next\":%" PRIu64 ",\"chain\":\"%s\"}\n", c.next, chain);
	r->status = 200;
}

static void run_openapi(struct request *r)
{
	buf_add(&r->out, openapi_document[0].text, openapi_document[0].n);
	r->status = 200;
}

const struct route http_state_routes[] = {
	{ "GET", "/v1/openapi.json", 0, ROUTE_QUICK, run_openapi },
	{ "GET", "/v1/policy", SCOPE_POLICIES, ROUTE_SLOW, run_policy },
	{ "GET", "/v1/health", 0, ROUTE_QUICK, run_health },
	{ "GET", "/v1/ready", 0, ROUTE_QUICK, run_ready },
	{ "GET", "/metrics", SCOPE_METRICS, ROUTE_QUICK, answer_metrics },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
