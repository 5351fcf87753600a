/* cost.c - see cost.h. */
#include "show/cost.h"
#include <inttypes.h>
#include "policy/plandata.h"
#include "show/lang.h"
#include "show/show.h"

struct cost { /* of a rule */
	uint32_t aggs, rings, bytes;
	uint32_t state; /* bytes of one busy key of each ring, besides its events */
	uint32_t instructions;
};

/* What one rule's aggregates keep: the tuples of the rings it reads, which other rules may share. */
static struct cost rule_cost(const struct plan *p, uint32_t rule)
{
	bool seen[PLAN_RINGS_MAX] = { false };
	struct cost c = { .aggs = p->rule[rule].n_aggs };
	uint32_t at = p->rule[rule].code;

	while (p->insn[at].op != OP_END)
		at++;
	c.instructions = at - p->rule[rule].code;
	for (uint32_t i = 0; i < p->rule[rule].n_aggs; i++) {
		uint32_t view, acc;

		if (!plan_find(p, p->policy->rule[rule].event, p->rule[rule].agg[i], &view, &acc) || seen[p->view[view].ring])
			continue;
		seen[p->view[view].ring] = true;
		c.bytes += p->ring[p->view[view].ring].rp.tuple_bytes;
		c.state += (uint32_t)sizeof(uint32_t) + p->ring[p->view[view].ring].rp.big_bytes;
		c.rings++;
	}
	return c;
}

static uint32_t all_aggregates(const struct plan *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_rings; i++)
		n += p->ring[i].alerts ? 0 : p->ring[i].rp.n_accs;
	return n;
}

void cost_text(struct buf *b, const struct plan *p)
{
	const struct policy *po = p->policy;

	buf_printf(b, "%-24s %-7s %-7s %10s %6s %12s\n", "rule", "mode", "grade", "aggregates", "rings", "bytes/event");
	for (uint32_t i = 0; i < po->n_rules; i++) {
		const struct rule *r = &po->rule[i];
		struct cost c = rule_cost(p, i);

		buf_text(b, r->name);
		for (size_t w = lang_width(r->name); w < 24; w++)
			buf_char(b, ' ');
		buf_printf(b, " %-7s %-7s %10u %6u %12u\n", policy_mode_name(r->mode), policy_severity_name(r->severity),
		           c.aggs, c.rings, c.bytes);
	}
	buf_printf(b, "\n%u rules, %u exemptions, %u lists, %u features, %u tests; %u aggregates in %u shared rings\n",
	           po->n_rules, po->n_exempts, po->n_lists, po->n_features, po->n_tests, all_aggregates(p), p->n_rings);
	for (uint32_t i = 0; i < p->n_spaces; i++) {
		const struct plan_space *s = &p->space[i];

		if (s->entity && s->n_rings > 0)
			buf_printf(b, "%.*s: %u bytes when idle\n", (int)po->schema.entity[i].name.n, po->schema.entity[i].name.p,
			           s->row_bytes);
	}
}

static void put_windows(struct buf *b, const struct plan *p, uint32_t rule)
{
	const struct plan_rule *r = &p->rule[rule];
	const char *comma = "";

	buf_z(b, ",\"windows\":[");
	for (uint32_t i = 0; i < r->n_aggs; i++) {
		const struct agg *a = r->agg[i]->agg;
		uint32_t k = 0;
		struct buf source;

		while (r->agg[k]->agg != a)
			k++;
		if (k < i) /* told already */
			continue;
		buf_init(&source, 1 << 16);
		show_source(&source, p->policy, a->span);
		buf_printf(b, "%s{\"aggregate\":", comma);
		buf_json(b, buf_view(&source));
		buf_printf(b, ",\"function\":\"%s\",\"of\":", policy_func_name(a->func));
		buf_json(b, p->policy->schema.event[a->event].name);
		buf_printf(b, ",\"window_us\":%" PRId64 "}", a->window_us);
		buf_release(&source);
		comma = ",";
	}
	buf_char(b, ']');
}

void cost_json(struct buf *b, const struct plan *p)
{
	const struct policy *po = p->policy;
	const char *comma = "";

	buf_z(b, "\"rules\":[");
	for (uint32_t i = 0; i < po->n_rules; i++) {
		struct cost c = rule_cost(p, i);

		buf_printf(b, "%s{\"name\":", i > 0 ? "," : "");
		buf_json(b, po->rule[i].name);
		buf_printf(
			b,
			",\"mode\":\"%s\",\"severity\":\"%s\",\"aggregates\":%u,\"rings\":%u,\"bytes_per_event\":%u,\"state_bytes\":%u,\"instructions\":%u",
			policy_mode_name(po->rule[i].mode), policy_severity_name(po->rule[i].severity), c.aggs, c.rings, c.bytes,
			c.state, c.instructions);
		put_windows(b, p, i);
		buf_char(b, '}');
	}
	buf_printf(b, "],\"aggregates\":%u,\"rings\":%u,\"entities\":[", all_aggregates(p), p->n_rings);
	for (uint32_t i = 0; i < p->n_spaces; i++)
		if (p->space[i].entity && p->space[i].n_rings > 0) {
			buf_printf(b, "%s{\"name\":", comma);
			buf_json(b, po->schema.entity[i].name);
			buf_printf(b, ",\"bytes_idle\":%u}", p->space[i].row_bytes);
			comma = ",";
		}
	buf_char(b, ']');
}
