/* vocabulary.h - what may stand in a policy, for completion: the words of the language with their help, and the names of a policy. */
#ifndef DUANKA_SHOW_VOCABULARY_H
#define DUANKA_SHOW_VOCABULARY_H
#include "policy/policy.h"

/* "words":[...],"functions","modes","severities","measures","units","entities","events","lists": members of an object. */
void vocabulary_json(struct buf *b, const struct policy *p);

#endif
