/* http_overview.c - what an administrator looks at: the organisations as their settings have them and how messages to them fare, and how the service is in detail. No secret is told: of where
 * messages go, the host only. */
#include <inttypes.h>
#include "gateway/http_desk_int.h"
#include "gateway/outbox.h"

/* ---- organisations ---- */

/* The host of an address: "bank.example:8443". Empty: it has none. */
static struct text host_of(const char *url)
{
	const char *at = strstr(url, "://");
	const char *user;
	size_t n;

	if (at == NULL)
		return TEXT("");
	at += 3;
	n = strcspn(at, "/?#");
	user = memchr(at, '@', n);
	return user == NULL ? text_of(at, n) : text_of(user + 1, n - (size_t)(user + 1 - at));
}

static void put_text(struct buf *b, const char *name, const char *z)
{
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, text_z(z));
}

static void put_connector(struct buf *b, const struct tenant *t)
{
	struct text host = t->connector == CONNECTOR_SPOOL ? TEXT("") : host_of(t->connector_url);

	buf_printf(b, ",\"connector\":{\"kind\":\"%s\",\"host\":", connector_names[t->connector]);
	if (host.n > 0)
		buf_json(b, host);
	else
		buf_z(b, "null");
	buf_printf(b, ",\"timeout_ms\":%" PRId64 "}", t->connector_timeout_us / 1000);
}

static enum err put_outbox(struct request *r, const struct tenant *t)
{
	struct outbox *o = outbox_thread_outbox(r->h->o.outbox);
	struct outbox_circuit_state c = { 0 };
	struct delivery_queue q;
	struct buf *b = &r->out;
	enum err e;

	if (r->h->o.delivery == NULL || t->number == 0) {
		buf_z(b, ",\"outbox\":null");
		return ERR_OK;
	}
	e = delivery_queue(r->h->o.delivery, t->number, &q);
	if (e != ERR_OK)
		return e;
	if (o != NULL)
		outbox_circuit_of(o, t->number, &c);
	buf_printf(b, ",\"outbox\":{\"due\":%" PRIu64 ",\"dead\":%" PRIu64 ",\"next\":", q.due, q.dead);
	desk_put_time(b, q.next_us);
	buf_printf(b, ",\"circuit\":\"%s\",\"failures\":%" PRIu32 ",\"under_way\":%" PRIu32 ",\"until\":",
	           c.open_until_us != 0 ? "open" : "closed", c.failures, c.under_way);
	desk_put_time(b, c.open_until_us);
	buf_char(b, '}');
	return ERR_OK;
}

static uint32_t keys_of(const struct request *r, const struct tenant *t)
{
	const struct keys *k = &r->in_force->keys;
	uint32_t n = 0;

	for (uint32_t i = 0; i < k->n; i++)
		n += !k->key[i].revoked && r->h->o.now_us() < k->key[i].until_us && strcmp(k->key[i].tenant, t->name) == 0;
	return n;
}

static enum err put_organisation(struct request *r, const struct tenant *t)
{
	const struct organisation *o = &r->h->organisations.of[organisation_slot(r->h, t)];
	struct buf *b = &r->out;

	buf_z(b, "{\"name\":");
	buf_json(b, text_z(t->name));
	buf_printf(b, ",\"number\":%u,\"rate\":%" PRIu32 ",\"burst\":%" PRIu32 ",\"budget_ms\":%" PRId64, t->number,
	           t->rate, t->burst, t->budget_us / 1000);
	buf_printf(b, ",\"exception\":\"%s\",\"simulate\":%s,\"sees\":[", exception_names[t->exception],
	           t->simulate ? "true" : "false");
	for (uint32_t i = 0; i < t->n_sees; i++) {
		buf_z(b, i > 0 ? "," : "");
		buf_json(b, text_z(t->sees[i]));
	}
	buf_char(b, ']');
	put_text(b, "client_cn", t->client_cn);
	put_text(b, "carriers", t->carriers);
	put_text(b, "banks", t->banks);
	put_text(b, "takes", t->takes);
	put_text(b, "districts", t->districts);
	buf_printf(b, ",\"keys\":%" PRIu32 ",\"events\":%" PRIu64 ",\"limited\":%" PRIu64 ",\"shed\":%" PRIu64,
	           keys_of(r, t), o->count[ORGANISATION_EVENTS], o->count[ORGANISATION_LIMITED],
	           o->count[ORGANISATION_SHED]);
	put_connector(b, t);
	return put_outbox(r, t);
}

