/* jobs.h - work that takes minutes: a policy made ready beside the one in force, a backtest. Asked for over HTTP,
 * told about by number, given up on demand.
 *
 * A few threads, a queue and a memory of the last so many, all bounded. They run with low priority and give way to
 * decisions (pace.h). A job lives in memory only: what it changes is in the journal, with who and why; after a
 * restart nobody remembers that it was on its way. Of one kind one runs at a time. A change of the policy waits for
 * no other job: one thread, and one place in the queue, are for what is urgent. */
#ifndef DUANKA_GATEWAY_JOBS_H
#define DUANKA_GATEWAY_JOBS_H
#include "base/buf.h"
#include "gateway/act.h"

enum {
	JOBS_RUNNING_MAX = 2, /* and an urgent one */
	JOBS_WAITING_MAX = 8, /* and an urgent one */
	JOBS_KEPT_MAX = 100,  /* waiting, running and over */
	JOB_RESULT_MAX = 4 << 20,
	JOB_NICE = 10
};

enum job_state {
	JOB_WAITING,
	JOB_RUNNING,
	JOB_DONE,
	JOB_FAILED,
	JOB_ABORTED
};

struct job;
struct jobs;

struct job_order {
	const char *kind; /* lives as long as the program */
	bool lonely;      /* refused while another one of its kind is not over */
	bool one_each;    /* refused while another one of its kind and of who asks is not over */
	bool urgent;      /* see above; lonely as well */
	struct caller who;
	struct text why; /* copied; at most ACT_WHY_MAX bytes */
	/* On a job thread. Looks at job_stopped now and then. Gives JOB_DONE with job_result filled, JOB_FAILED after
	 * job_fail, or JOB_ABORTED. */
	enum job_state (*run)(struct job *j, void *ctx);
	void (*release)(void *ctx); /* when it is over, or will never run: ctx was the job's */
	void *ctx;
};

enum err jobs_start(struct jobs **out, int64_t (*now_us)(void)) MUST_CHECK;
void jobs_stop(struct jobs *js); /* stops what runs, drops what waits, joins, frees; NULL is fine */
/* *id is the job's number, or with ERR_STOPPED (lonely, one_each: another one is not over) the other's. ERR_CAP: too
 * many wait. ctx is the caller's still after an error. Numbers begin with the milliseconds at which the service
 * started, so that no number means two jobs. */
enum err jobs_submit(struct jobs *js, const struct job_order *o, uint64_t *id) MUST_CHECK;
uint32_t jobs_unfinished(struct jobs *js);
/* Appends a JSON array of all, the newest first, without their results. */
void jobs_print(struct jobs *js, struct buf *b);
/* Appends one with its result. False: no such job. */
bool job_print(struct jobs *js, uint64_t id, struct buf *b);
/* Who began it. False: no such job. */
bool job_begun_by(struct jobs *js, uint64_t id, struct caller *who);
/* The oldest of a kind that is not over; 0: none. */
uint64_t jobs_unfinished_of(struct jobs *js, const char *kind);
/* Asks it to stop; it may be done before it hears. False: no such job. */
bool jobs_abort(struct jobs *js, uint64_t id);

/* ---- for a job that runs ---- */
bool job_stopped(const struct job *j);
void job_progress(struct job *j, uint64_t done, uint64_t total); /* records */
struct buf *job_result(struct job *j); /* a JSON object: for the job's thread only, until it is over */
/* What went wrong, as a problem document has it; errors: JSON array, or "". The first one counts. */
enum job_state job_fail(struct job *j, const char *type, const char *title, struct text detail, struct text errors);

#endif
