/* verdict.h - what somebody found of an alert, as an act of the journal:
 * {"act":"verdict","who":..,"why":..,"user":..,"alert":"17.each","verdict":"true","tokens":..}.
 *
 * The act is the truth: the projector notes from it who found what of which alert last (registry_verdict), and
 * answers show that. In its batch the event `label` follows that a finding of the desk would become (labels.h), if
 * the policy has one and the verdict is another one than before, so that rules see in their windows how often they
 * were right. */
#ifndef DUANKA_GATEWAY_VERDICT_H
#define DUANKA_GATEWAY_VERDICT_H
#include "journal/record.h"
#include "store/registry.h"

/* What an ACT record says, if it is a verdict. False: it is another one, or can't be read. */
bool verdict_take(const struct record *r, struct registry_verdict *out);
/* "17.each" into position and rule. False: it is no alert's id, which has one form: 017.each and +17.each are none. */
bool verdict_alert(struct text id, uint64_t *position, struct text *rule);

#endif
