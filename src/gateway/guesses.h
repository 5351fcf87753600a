/* guesses.h - addresses from which wrong keys come.
 *
 * More than GUESSES_MAX failures from one address, each within a minute of the first or, from then on, of the one before: further failures
 * are told to stay away for a minute. It is asked only after a key was found wrong, so that a right key is never refused, whoever else sits
 * behind the same address. What protects keys are their 256 random bits; this makes guessing seen and cheap to refuse. An IPv6 address
 * counts by its first 64 bits, since a host has all that follow. Bounded: a full set forgets the address that was quiet for longest. */
#ifndef DUANKA_GATEWAY_GUESSES_H
#define DUANKA_GATEWAY_GUESSES_H
#include <sys/socket.h>
#include "base/hash.h"

enum {
	GUESSES_MAX = 20,
	GUESSES_WAYS = 8,
	GUESSES_SETS = 512
};

struct guesses;
/* Addresses are kept as keyed hashes only. */
enum err guesses_new(struct guesses **out, const struct hash_key *key) MUST_CHECK;
void guesses_free(struct guesses *g); /* NULL is fine */
/* Notes a failure. How long the asker should stay away, in seconds; 0: it is still bearable. Any thread. */
int64_t guesses_failed(struct guesses *g, const struct sockaddr *from, int64_t now_us);

/* What an address is told apart by here: its keyed hash. NULL, or of another family: all of them one. */
struct token guesses_place(const struct guesses *g, const struct sockaddr *from);

#endif
