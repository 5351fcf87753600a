/* http_tenant.c - organisations as requests meet them: which one asks, how much it may send and hold, and what is counted of it.
 *
 * What is kept of an organisation has a slot, found by its number, for as long as the process lives: limits and counts go on when its
 * settings change. All without a number, and everybody in an installation without organisations, are in slot 0. Slots are also lanes
 * before the writer, and holders of memory and of slow requests: what one organisation fills, another still finds its part of. */
#include <inttypes.h>
#include <stdio.h>
#include "gateway/http_int.h"

static const struct tenant
	nobody; /* a key whose organisation has no table, where others have: no number, no limits, sees nothing */

static const struct tenant *tenant_in(const struct in_force *f, const char *name)
{
	const struct tenant *t;

	if (f->config.anonymous || f->config.n_tenants == 0)
		return NULL;
	t = config_tenant(&f->config, name);
	return t == NULL ? &nobody : t;
}

const struct tenant *request_tenant(const struct request *r)
{
	return tenant_in(r->in_force, r->who.tenant);
}

struct viewer viewer_in(const struct in_force *f, const char *name)
{
	return (struct viewer){ tenant_in(f, name), f->config.tenant, f->config.n_tenants };
}

struct viewer request_viewer(const struct request *r)
{
	return viewer_in(r->in_force, r->who.tenant);
}

bool request_sees_all(struct request *r)
{
	if (tenant_sees_all(r->tenant))
		return true;
	answer_problem(r, 403, "visibility", "This organisation may not see that",
	               "it is made of what all organisations sent; that is for organisations that see *:*.*");
	return false;
}

struct organisation *request_organisation(struct request *r)
{
	return &r->h->organisations.of[r->slot];
}

static void divide(struct http *h)
{
	struct organisations *all = &h->organisations;

	share_divide(&all->bytes, all->n);
	share_divide(&all->slow, all->n);
	share_divide(&all->streams, all->n);
	writer_lanes(h->o.writer, all->n);
}

uint32_t organisation_slot(struct http *h, const struct tenant *t)
{
	struct organisations *all = &h->organisations;
	uint32_t slot;

	if (t == NULL || t->number == 0)
		return 0;
	pthread_mutex_lock(&all->lock);
	slot = all->slot[t->number];
	if (slot == 0 && all->n < SHARE_HOLDERS_MAX) { /* else, after so many changes, it is one of the nameless */
		slot = all->n++;
		all->slot[t->number] = (uint16_t)slot;
		memcpy(all->of[slot].name, t->name, sizeof(t->name));
		divide(h);
	}
	pthread_mutex_unlock(&all->lock);
	return slot;
}

void organisations_init(struct http *h, const struct config *c)
{
	struct organisations *all = &h->organisations;

	CHECK(pthread_mutex_init(&all->lock, NULL) == 0);
	all->n = 1;
	share_init(&all->bytes, HELD_BYTES_MAX, 1);
	share_init(&all->slow, WORKERS_QUEUE_MAX, 1);
	share_init(&all->streams, STREAMS_MAX, 1);
	for (uint32_t i = 0; i < c->n_tenants; i++) /* so that each has its part before it first asks */
		organisation_slot(h, &c->tenant[i]);
}

void organisations_release(struct http *h)
{
	pthread_mutex_destroy(&h->organisations.lock);
}

/* ---- limits ---- */

bool http_rate(struct request *r, uint32_t events)
{
	struct organisation *o = request_organisation(r);
	char detail[160];
	int64_t wait_us = 0;
	bool ok = true;

	if (r->tenant != NULL) {
		pthread_mutex_lock(&r->h->organisations.lock);
		ok = rate_take(&o->rate, r->tenant, events, r->h->o.now_us(), &wait_us);
		pthread_mutex_unlock(&r->h->organisations.lock);
	}
	if (ok) {
		o->count[ORGANISATION_EVENTS] += events;
		return true;
	}
	o->count[ORGANISATION_LIMITED] += events;
	if (wait_us == INT64_MAX) {
		snprintf(detail, sizeof(detail), "at most %" PRIu32 " events at once; split the batch",
		         r->tenant->burst != 0 ? r->tenant->burst : r->tenant->rate);
		answer_problem(r, 413, "burst", "The batch has more events than this organisation may send at once", detail);
		return false;
	}
	snprintf(detail, sizeof(detail), "%" PRIu32 " events a second; nothing of this request was taken", r->tenant->rate);
	answer_problem(r, 429, "rate", "This organisation sends more than it may", detail);
	r->retry_after_s = (wait_us + 999999) / 1000000;
	return false;
}

