/* refusals.h - who wants no texts of publicity: the phones on the list of the policy that `outbox.refusals` names.
 *
 * A list because it has all that is needed already: entries with who and why in the journal, an end, a page, and an
 * interface that the operator, whose customers refuse, may fill. It is asked when a text is planned, so that whoever
 * plans hears of it, and again when the text would go out. Warnings and orders are no publicity: nobody refuses those
 * here. */
#ifndef DUANKA_GATEWAY_REFUSALS_H
#define DUANKA_GATEWAY_REFUSALS_H
#include "gateway/config.h"
#include "gateway/writer.h"

enum refusal {
	REFUSAL_NONE,
	REFUSAL_LISTED,
	REFUSAL_UNKNOWN /* the policy in force has no list of phones of that name: nobody knows, so nothing goes out */
};

/* ERR_STOPPED: the service is stopping. On any thread but the writer's. */
enum err refusals_ask(struct writer *w, const struct config *c, struct token phone, int64_t now_us,
                      enum refusal *out) MUST_CHECK;

#endif
