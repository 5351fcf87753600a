/* policy_change.h - a change of the policy that somebody asks for, in one of three ways: all its texts, those of a
 * policy that was in force, or one rule's mode. Made and checked here; then it is put in force at once
 * (change_begin), or moved, for somebody else to approve (http_motions.c). */
#ifndef DUANKA_GATEWAY_POLICY_CHANGE_H
#define DUANKA_GATEWAY_POLICY_CHANGE_H
#include "gateway/policy_job.h"

struct change {
	const char *act; /* policy, policy-rollback, rule-mode */
	struct proposal p;
	struct buf members; /* of the act besides: JSON, each with a comma before */
	uint64_t made_at;   /* position of the policy in force when it was made */
	uint64_t base;      /* ... that must still be in force when it takes effect; 0: whichever */
	bool same;          /* the rule has that mode already: there is no proposal */
	enum rule_mode mode;
};

/* Where it takes two people, a key is none of them once there are people: an active user whose roles may change the
 * policy. One person may hold a key beside a user and would be two (as desk_person_must has it). Until then keys
 * begin an installation. False: the answer is set. */
bool change_by_person(struct request *r);
/* {"files"}, {"to"}, {"mode"} out of a body. False: the answer is set, and there is nothing to release. */
bool change_to_files(struct request *r, const json_t *body, struct change *c);
bool change_back(struct request *r, const json_t *body, struct change *c);
bool change_mode(struct request *r, struct text rule, const json_t *body, struct change *c);
/* Of payload, which somebody made into a change before: its texts, compiled anew, and its lists. act and members
 * live as long as c. */
bool change_again(struct request *r, const char *act, struct text members, struct text payload, struct change *c);
void change_release(struct change *c);
/* Whether the schema extends the one in force. False: the answer is set. */
bool change_extends(struct request *r, const struct proposal *p);
/* What stands between the proposed schema and the one in force; empty: nothing. Initialises why. */
void change_schema_faults(struct request *r, const struct proposal *p, struct buf *why);
/* Begins the job that puts it in force and answers. more: further members of the act. Returns the job's number; 0:
 * there is none. */
uint64_t change_begin(struct request *r, struct change *c, struct text why, struct text more);

#endif
