/* policy_job.h - the job that puts a policy in force while the service runs: its windows are filled from the journal beside the one that decides, then the two change
 * places at one position. Until then nothing has happened, and giving it up leaves nothing behind. */
#ifndef DUANKA_GATEWAY_POLICY_JOB_H
#define DUANKA_GATEWAY_POLICY_JOB_H
#include "gateway/http_int.h"
#include "gateway/proposal.h"

/* What a proposal that could not be made (e) is answered with. True: it could, and nothing was answered. */
bool answer_proposal(struct request *r, const struct proposal *p, enum err e);
/* Takes p's payload and act (begun, not ended), whose owner the job becomes in any case, and answers the request: 202 with the job's number, 409 if another change is on its way, 503.
 * base: position of the policy that must still be in force then; 0: whichever. */
/* Returns the job's number; 0: there is none. */
uint64_t policy_job_begin(struct request *r, struct proposal *p, struct buf *act, struct text why, uint64_t base);

#endif
