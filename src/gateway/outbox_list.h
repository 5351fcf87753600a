/* outbox_list.h - entries of the lists that banks are told of involved accounts and people by (100501): not the number, but the SM3 hash (GB/T 32905) of a salt and the number, so that a bank can look for those it has and learns
 * nothing about others. Numbers can be tried: the salt is for banks only. */
#ifndef DUANKA_GATEWAY_OUTBOX_LIST_H
#define DUANKA_GATEWAY_OUTBOX_LIST_H
#include "base/buf.h"

enum {
	LIST_HASH_CHARS = 64
};

/* SM3 of salt, prefix ("01_" before the number of an identity card, "" before an account) and number, in upper case hexadecimal. */
void outbox_list_hash(struct text salt, struct text prefix, struct text number, char out[LIST_HASH_CHARS + 1]);

#endif
