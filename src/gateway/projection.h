/* projection.h - one record of the journal, and the alerts told at its position, applied to the desk: no thread, no file, no clock.
 *
 *   COMMAND      desk_apply, and what came of it is settled
 *   TICK         desk_tick
 *   EVENT        held, so that alerts of it can be understood; each live alert becomes one desk_alert for each measure that its rule proposes
 *                One that says who holds a card or an account is noted, and from then on alerts about either find the person, and the phone to reach them by
 *                One that says in which district a person lives, or an outlet or a cell is, is noted alike, and alerts find whose station it concerns
 *                An event that a label of the desk became says how far labels have come
 *                Each is counted by its type, by what was decided about it, and by the measures proposed (registry_traffic)
 *   ACT          one that tells which institutions there are says from here on whose cards and accounts are whose (institutions.h); one with what somebody found of
 *                an alert is noted beside the desk's objects (verdict.h)
 *   everything else changes nothing
 * So the same records and the same alert lines come to the same objects, in life, after a crash and in a rebuild.
 *
 * The clock of the desk is that of commands and ticks. An alert does not move it: its event may come from a clock that is ahead. Only where there has been neither yet, the first alert
 * sets it.
 * What can't be read, a command of a later version or a foreign line among the alerts, is counted and passed over. Errors are the world's only. */
#ifndef DUANKA_GATEWAY_PROJECTION_H
#define DUANKA_GATEWAY_PROJECTION_H
#include "desk/desk.h"
#include "gateway/institutions.h"
#include "journal/written.h"
#include "store/registry.h"

struct projection_options {
	const struct desk_world *world;
	/* What came of the command at this position; with the world's context of its own. NULL: nobody asks. */
	enum err (*settle)(void *ctx, uint64_t position, const struct desk_outcome *o);
	void *ctx;
	struct registry *registry;    /* where it is noted who holds what. NULL: nobody knows */
	enum err (*begin)(void *ctx); /* a transaction of it, if none is open. NULL: one always is */
};

struct projection_counts {
	uint64_t commands, refused;
	uint64_t alerts;    /* live ones */
	uint64_t proposals; /* measures in them that the desk was told of */
	uint64_t unread;    /* commands and lines that could not be read */
	uint64_t scams;     /* live alerts whose class of fraud the desk does not know */
	uint64_t districts; /* events whose district it does not know */
	uint64_t unknown;   /* measures about somebody who is not known, or a kind of thing that the desk does not know */
};

struct projection { /* large: not for the stack */
	struct projection_options o;
	struct desk desk;
	struct desk_command command;
	struct written *written; /* schema of the events that come now */
	struct institutions institutions;
	uint64_t labels;      /* the last message of the desk that became an event (labels.h) */
	bool news;            /* institutions or labels are other ones; the caller puts it back */
	struct record record; /* the last one */
	bool understood;      /* it is an event, and `event` is what it says */
	struct event event;
	uint64_t decided; /* position of the last live alert, */
	uint8_t worst;    /* and the highest severity there so far */
	struct projection_counts counts;
};

/* An empty desk as of now_us, the time stored with the place where it goes on (0: a new one). Then projection_start, in the same transaction of the world as what follows. */
void projection_init(struct projection *p, const struct projection_options *o, int64_t now_us);
enum err projection_start(struct projection *p) MUST_CHECK;
void projection_release(struct projection *p);
/* Positions ascend. The record's payload must live until the next call of projection_record, for projection_alert. Whether anything may have changed in the world: *touched is
 * set, never cleared. */
enum err projection_record(struct projection *p, const struct record *r, bool *touched) MUST_CHECK;
/* A line of the file of alerts (alert_json.h) at the position of the last record. */
enum err projection_alert(struct projection *p, struct text line, bool *touched) MUST_CHECK;

/* ---- projection_alert.c: what a line says ---- */

enum {
	ALERT_MEASURES_MAX = 8
};
struct alert_entity {
	struct text kind; /* as the policy names it; empty: none */
	struct token token;
};
struct alert_measure {
	uint8_t measure; /* enum desk_measure */
	uint8_t basis;   /* enum desk_basis; 0: none that the desk knows */
	struct alert_entity target;
	struct text
		field; /* of the event, that the target was computed from: "payer" of payer.holder; empty: of none, or of several */
};
struct alert_line { /* texts point into the line */
	uint64_t position;
	int64_t time_us;
	struct text rule, on;
	bool live;
	uint8_t grade;     /* 0 blue .. 3 purple */
	uint8_t severity;  /* enum severity: what the grade is made of */
	struct text scam;  /* the class of fraud that the rule names; empty: none */
	struct text event; /* the object with its fields */
	uint32_t n;
	struct alert_measure measure[ALERT_MEASURES_MAX];
};
/* False: it is not such a line. Whatever stands in it, nothing but `out` is written. */
bool alert_line_read(struct text line, struct alert_line *out);
/* The entity in that field of the event. False: there is none. */
bool alert_line_field(const struct alert_line *l, struct text name, struct alert_entity *out);
/* A rule's name as a code: itself if it can be one, else what can be of it and 16 letters that stand for the whole. */
struct desk_code rule_code(struct text name);
/* What a proposal's basis names: the first that allows the measure, else the first that is known, else 0. */
uint8_t basis_named(struct text basis, uint32_t measure);
/* A class of fraud by its English or Chinese name at the desk (incident.h); 0: there is none. */
uint8_t scam_named(struct text name);
enum desk_entity_kind desk_entity_named(struct text kind); /* DESK_ENTITY_NONE */

#endif
