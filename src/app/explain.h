/* explain.h - one alert for people: the rule as written, what it compared, what stood in its windows, what it proposes.
 *
 * There is one printer, and it reads an alert's JSON record: what it shows of a file years later is what it shows live. */
#ifndef DUANKA_APP_EXPLAIN_H
#define DUANKA_APP_EXPLAIN_H
#include "show/show.h"

struct json_t;
/* alert: a record of alerts.ndjson; rule: its entry in the header record, may be NULL. */
void explain_print(struct buf *b, const struct json_t *alert, const struct json_t *rule, enum lang l);
/* For run_options.see: prints the alert at once on standard output. ctx: the enum lang to print in. */
void explain_live(void *ctx, const struct alert *a, const struct shower *s);

#endif
