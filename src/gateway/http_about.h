/* http_about.h - whom a request about somebody is about, from when to when and why: what contacts, the time line and the money trail read alike.
 *
 * Who asks by a plain identifier asks for a token as well, so it counts against the rate of POST /v1/token. Whatever is asked is an act with a reason; it holds the token alone. */
#ifndef DUANKA_GATEWAY_HTTP_ABOUT_H
#define DUANKA_GATEWAY_HTTP_ABOUT_H
#include "gateway/http_int.h"

enum {
	ABOUT_CASE_MAX = 200, /* bytes */
	ABOUT_TIME_MAX = 40,
	ABOUT_NUMBER_MAX = 20,
	ABOUT_DAYS = 30 /* looked back, if nobody says from when */
};

struct about {
	struct text kind; /* as it was named; lives as long as the request */
	uint8_t kind_index;
	struct token token;
	char hex[TOKEN_HEX + 1];
	bool by_value;          /* asked for by a plain identifier */
	int64_t from_us, to_us; /* event times, both inclusive */
};

/* Each of them: false, and the answer is set, if it is wrong. Texts may be empty where they may be left out. */
bool about_kind(struct request *r, struct text kind, struct about *a);
/* One of the two, of the kind read before. */
bool about_whom(struct request *r, struct text token, struct text value, struct about *a);
/* A date is its first moment as `from`, its last one as `to`. Empty: ABOUT_DAYS back; open. */
bool about_when(struct request *r, struct text from, struct text to, struct about *a);
/* A member of the body that is a number from `least` to `most`. */
bool about_number(struct request *r, const struct body_member *m, uint64_t least, uint64_t otherwise, uint64_t most,
                  uint64_t *out);
/* The act of this name: who, why, about whom, for which case. The caller adds what else there is and journals it. */
void about_act(struct request *r, struct buf *act, const char *name, const struct about *a, struct text reason,
               struct text file);
/* "kind":..,"token":..: members of the answer. */
void about_put(struct buf *b, const struct about *a);
/* What came of a search in the journal, if it is no answer: 503. False: it is set. */
bool about_found(struct request *r, enum err e, const struct buf *why);

#endif
