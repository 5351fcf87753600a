/* measuring.h - what became of the people of a campaign, counted from the registry: nobody types in a figure.
 *
 *   contacted  a warning about the person or their phone was made while it counts. What they report does not make them contacted: a campaign that teaches to report would change among whom is counted, and look as if it
 *              prevented frauds
 *   victim     a report of fraud by or about them says that money has gone, and was not found to be no fraud
 *   report     one says that none has: they saw through it, and told
 *   reached    a text of this campaign went to their phone, and its sender has receipted it
 * It counts from the campaign's beginning to the end of the time of observation, from the same moment for both arms. Each person counts once. */
#ifndef DUANKA_GATEWAY_MEASURING_H
#define DUANKA_GATEWAY_MEASURING_H
#include "gateway/segmenting.h"
#include "outreach/effect.h"
#include "show/lang.h"

struct measured {
	struct desk_object campaign;
	struct effect_plan plan;
	bool flood;
	uint64_t position; /* of the journal up to which was counted */
	int64_t now_us;    /* of the desk then */
	enum effect_timing timing;
	int64_t measure_at_us;                /* 0: it has not ended */
	uint64_t size, held, texts, receipts; /* texts: of this campaign so far; these are shown at any time */
	/* Of a drip; when it is over. */
	struct effect_arm arm[2]; /* 0 assigned, 1 held out */
	struct effect effect;
	/* Of a flood; when it is over. */
	uint32_t n_districts, periods;
	struct cluster_effect cluster;
	uint64_t events, among; /* the outcome, and in how many it is counted */
};

enum campaign_verdict measured_verdict(const struct measured *m);
/* The plan's figures of a campaign as shares. */
void measuring_plan(const struct desk_object *campaign, struct effect_plan *out);
/* How likely the effect worth knowing is to be shown with these people, or districts. */
double measuring_power(const struct desk_object *campaign, const struct segment *segment);
/* segment: the campaign's. Before it is over nothing of the outcome is counted at all, so that nobody can peek. ERR_ABSENT: there is no such campaign. */
enum err measuring_run(struct registry *r, const struct desk_object *campaign, const struct segment *segment,
                       struct measured *out) MUST_CHECK;

/* The verdict in a sentence. */
const char *measured_words(const struct measured *m, enum lang lang);
/* The report. The same figures give the same bytes, so that its digest can be noted. */
void measured_text(const struct measured *m, enum lang lang, struct buf *out);
void measured_json(const struct measured *m, struct buf *out);

#endif
