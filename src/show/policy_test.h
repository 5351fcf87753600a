/* policy_test.h - runs the tests that stand beside the rules: given these events and these entries of lists, this rule fires or doesn't, and why. */
#ifndef DUANKA_SHOW_POLICY_TEST_H
#define DUANKA_SHOW_POLICY_TEST_H
#include "engine/engine.h"

enum {
	POLICY_TEST_EVENTS_MAX = 100000 /* of one test */
};

struct policy_tests { /* borrowed */
	const struct policy *policy;
	const struct plan *plan; /* of it */
	const struct hash_key *key;
};

struct policy_test_fault { /* what was not as expected */
	struct span span;      /* of the expectation, or of the event */
	struct buf what;       /* in one line */
	struct buf detail; /* lines: the reasons told, and what the rule compared where it came nearest; empty: nothing */
};

struct policy_test_result {
	bool ok;
	uint64_t events;
	uint32_t n_faults, cap;
	struct policy_test_fault *fault;
};

/* Events of test i; it is not run if they are more than POLICY_TEST_EVENTS_MAX. */
uint64_t policy_test_events(const struct policy *p, uint32_t i);
/* Runs test i with an engine of its own. Release the result in any case. Not ok without a fault: there was no memory. */
void policy_test_one(const struct policy_tests *t, uint32_t i, struct policy_test_result *out);
void policy_test_release(struct policy_test_result *r);
/* Prints one line a test into b, for a failed one what the rule compared where it came nearest; last `N passed, N failed`.
 * False if any failed. */
bool policy_test_run(struct buf *b, const struct policy_tests *t);
/* {"name","path","line","ok","events","faults":[{"path","line","column","message","detail"}]} */
void policy_test_json(struct buf *b, const struct policy *p, uint32_t i, const struct policy_test_result *r);

#endif
