/* projector.h - from the journal to the registry: one thread that applies, in journal order, commands, ticks and alerts to the desk.
 *
 * It reads what is durable and decided (never more: the writer says how far that is), batch by batch, and commits each batch to the registry together with its position. When it
 * falls behind, decisions do not wait for it; when it was killed, it goes on where the registry says.
 * The step itself (projection.h) knows no thread and no file: a replay, `duanka registry rebuild` and the simulated day use it as well.
 * While decisions are made and nobody waits for a command, it takes PROJECTOR_PERCENT of one processor and sleeps in between: a burst of alerts delays lists, not decisions.
 * A registry that can't be written stops the projector, which says so and tries again; the journal goes on. */
#ifndef DUANKA_GATEWAY_PROJECTOR_H
#define DUANKA_GATEWAY_PROJECTOR_H
#include "desk/desk.h"
#include "gateway/alertlog.h"
#include "gateway/projecting.h"
#include "store/registry.h"

enum {
	PROJECTOR_PERCENT = 50
};

struct projector_log { /* the caller's; where it is among the alerts */
	struct alertlog *log;
	uint64_t number;
};

struct projector_options {
	struct disk *journal;
	struct alertlog *log;
	struct registry *registry;
	int64_t retry_us; /* until it tries again after a failure, and twice as long each time, up to 64 times; 0: 100 ms */
	void (*tell)(const char *line); /* what goes wrong; NULL: nobody */
	uint32_t percent; /* of one processor, while decisions are made; 100: never rests; 0: PROJECTOR_PERCENT */
};

struct projector_counts {
	uint64_t position; /* applied up to here */
	uint64_t next;     /* everything before is durable and decided: next - 1 - position is how far behind it is */
	uint64_t commands, refused, alerts, timers, batches, failures; /* since it was started */
	uint64_t unread;           /* commands and lines of alerts that could not be read */
	uint64_t unknown;          /* measures about somebody or something that the desk does not know */
	uint64_t scams, districts; /* names of classes of fraud, and of districts, that the desk does not know */
	uint64_t unfit;            /* timers whose step was refused */
	int64_t batch_us;          /* how long the last one took */
	bool failing;
};

struct projector;
enum err projector_start(struct projector **out, const struct projector_options *o) MUST_CHECK;
/* Everything before this position is durable, decided, and its alerts are readable. From any thread; never waits. */
void projector_upto(struct projector *p, uint64_t next);
/* Waits until what came of the record is known. ERR_STOPPED: the projector stops, or the registry can't be written now. ERR_ABSENT: the record lies before everything that
 * the registry knows, or is no command. */
enum err projector_wait(struct projector *p, uint64_t position, struct desk_outcome *out) MUST_CHECK;
/* Waits until everything up to the position is in the registry. ERR_STOPPED as above. */
enum err projector_reach(struct projector *p, uint64_t position) MUST_CHECK;
/* Called from the projector's thread after each commit; for the outbox and for those who follow. What is added before the first projector_upto hears of everything. A listener
 * neither listens nor unlistens; after projector_unlisten it is not called any more. */
struct projector_listener {
	struct projector_listener *next;
	void (*committed)(void *ctx, uint64_t position);
	void *ctx;
};
void projector_listen(struct projector *p, struct projector_listener *l);
void projector_unlisten(struct projector *p, struct projector_listener *l);
void projector_counts(struct projector *p, struct projector_counts *out);
/* Finishes the batch at hand; those who wait are told ERR_STOPPED, and so is everybody who asks from then on. */
void projector_stop(struct projector *p);
void projector_free(struct projector *p); /* after projector_stop; nobody may be inside. NULL is fine */
/* The alerts of a log, for projecting.h. */
struct alert_source projector_alerts(struct projector_log *l, struct alertlog *log);

#endif
