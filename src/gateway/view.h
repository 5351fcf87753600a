/* view.h - an alert as one organisation may see it.
 *
 * An alert carries its own rules (alert_json.h with provenance): which organisation brought the event, and for each part which fields of
 * whose events it was computed from. So the view needs nothing but the alert and the reader's patterns (tenant_sees): no policy, and an
 * alert of last year is judged by what it was made of then.
 *
 *   the whole alert   is shown to whoever may see any field of its event; position, time, rule, grade, score, decision, measures with their
 *                     basis, notify and flags go with it
 *   a field of the event              by the pattern of that field
 *   about, because, targets, values, evidence    only if everything that they were computed from may be seen; of events in windows,
 *                     whose organisation is not known, only patterns for all organisations count
 *   items of evidence                 each column by what it reads, and time by the field time
 *
 * What may not be seen is {"hidden":true}, nothing else. Whatever is not understood is hidden: a damaged alert, an alert of an older
 * version without provenance. */
#ifndef DUANKA_GATEWAY_VIEW_H
#define DUANKA_GATEWAY_VIEW_H
#include <jansson.h>
#include "gateway/tenants.h"
#include "show/event_json.h"

struct viewer {
	const struct tenant *who;     /* NULL: sees all */
	const struct tenant *tenants; /* all organisations, to know who brought an event */
	uint32_t n_tenants;
};

/* Changes an alert into what the viewer may see. False: the viewer may not see it at all; it is then half changed. */
bool view_json(const struct viewer *v, json_t *alert);
/* A line of the file of alerts into out (cleared), without its line end. ERR_ABSENT: not for this viewer. ERR_FORMAT: not an alert; nothing is
 * shown. Who sees all gets the line's own bytes. */
enum err view_alert(const struct viewer *v, struct text line, struct buf *out) MUST_CHECK;
/* Brief alerts with commas between (shard_answer.alerts), told to who sent the event: fields of the event itself are the sender's, the rest is as
 * above; who sees all gets them as they are. None says what it reads. Added to out. */
enum err view_briefs(const struct viewer *v, struct text briefs, struct buf *out) MUST_CHECK;

/* A journaled event as a viewer may see it: give &out->sight to record_json. organisation: the record's; type: the event's. False: the viewer may not see anything
 * of it, not even that it is there. Points into v. */
struct view_event {
	struct event_sight sight;
	const struct tenant *who;
	const char *organisation;
};
bool view_event(const struct viewer *v, uint16_t organisation, struct text type, struct view_event *out);

#endif
