/* outlet_sheet.h - the figures of monthly sheets (desk/assessment.h) out of the registry: of each outlet that is not cancelled, and of each organisation that has outlets or openings. */
#ifndef DUANKA_GATEWAY_OUTLET_SHEET_H
#define DUANKA_GATEWAY_OUTLET_SHEET_H
#include "desk/assessment.h"
#include "gateway/outlet_risk.h"

enum {
	OUTLET_SHEETS_MAX = 100000,
	OUTLET_DIGEST_LETTERS = 32
};

struct outlet_sheet {
	struct desk_entity about;  /* the outlet as an object, or assessment_of */
	struct desk_entity seller; /* as events name it; kind 0: an organisation */
	uint64_t outlet;           /* 0: an organisation */
	uint16_t organisation, district;
	int64_t value[ASSESSMENT_F_FIELDS]; /* by field: month, organisation, figures */
	uint64_t has;                       /* bits of those that there are */
	struct assessment_scores scores;
	char digest[OUTLET_DIGEST_LETTERS + 1]; /* of whom, month and figures, in letters */
	/* the sheet that is there, withdrawn ones aside */
	uint64_t made; /* 0: none */
	uint8_t state;
	bool same;                  /* its digest is this one */
	double estimated, expected; /* while it is made: sums of estimate and mean over openings */
};
struct outlet_sheets {
	struct outlet_sheet *sheet; /* organisations first, then outlets by id */
	size_t n;
	uint64_t position; /* the registry had at least this when it was counted */
};

enum err outlet_sheets_load(struct registry *r, int64_t month_us, struct outlet_sheets *out) MUST_CHECK;
void outlet_sheets_release(struct outlet_sheets *s);
/* {"month","position","sheets":[{"organisation","outlet","figures":{..},"performance","security","digest","sheet","state","same"}],"more"}. q: month, organisation, most. */
void outlet_sheets_put(struct buf *b, const struct outlet_sheets *s, const struct outlet_question *q);
/* The fields of the command that makes it. */
void outlet_sheet_give(const struct outlet_sheets *all, const struct outlet_sheet *s, struct desk_command *c);

#endif
