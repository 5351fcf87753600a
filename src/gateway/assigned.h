/* assigned.h - whether a campaign's lot has given somebody to it: what stands between a text of a campaign and a phone.
 *
 * The journal's machines know phones and campaigns, not segments: those are files (segmenting.h). So the gateway asks here before it journals a text: who is outside the segment, or held out in it, gets none by any path. The segment asked
 * for last stays mapped, with an order by phone (4 bytes a row), until another one is asked for or the campaign gets another digest. Any thread. */
#ifndef DUANKA_GATEWAY_ASSIGNED_H
#define DUANKA_GATEWAY_ASSIGNED_H
#include "gateway/segmenting.h"

enum assigned_place {
	ASSIGNED_OUTSIDE, /* not in the segment */
	ASSIGNED_IN,
	ASSIGNED_HELD /* held out by lot */
};

struct assigned;

/* folder: with the segments; copied. ERR_MEMORY, ERR_CAP: the path is too long. */
enum err assigned_new(struct assigned **out, const char *folder) MUST_CHECK;
void assigned_free(struct assigned *a); /* NULL is fine */
/* Of a drip. Errors as of segment_open, and ERR_MEMORY. */
enum err assigned_find(struct assigned *a, const struct desk_object *campaign, struct token phone,
                       enum assigned_place *out) MUST_CHECK;
/* The campaign's file as it is, whatever stands in the campaign; errors as of segment_look. */
enum err assigned_look(const struct assigned *a, const struct desk_object *campaign, struct segment *out) MUST_CHECK;
/* The campaign's segment, mapped anew for the caller; errors as of segment_open. */
enum err assigned_segment(const struct assigned *a, const struct desk_object *campaign, struct segment *out) MUST_CHECK;

#endif
