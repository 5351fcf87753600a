/* refusals.h - who wants no texts of publicity: the phones on the list of the policy that `outbox.refusals` names. A list because it has all that is needed already: entries with who and why in the journal, an end, a page, and an
 * interface that the operator, whose customers refuse, may fill. Asked before a text is journaled; warnings and orders are no publicity and go out. */
#ifndef DUANKA_GATEWAY_REFUSALS_H
#define DUANKA_GATEWAY_REFUSALS_H
#include "gateway/http_desk_int.h"

/* x: why this phone gets none, if so. A list that is named and not there lets nothing out. ERR_IO: the service is stopping. On a worker's thread. */
enum err refusals_look(struct request *r, struct token phone, uint32_t field, struct desk_objection *x) MUST_CHECK;

#endif
