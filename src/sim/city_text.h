/* city_text.h - what messages say. Templates with changing digits; the fraudulent ones also with the tricks that real
 * ones use to pass filters: blanks, symbols and lookalike words. Every text is invented. */
#ifndef DUANKA_SIM_CITY_TEXT_H
#define DUANKA_SIM_CITY_TEXT_H
#include "base/text.h"

enum city_text {
	TEXT_OTP,
	TEXT_BANK,
	TEXT_PARCEL,
	TEXT_CLINIC,
	TEXT_SHOP,
	TEXT_BILL,
	TEXT_TICKET,
	TEXT_SCHOOL,
	TEXT_NOTICE,
	TEXT_CHAT,
	TEXT_FESTIVAL,
	TEXT_ORDINARY, /* all before are innocent */
	TEXT_LOAN = TEXT_ORDINARY,
	TEXT_TASK,
	TEXT_REFUND,
	TEXT_CREDIT,
	TEXT_STOCK,
	TEXT_POLICE,
	TEXT_GAME,
	TEXT_GOODS,
	TEXT_ADVERT,
	TEXTS
};

enum {
	CITY_TEXT_MAX = 480 /* bytes of a body or a link */
};

/* By the names of scenario files: loan, task, refund, ...; -1: no such text. Innocent ones have no name there. */
int city_text_index(struct text name);
/* JSON-safe UTF-8; `variant` decides the changing parts, `wave` (of one campaign) those that stay the same in it. Returns
 * the bytes written, at most CITY_TEXT_MAX. */
size_t city_text_body(char *out, int text, uint64_t variant, uint64_t wave);
size_t city_text_url(char *out, int text, uint64_t variant, uint64_t wave); /* 0: it has none */

#endif
