/* campaign.h - a campaign (宣传活动): flood (大水漫灌, everybody, whole districts at a time) or drip (精准滴灌, a message to people of one audience), with a random hold-out, so that its effect can be told.
 *
 * What is to be believed later is fixed before anybody is reached: the one outcome, the effect worth knowing, error and power, the share held out, the end, and how long is waited after it. The segment
 * itself is a file; its size and digest stand here, as the service counted them in it. What it came to is counted by the service as well: nobody says a verdict. Approved by a second pair of eyes; begins and ends by itself; may be stopped at any time, and one that was stopped is never measured, because stopping when the
 * figures look good is a way to find effects that are not there. Who planned it does not measure it.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_CAMPAIGN_H
#define DUANKA_DESK_CAMPAIGN_H
#include "desk/machine.h"

enum campaign_manner {
	CAMPAIGN_FLOOD = 1, /* whole districts; some begin later, or not at all */
	CAMPAIGN_DRIP = 2   /* people, one by one */
};
enum campaign_audience {
	AUDIENCE_EVERYBODY = 1,
	AUDIENCE_ELDERLY = 2,
	AUDIENCE_STUDENTS = 3,
	AUDIENCE_FINANCE = 4,
	AUDIENCE_PARENTS = 5,
	AUDIENCE_NEW_PHONE = 6,
	AUDIENCE_CONTACTED = 7, /* lately, by a scam */
	CAMPAIGN_AUDIENCES = 8
};
enum campaign_outcome {
	CAMPAIGN_CONVERSION = 1, /* victims among those whom a scam was seen to contact */
	CAMPAIGN_VICTIMS = 2,    /* victims among all */
	CAMPAIGN_REPORTS = 3     /* reports of people without a loss: more is better */
};
enum campaign_verdict {
	CAMPAIGN_HELPED = 1,
	CAMPAIGN_HARMED = 2,
	CAMPAIGN_NOT_SHOWN = 3, /* the data do not show an effect; that is not the same as none */
	CAMPAIGN_TOO_FEW = 4,
	CAMPAIGN_NOT_COMPARABLE = 5 /* the arms differ in whom it was counted among, not only in what became of them */
};

enum campaign_state {
	CAMPAIGN_PLANNED = 1,
	CAMPAIGN_SEGMENTED = 2,
	CAMPAIGN_APPROVED = 3,
	CAMPAIGN_RUNNING = 4,
	CAMPAIGN_ENDED = 5,
	CAMPAIGN_MEASURED = 6,
	CAMPAIGN_STOPPED = 7,
	CAMPAIGN_STATES = 8
};

enum campaign_field {
	CAMPAIGN_F_MANNER = 1,
	CAMPAIGN_F_AUDIENCE = 2,
	CAMPAIGN_F_SCAM = 3,
	CAMPAIGN_F_MATERIAL = 4,
	CAMPAIGN_F_TITLE = 5,
	CAMPAIGN_F_CHANNELS = 6, /* bits of the numbers of channels */
	CAMPAIGN_F_STARTS = 7,
	CAMPAIGN_F_ENDS = 8,
	CAMPAIGN_F_FOLLOW = 9,    /* how long after the end what happens still counts */
	CAMPAIGN_F_HOLD_OUT = 10, /* per mille of people, or of districts, that are not reached */
	CAMPAIGN_F_EFFECT = 11,   /* the smallest relative change worth knowing, per mille */
	CAMPAIGN_F_BASE = 12,     /* the outcome without a campaign, per million, as expected */
	CAMPAIGN_F_OUTCOME = 13,
	CAMPAIGN_F_ALPHA = 14,     /* per mille */
	CAMPAIGN_F_POWER = 15,     /* per mille */
	CAMPAIGN_F_SEED = 16,      /* of the lot: drawn by the service once, with the plan, so that nobody picks it */
	CAMPAIGN_F_WAVES = 17,     /* of a flood: 1, districts begin together or never; more, one after the other */
	CAMPAIGN_F_DISTRICT = 18,  /* only people there; 0: everywhere */
	CAMPAIGN_F_TEXTS_MAX = 19, /* texts of campaigns to one person within 30 days, this one's included */
	CAMPAIGN_F_WARNED = 20,    /* 1: people with an open warning are left out: somebody talks to them already */
	CAMPAIGN_F_SIZE = 21,      /* of the segment, held out included; of a flood: districts */
	CAMPAIGN_F_HELD = 22,
	CAMPAIGN_F_DIGEST = 23,   /* of the segment, in letters */
	CAMPAIGN_F_POWER_AT = 24, /* per mille: power at this size */
	CAMPAIGN_F_BEGAN = 25,
	CAMPAIGN_F_OVER = 26,
	CAMPAIGN_F_VERDICT = 27,
	CAMPAIGN_F_AS_OF = 28,      /* position of the journal up to which was measured */
	CAMPAIGN_F_REPORT = 29,     /* digest of the report, in letters */
	CAMPAIGN_F_REASON = 30,     /* why it was stopped */
	CAMPAIGN_F_MEASURE_AT = 31, /* set by the desk: not before then */
	CAMPAIGN_F_CONTACT = 32,    /* people whom a scam contacts while it counts, per million, as expected */
	CAMPAIGN_F_ICC = 33,        /* of a flood: how alike people of one district are, per million */
	CAMPAIGN_F_FIELDS = 34
};

enum campaign_step {
	CAMPAIGN_DO_PLAN = 1,
	CAMPAIGN_DO_CHANGE = 2,
	CAMPAIGN_DO_SEGMENT = 3,
	CAMPAIGN_DO_APPROVE = 4,
	CAMPAIGN_DO_BEGIN = 5,
	CAMPAIGN_DO_END = 6,
	CAMPAIGN_DO_MEASURE = 7,
	CAMPAIGN_DO_STOP = 8,
	CAMPAIGN_DO_MEASURE_DUE = 9,
	CAMPAIGN_DO_STEPS = 10
};

enum campaign_timer {
	CAMPAIGN_T_BEGIN = 0,
	CAMPAIGN_T_END = 1,
	CAMPAIGN_T_MEASURE = 2,
	CAMPAIGN_T_TIMERS = 3
};

enum {
	CAMPAIGN_DIGEST_BYTES = 32
};

extern const struct desk_machine desk_campaign;
extern const struct desk_choices campaign_audiences, campaign_manners, campaign_outcomes, campaign_verdicts;
/* What a plan does not say is usual. */
struct desk_object;
void campaign_usual(struct desk_object *o);
/* 32 bytes as 64 letters a..p: a code holds no long runs of digits. */
void campaign_digest_print(const unsigned char digest[CAMPAIGN_DIGEST_BYTES], char out[2 * CAMPAIGN_DIGEST_BYTES + 1]);

#endif
