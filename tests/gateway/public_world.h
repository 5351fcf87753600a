/* public_world.h - a service whose desk is open to the public, and what the tests of it do again and again. */
#ifndef DUANKA_TESTS_GATEWAY_PUBLIC_WORLD_H
#define DUANKA_TESTS_GATEWAY_PUBLIC_WORLD_H
#include "gateway/proof.h"
#include "tests/gateway/served.h"

enum { /* keys */
	ANALYST,
	OPERATOR,
	APPEALS,
	DISSUASION,
	LISTS,
	CONNECTOR,
	INTAKE
};

extern const struct served_options options;
extern uint64_t filings, proofs, requests, all; /* settings; a test changes them and reloads */
extern bool enabled;
extern struct served s;
extern struct heard h;

int set_up(void **state);
int take_down(void **state);
/* Without a key, in English. */
void ask(const char *path, const char *body);
/* By a key, whatever the version. */
void post(int who, const char *path, const char *body);
/* "/v1/public/reports/RECEIPT/more" with the receipt that was just heard. */
void receipt_path(char z[160], const char *of, const char *more);
/* A card that is to be verified: a measure in force, with a notice that goes to 13912345678. Its id into m. */
void impose(char m[32]);
/* What the notice of this measure carries. */
void code_of(const char *m, char code[PROOF_TEXT_MAX]);

#endif
