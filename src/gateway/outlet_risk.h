/* outlet_risk.h - the risk of outlets, agents and clerks in a month (outreach/risk.h) out of the registry, and where each card and account that was found involved came from; as JSON, for HTTP and for the command line
 * without a service. */
#ifndef DUANKA_GATEWAY_OUTLET_RISK_H
#define DUANKA_GATEWAY_OUTLET_RISK_H
#include "gateway/desk_show.h"
#include "outreach/risk.h"

enum {
	OUTLET_FINDINGS_MAX = 1 << 22,
	OUTLET_UNITS_SHOWN_MAX = 10000,
	OUTLET_TRACES_SHOWN_MAX = 100000
};

struct outlet_question {
	int64_t month_us; /* the first moment of the month */
	uint32_t levels;  /* bits of enum risk_level; 0: all */
	uint8_t thing;    /* DESK_PHONE or DESK_BANK_ACCOUNT; 0: both */
	bool of_organisation;
	uint16_t organisation; /* only its units are shown; ranks and priors are those of all */
	struct desk_entity
		entity; /* of a trace: of this card or account only, whenever it was found; kind 0: all of the month */
	uint32_t most;
};
/* "2026-10", local. */
bool outlet_month_parse(const char *z, int64_t *out);
void outlet_month_put(struct buf *b, int64_t month_us);

struct outlet_findings { /* of all time up to the month's end, in order of thing and time */
	struct risk_finding *finding;
	size_t n, cap;
	uint64_t unknown; /* found in the month, and nobody told where they were opened */
};
enum err outlet_findings_load(struct registry *r, int64_t until_us, struct outlet_findings *out) MUST_CHECK;
void outlet_findings_release(struct outlet_findings *f);

/* Settled; the caller frees it. findings: may be NULL, else what it was made from, the caller's to release. */
enum err outlet_risk_run(struct registry *r, int64_t month_us, struct risk **out,
                         struct outlet_findings *findings) MUST_CHECK;

/* {"month","from","to","unknown","priors":[..],"units":[..],"more"}: in order of level, thing, rank. */
enum err outlet_risk_answer(struct registry *r, const struct desk_shower *s, const struct outlet_question *q,
                            struct buf *out) MUST_CHECK;
/* {"month","traced":[{"thing","found","object","opened","hour","days","outlet","agent","clerk","organisation","remote"}],"more"}: in order of time found. What nobody told the opening of has null there. */
enum err outlet_trace_answer(struct registry *r, const struct desk_shower *s, const struct outlet_question *q,
                             struct buf *out) MUST_CHECK;

#endif
