/* audit.h - the questions of an auditor that are answered from a data directory, beside a running service or without one. */
#ifndef DUANKA_APP_AUDIT_H
#define DUANKA_APP_AUDIT_H
#include <stdbool.h>
#include <stdint.h>

struct audit_access {
	const char *person;        /* token; NULL: anybody's data */
	const char *user;          /* as acts show it: U-65536, key-3, or ORGANISATION/KEY; NULL: anybody */
	int64_t from_us, until_us; /* when it happened */
	bool json;
};

/* Everything in the desk's registry about a person, a card, an account: measures first. False: told why not. */
bool audit_person(const char *data, const char *token, bool json);
/* Who saw whose data, when and why: acts of the journal. False: told why not. */
bool audit_access(const char *data, const struct audit_access *a);

#endif
