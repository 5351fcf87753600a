/* match_mail.h - private matching through a running service: who agreed to what, and messages in pieces, put and fetched. */
#ifndef DUANKA_APP_MATCH_MAIL_H
#define DUANKA_APP_MATCH_MAIL_H
#include "app/client.h"
#include "app/match_steps.h"

struct match_proposal {
	const char *with, *purpose, *basis, *kind, *size, *learns; /* learns may be NULL */
};

/* Each says on standard error what is wrong. */
bool match_mail_propose(const struct client *c, const struct match_proposal *p);
bool match_mail_list(const struct client *c);
bool match_mail_reason(const struct client *c, const char *id, const char *what, const char *reason); /* consent, end */

/* A session as the service has it. Texts point into itself. */
struct match_agreed {
	struct match_terms terms;
	char text[2][MATCH_TEXT_MAX];
	bool offerer;      /* this side is */
	uint32_t n_taken;  /* messages that are there as a whole */
	uint64_t bytes[3]; /* of the messages, by step - 1 */
};
bool match_mail_get(const struct client *c, const char *id, struct match_agreed *out);
/* The file at path from where the service has it to its end; nothing but a word about it, if the service has all of it and did not come to take it. */
bool match_mail_put(const struct client *c, const char *id, enum match_step step, const char *path, uint64_t have);
/* The whole message into the file at path, which is there as a whole or not at all. */
bool match_mail_fetch(const struct client *c, const char *id, enum match_step step, const char *path, uint64_t bytes);

#endif
