/* script.h - what a seat, an automatic caller or an officer at the door says to talk somebody out of a scam (话术): short lines by type of scam, in Chinese and English.
 *
 * A script has parts, a part has lines. Most lines of how to open, how to check who calls and what never to do hold for every type and stand once; a type adds its own: what to ask, what
 * breaks the spell, what to do now. Nothing here is about a person: scripts may be shown to everybody at the desk, and kept by their programs. All of it is constant. */
#ifndef DUANKA_DESK_SCRIPT_H
#define DUANKA_DESK_SCRIPT_H
#include "desk/incident.h"

enum script_part {
	SCRIPT_CALL,    /* a seat opens */
	SCRIPT_MACHINE, /* an automatic voice opens */
	SCRIPT_DOOR,    /* an officer at the door opens */
	SCRIPT_CHECK,   /* how they find out that it is really us */
	SCRIPT_ASK,     /* questions whose answers tell the type */
	SCRIPT_SPELL,   /* what this scam always does */
	SCRIPT_NOW,     /* what to do now */
	SCRIPT_PAID,    /* when they have paid already */
	SCRIPT_REFUSES, /* when they don't believe or don't want to listen */
	SCRIPT_BUSY,    /* when the line is busy or nobody answers: for the speaker */
	SCRIPT_OTHERS,  /* when a relative or a witness answers */
	SCRIPT_NEVER,   /* what never to say or do: for the speaker */
	SCRIPT_PARTS
};
enum {
	SCRIPT_UNKNOWN = 0,  /* in the place of an enum desk_scam: the type is not known yet */
	SCRIPT_ZH_MAX = 120, /* characters of a line */
	SCRIPT_EN_MAX = 240
};

struct desk_object;
struct script_part_info {
	const char *name, *zh, *en;
	bool spoken; /* read out; otherwise it tells the speaker what to do */
};
extern const struct script_part_info script_parts[SCRIPT_PARTS];

struct script_line {
	const char *zh, *en;
	uint8_t
		if_yes; /* of a question: the enum desk_scam that a yes speaks for; 0 in a known type's script: this type. Other lines: 0 */
};

/* Line i of a part: what holds for all types first, then the type's own. NULL behind the last. scam: enum desk_scam or SCRIPT_UNKNOWN. */
const struct script_line *script_line(uint32_t scam, uint32_t part, uint32_t i);
/* The type that a yes to line i of the questions speaks for. */
uint32_t script_if_yes(uint32_t scam, const struct script_line *question);
const char *script_name(uint32_t scam); /* "tasks"; "unknown" */
const char *script_zh(uint32_t scam);
/* The type that a message reads like (UTF-8, any length; the first 1,000 characters count), by the words of the scripts; SCRIPT_UNKNOWN: like none of them clearly. Messages in other languages than
 * Chinese are like none. */
uint32_t script_like(struct text message);
/* DESK_SCAMS: there is none of that name. */
uint32_t script_find(struct text name);
/* The script for an object: by its field of the type of scam, SCRIPT_UNKNOWN if that is not set. DESK_SCAMS: objects of this kind have no such field. */
uint32_t script_of(const struct desk_object *o);

#endif
