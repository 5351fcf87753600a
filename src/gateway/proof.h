/* proof.h - what people without a key or account prove by: the code of a notice, and the receipt of what they filed.
 *
 * Both are the number of an object and a secret: M-65536-7K2Q-.... The number is no secret and makes an index needless; the secret cannot be guessed. A notice's secret is a keyed hash of the number (80
 * bits), so that nothing is stored and every notice of one measure has the same. A receipt's is drawn at random (128 bits), shown once, and kept only as a keyed hash in the object itself; so a
 * registry that is made again knows it. Secrets are compared in constant time.
 * Letters are those of Crockford's base 32: small ones, blanks and dashes don't matter, I and L are read as 1, O as 0. */
#ifndef DUANKA_GATEWAY_PROOF_H
#define DUANKA_GATEWAY_PROOF_H
#include "base/hash.h"
#include "desk/machine.h"

enum {
	PROOF_TEXT_MAX = 80, /* bytes, with the NUL */
	PROOF_NOTICE_BYTES = 10,
	PROOF_RECEIPT_BYTES = 16
};

/* The code of a notice about this measure (or listing). */
void proof_notice(const struct hash_key *key, uint32_t kind, uint64_t id, char out[PROOF_TEXT_MAX]);
/* What is typed as one. *kind and *id are what it names, zero if it names nothing. False: it is wrong; it takes as long as a right one of its length. */
bool proof_notice_take(const struct hash_key *key, struct text typed, uint32_t *kind, uint64_t *id);

/* The hash under which an object keeps a receipt: 32 letters, fit for a field of the type code. */
void proof_receipt_hash(const struct hash_key *key, uint32_t kind, const unsigned char secret[PROOF_RECEIPT_BYTES],
                        struct desk_code *out);
void proof_receipt(uint32_t kind, uint64_t id, const unsigned char secret[PROOF_RECEIPT_BYTES],
                   char out[PROOF_TEXT_MAX]);
/* What is typed as one: whether it has the form; then what it names and its secret, else zeros. */
bool proof_receipt_take(struct text typed, uint32_t *kind, uint64_t *id, unsigned char secret[PROOF_RECEIPT_BYTES]);
/* In constant time. */
bool proof_same(const void *a, const void *b, size_t n);

#endif