static void run_organisations(struct request *r)
{
	const struct config *c = &r->in_force->config;
	enum err e = ERR_OK;

	if (!request_sees_all(r))
		return;
	buf_z(&r->out, "{\"organisations\":[");
	for (uint32_t i = 0; e == ERR_OK && i < c->n_tenants; i++) {
		buf_z(&r->out, i > 0 ? "," : "");
		e = put_organisation(r, &c->tenant[i]);
		buf_char(&r->out, '}');
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
	if (e != ERR_OK)
		answer_problem(r, 503, "delivery", "How messages fare can't be read now", err_name(e));
}

/* ---- how the service is ---- */

static enum err put_journal(struct request *r, const struct writer_counts *c)
{
	struct journal_size size;
	enum err e = journal_size(r->h->o.fill.disk, &size);
	struct buf *b = &r->out;

	if (e != ERR_OK)
		return e;
	buf_printf(b,
	           "{\"journal\":{\"first\":%" PRIu64 ",\"next\":%" PRIu64 ",\"segments\":%" PRIu64 ",\"bytes\":%" PRIu64,
	           size.first, c->next, size.segments, size.bytes);
	buf_z(b, ",\"oldest\":");
	desk_put_time(b, size.oldest_us);
	buf_printf(b, ",\"expired\":%" PRIu64 ",\"dead\":%s}", c->segments_expired, c->dead ? "true" : "false");
	return ERR_OK;
}

/* Since the start; a service that has written none yet says null. */
static void put_snapshots(struct buf *b, const struct writer_counts *c)
{
	buf_printf(b, ",\"snapshots\":{\"written\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"last\":", c->snapshots,
	           c->snapshots_failed);
	desk_put_time(b, c->snapshot_us);
	buf_char(b, '}');
}

static enum err put_desk(struct request *r)
{
	struct projector_counts c;
	uint64_t position = 0;
	int64_t now_us = 0;
	struct buf *b = &r->out;
	enum err e;

	if (r->h->o.projector == NULL) {
		buf_z(b, ",\"desk\":null");
		return ERR_OK;
	}
	projector_counts(r->h->o.projector, &c);
	e = registry_place(r->h->o.registry, &position, &now_us);
	if (e != ERR_OK)
		return e;
	buf_printf(b, ",\"desk\":{\"position\":%" PRIu64 ",\"behind\":%" PRIu64 ",\"failing\":%s,\"registry\":%" PRIu64,
	           c.position, c.next > c.position + 1 ? c.next - 1 - c.position : 0, c.failing ? "true" : "false",
	           position);
	buf_z(b, ",\"clock\":");
	desk_put_time(b, now_us);
	buf_char(b, '}');
	return ERR_OK;
}

static enum err put_messages(struct request *r)
{
	struct outbox *o = outbox_thread_outbox(r->h->o.outbox);
	struct outbox_counts out = { 0 };
	struct delivery_counts c;
	struct buf *b = &r->out;
	enum err e;

	if (r->h->o.delivery == NULL) {
		buf_z(b, ",\"messages\":null");
		return ERR_OK;
	}
	e = delivery_counts(r->h->o.delivery, &c);
	if (e != ERR_OK)
		return e;
	if (o != NULL)
		outbox_counts(o, &out);
	buf_z(b, ",\"messages\":{");
	for (uint32_t s = DELIVERY_WAITING; s < DELIVERY_STATES; s++)
		buf_printf(b, "\"%s\":%" PRIu64 ",", delivery_state_name(s), c.in_state[s]);
	buf_printf(b, "\"under_way\":%" PRIu64 ",\"open_circuits\":%" PRIu64 "}", out.under_way, out.open_circuits);
	return ERR_OK;
}

static void put_rest(struct request *r, const struct writer_counts *c)
{
	const struct keeping *k = r->h->o.keep;
	struct names_counts names;
	struct connections_counts n;
	struct buf *b = &r->out;

	names_counts(k->names, &names);
	connections_counts(r->h->connections, &n);
	buf_printf(b,
	           ",\"queues\":{\"events\":%" PRIu32 ",\"connections\":%" PRIu64 ",\"streams\":%" PRIu64
	           ",\"jobs\":%" PRIu32 "}",
	           c->queued, (uint64_t)n.now, (uint64_t)r->h->counts.streams, jobs_unfinished(r->h->jobs));
	buf_printf(b, ",\"alerts\":{\"first\":%" PRIu64 ",\"next\":%" PRIu64 "},\"quarantine_open\":%" PRIu64,
	           alertlog_first(r->h->o.log), alertlog_count(r->h->o.log), held_open_count(k->held));
	buf_printf(b, ",\"dictionary\":{\"entries\":%" PRIu64 ",\"behind\":%" PRIu64 "}",
	           (uint64_t)dictionary_count(k->dictionary), c->next > names.folded ? c->next - names.folded : 0);
	buf_z(b, ",\"newest_event\":");
	desk_put_time(b, c->newest_us > 0 ? c->newest_us : 0);
	buf_z(b, ",\"now\":");
	desk_put_time(b, r->h->o.now_us());
}

static void run_details(struct request *r)
{
	struct writer_counts c;
	enum err e;

	if (!request_sees_all(r))
		return;
	writer_counts(r->h->o.writer, &c);
	e = put_journal(r, &c);
	put_snapshots(&r->out, &c);
	if (e == ERR_OK)
		e = put_desk(r);
	if (e == ERR_OK)
		e = put_messages(r);
	put_rest(r, &c);
	buf_z(&r->out, "}\n");
	r->status = 200;
	if (e != ERR_OK)
		answer_problem(r, 503, "store", "Something of it can't be read now", err_name(e));
}

const struct route http_overview_routes[] = {
	{ "GET", "/v1/organisations", SCOPE_ADMIN, ROUTE_SLOW, run_organisations },
	{ "GET", "/v1/health/details", SCOPE_ADMIN, ROUTE_SLOW, run_details },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