bool http_hold(struct request *r, size_t bytes)
{
	struct organisations *all = &r->h->organisations;
	bool ok;

	pthread_mutex_lock(&all->lock);
	ok = share_take(&all->bytes, r->slot, bytes);
	pthread_mutex_unlock(&all->lock);
	if (ok)
		r->held_bytes += bytes;
	else
		answer_shed(r, "too many large requests at a time; nothing of this one was taken");
	return ok;
}

void http_held(struct request *r, size_t bytes)
{
	struct organisations *all = &r->h->organisations;

	pthread_mutex_lock(&all->lock);
	share_add(&all->bytes, r->slot, bytes);
	pthread_mutex_unlock(&all->lock);
	r->held_bytes += bytes;
}

void http_unhold(struct request *r)
{
	struct organisations *all = &r->h->organisations;

	if (r->held_bytes == 0)
		return;
	pthread_mutex_lock(&all->lock);
	share_give(&all->bytes, r->slot, r->held_bytes);
	pthread_mutex_unlock(&all->lock);
}

bool share_slow(struct request *r)
{
	struct organisations *all = &r->h->organisations;
	bool ok;

	pthread_mutex_lock(&all->lock);
	ok = share_take(&all->slow, r->slot, 1);
	pthread_mutex_unlock(&all->lock);
	return ok;
}

void unshare_slow(struct request *r)
{
	struct organisations *all = &r->h->organisations;

	pthread_mutex_lock(&all->lock);
	share_give(&all->slow, r->slot, 1);
	pthread_mutex_unlock(&all->lock);
}

bool share_stream(struct request *r)
{
	struct organisations *all = &r->h->organisations;
	bool ok;

	pthread_mutex_lock(&all->lock);
	ok = share_take(&all->streams, r->slot, 1);
	pthread_mutex_unlock(&all->lock);
	return ok;
}

void unshare_stream(struct http *h, uint32_t slot)
{
	struct organisations *all = &h->organisations;

	pthread_mutex_lock(&all->lock);
	share_give(&all->streams, slot, 1);
	pthread_mutex_unlock(&all->lock);
}

/* ---- figures ---- */

/* A label's value: backslash, quote and line end are escaped. */
static void label(struct buf *b, const char *z)
{
	for (; *z != 0; z++) {
		if (*z == '\\' || *z == '"')
			buf_char(b, '\\');
		if (*z == '\n')
			buf_z(b, "\\n");
		else
			buf_char(b, *z);
	}
}

static void head(struct buf *b, const char *name, const char *help)
{
	buf_printf(b, "# HELP duanka_%s %s\n# TYPE duanka_%s counter\n", name, help, name);
}

static void count_each(struct organisations *all, uint32_t n, struct buf *b)
{
	static const char *const name[][2] = {
		[ORGANISATION_EVENTS] = { "tenant_events_total", "Events of an organisation that were let in." },
		[ORGANISATION_LIMITED] = { "tenant_limited_total", "Events turned away because of an organisation's rate." },
		[ORGANISATION_SHED] = { "tenant_shed_total",
		                        "Events turned away because there was no room for them in the queue." },
	};

	for (uint32_t c = 0; c < ORGANISATION_COUNTS; c++) {
		head(b, name[c][0], name[c][1]);
		for (uint32_t i = 0; i < n; i++) {
			buf_printf(b, "duanka_%s{tenant=\"", name[c][0]);
			label(b, all->of[i].name);
			buf_printf(b, "\"} %" PRIu64 "\n", all->of[i].count[c]);
		}
	}
}

static void count_exceptions(struct organisations *all, uint32_t n, struct buf *b)
{
	static const char *const why[EXCEPTION_WHYS] = { "budget", "shed", "simulated" };

	head(b, "exceptions_total", "Askers told a decision by their exception policy.");
	for (uint32_t i = 0; i < n; i++)
		for (enum exception_policy p = EXCEPTION_FAIL_OPEN; p <= EXCEPTION_LAST_KNOWN; p++)
			for (uint32_t w = 0; w < EXCEPTION_WHYS; w++) {
				uint64_t count = all->of[i].exceptions[p][w];

				if (count == 0)
					continue;
				buf_z(b, "duanka_exceptions_total{tenant=\"");
				label(b, all->of[i].name);
				buf_printf(b, "\",policy=\"%s\",why=\"%s\"} %" PRIu64 "\n", exception_names[p], why[w], count);
			}
}

void organisations_metrics(struct http *h, struct buf *b)
{
	struct organisations *all = &h->organisations;
	uint32_t n;

	pthread_mutex_lock(&all->lock);
	n = all->n;
	pthread_mutex_unlock(&all->lock);
	count_each(all, n, b);
	count_exceptions(all, n, b);
}
