/* institutions.h - which carriers' cards and which banks' accounts are whose: by the settings tenant.NAME.carriers and .banks, as the journal says.
 *
 * An alert is about a card or an account, and the work it makes belongs to the institution that runs it. The identifier tells carrier and bank
 * (event/ident.h), the settings tell which organisation that is. Since the desk's objects must follow from the journal alone, the service journals the settings as an ACT when it
 * starts and whenever a reload changes them:
 *   {"act":"institutions","who":"duanka","why":"","carriers":{"移动":1},"banks":{"中国工商银行":2}}
 * and what counts for an alert is the last such act before it. */
#ifndef DUANKA_GATEWAY_INSTITUTIONS_H
#define DUANKA_GATEWAY_INSTITUTIONS_H
#include "base/buf.h"
#include "event/event.h"
#include "gateway/config.h"

enum {
	INSTITUTION_CARRIERS_MAX = 256,
	INSTITUTION_BANKS_MAX = 2048,
	INSTITUTIONS_BYTES_MAX = 64 << 10
};

struct institutions { /* zeroed: nobody's cards and accounts are known */
	uint16_t carrier[INSTITUTION_CARRIERS_MAX],
		bank[INSTITUTION_BANKS_MAX]; /* organisation by index of the name; 0: nobody's */
};

bool institutions_are(struct text act); /* an act about institutions */
/* False: this act is about something else. What is damaged in it, or not known to this build, is nobody's. */
bool institutions_take(struct institutions *i, struct text act);
/* The next of the names with commas between, without blanks around it; false: there is none left. */
bool institution_name(struct text *names, struct text *out);
/* Whether there is a carrier, or a bank, of that name. */
bool institution_known(struct text name, bool bank);
/* The act that says what the settings say. */
void institutions_put(const struct config *c, struct buf *act);
/* Whose card or account this is; 0: not known. */
uint16_t institution_of(const struct institutions *i, const struct ident_attrs *a);

#endif
