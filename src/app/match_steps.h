/* match_steps.h - the steps of private matching as files: what duanka match does, whoever carries the messages. */
#ifndef DUANKA_APP_MATCH_STEPS_H
#define DUANKA_APP_MATCH_STEPS_H
#include "match/match.h"

struct match_asked {
	const char *list, *state; /* files */
	const char *in, *out;     /* messages: to read, to make. out NULL: none is to be made */
	const char *result;       /* what stands in both; "-": standard output */
	struct match_limits limits;
	uint32_t threads;
	struct match_terms terms; /* of an offer; its session may be zero */
	bool agree;               /* to an offer's terms */
	const struct match_terms
		*agreed; /* of an offer that is answered: what both have agreed to elsewhere; NULL: what stands in it */
};

/* Each says on standard error what is wrong. A message that is there already is never made again: the other side may have it. The state is written
 * before the message, the message is made as a whole, and the state goes when all that it is for has been written. So whatever is interrupted is done again
 * with the same words. What a killed process has left half written of a state or a result is wiped by the next step that names the same file. */
bool match_steps_offer(const struct match_asked *a);
bool match_steps_answer(const struct match_asked *a);
/* The end of either side: which, the state knows. */
bool match_steps_finish(const struct match_asked *a);
bool match_steps_show(const char *message);
bool match_steps_there(const char *path); /* there is such a file */
bool match_steps_wipe(const char *path);  /* zeros over it, and away; one that is not there is fine */

#endif
