/* http_connector.c - what institutions send by themselves: feedback and reports of the case platform (XML), receipts of commands (JSON).
 *
 * The key says which organisation it is, scope connector lets it in, and its signature under connector_secret must be right: a key alone, copied from a log of the other side, tells the desk
 * nothing. What is about somebody else's order is answered like what is not there. */
#include <sodium.h>
#include "base/mem.h"
#include "gateway/http_int.h"
#include "gateway/outbox.h"

enum {
	SIGN_WHY_MAX = 2048
};

/* The organisation with its signature looked at. False: the answer is set. */
static bool signed_by(struct request *r, enum connector a, enum connector b, enum connector c)
{
	const struct tenant *t = r->tenant;
	const char *time = request_header(r, SIGN_TIME_HEADER), *signature = request_header(r, SIGN_HEADER);
	struct text at = text_z(time == NULL ? "" : time);
	const struct sign_request what = { text_z(r->route->method), text_z(r->url), buf_view(&r->body) };
	enum sign_verdict v = SIGN_NONE;
	struct sign_secret secret;
	struct buf why;
	enum err e;

	if (outbox_thread_outbox(r->h->o.outbox) == NULL) {
		answer_problem(r, 503, "desk", "There is no desk here", "this service was started without it");
		return false;
	}
	if (t == NULL || (t->connector != a && t->connector != b && t->connector != c)) {
		answer_problem(r, 403, "connector", "This organisation has no such connector",
		               "see connector in doc/settings.md");
		return false;
	}
	e = sign_secret_read(&secret, t->connector_secret, NULL);
	if (e == ERR_OK)
		v = sign_check(&secret, r->h->o.now_us(), at, text_z(signature == NULL ? "" : signature), &what);
	sodium_memzero(&secret, sizeof(secret));
	if (e != ERR_OK) {
		answer_problem(r, 503, "secret", "The organisation's secret can't be read", "try again later");
		return false;
	}
	if (v == SIGN_OK)
		return true;
	buf_init(&why, SIGN_WHY_MAX);
	sign_explain(v, at, &what, &why);
	answer_problem(r, 401, "signature", "The signature is not right",
	               why.err == ERR_OK ? why.p : "doc/connectors.md says what is signed");
	buf_release(&why);
	return false;
}

static void answer_trouble(struct request *r, enum err e)
{
	r->retry_after_s = 1;
	answer_problem(r, 503, e == ERR_CAP ? "overload" : "desk", "The answer could not be noted", "send it again later");
}

/* A message that can't be read has no ids to answer to: an HTTP error then. */
static void run_case(struct request *r)
{
	struct case_message *m, *reply;
	const char *why = "out of memory";
	char *scratch;
	enum err e;

	if (!signed_by(r, CONNECTOR_CASE, CONNECTOR_CASE, CONNECTOR_CASE))
		return;
	m = mem_alloc(sizeof(*m));
	reply = mem_alloc(sizeof(*reply));
	scratch = mem_alloc(r->body.n + 1);
	if (m != NULL)
		m->row = mem_alloc_array(CASE_ROWS_MAX, sizeof(*m->row));
	e = m == NULL || reply == NULL || scratch == NULL || m->row == NULL
	        ? ERR_MEMORY
	        : case_read(buf_view(&r->body), scratch, m, &why);
	if (e == ERR_FORMAT) {
		answer_problem(r, 400, "message", "This is no message of the case platform", why);
	} else {
		if (e == ERR_OK)
			e = outbox_case(outbox_thread_outbox(r->h->o.outbox), r->who.organisation, m, reply);
		if (e == ERR_OK)
			e = case_write(reply, &r->out, &why);
		if (e == ERR_OK) {
			r->type = "application/xml; charset=utf-8";
			r->status = 200;
		} else {
			answer_trouble(r, e);
		}
	}
	if (m != NULL)
		mem_free(m->row);
	mem_free(scratch);
	mem_free(reply);
	mem_free(m);
}

static void run_receipt(struct request *r)
{
	struct command_receipt receipt;
	const char *why = "";
	char *scratch;
	enum err e;

	if (!signed_by(r, CONNECTOR_COMMANDS, CONNECTOR_SENDER, CONNECTOR_CASE))
		return;
	scratch = mem_alloc(r->body.n + 1);
	e = scratch == NULL ? ERR_MEMORY : command_receipt_read(buf_view(&r->body), scratch, &receipt, &why);
	if (e == ERR_FORMAT) {
		answer_problem(r, 400, "receipt", "This is no receipt", why);
	} else {
		if (e == ERR_OK)
			e = outbox_receipt(outbox_thread_outbox(r->h->o.outbox), r->who.organisation, &receipt);
		if (e == ERR_OK) {
			buf_z(&r->out, "{\"taken\":true}\n");
			r->status = 200;
		} else if (e == ERR_ABSENT) {
			answer_problem(r, 404, "unknown", "No such message", "it was never sent to this organisation");
		} else if (e == ERR_RANGE || e == ERR_FORMAT) {
			answer_problem(r, 422, "result", "This result does not fit the command",
			               "passed and not-passed go with verify, the results of calls with call");
		} else {
			answer_trouble(r, e);
		}
	}
	mem_free(scratch);
}

const struct route http_connector_routes[] = {
	{ "POST", "/v1/case-platform", SCOPE_CONNECTOR, ROUTE_SLOW, run_case },
	{ "POST", "/v1/operator-receipts", SCOPE_CONNECTOR, ROUTE_SLOW, run_receipt },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
