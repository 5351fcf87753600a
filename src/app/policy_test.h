/* policy_test.h - runs the tests that stand beside the rules: given these events, this rule fires or doesn't, and why. */
#ifndef DUANKA_APP_POLICY_TEST_H
#define DUANKA_APP_POLICY_TEST_H
#include "app/load.h"

/* Prints one line a test into b, for a failed one what the rule compared where it came nearest; last `N passed, N failed`.
 * False if any failed. */
bool policy_test_run(struct buf *b, const struct loaded *l, const struct hash_key *key);

#endif
