/* audit.h - the questions of an auditor that are answered from a data directory, beside a running service or without one. */
#ifndef DUANKA_APP_AUDIT_H
#define DUANKA_APP_AUDIT_H
#include <stdbool.h>
#include <stdint.h>
#include "gateway/access.h"

struct audit_access {
	struct access_query q;
	bool json;
};

/* Everything in the desk's registry about a person, a card, an account: measures first. False: told why not. */
bool audit_person(const char *data, const char *token, bool json);
/* Who saw whose data, when and why: acts of the journal. False: told why not. */
bool audit_access(const char *data, const struct audit_access *a);

#endif
