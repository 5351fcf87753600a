/* served.h - a whole service inside a test: a directory, a shard, the writer, HTTP on a real socket of 127.0.0.1; and a client for it.
 *
 * No test sleeps. The clock that requests are judged by stands still until the test moves it (served_clock); the writer is halted and let go
 * by the test (served_halt), so that what happens while it does not get on can be looked at in peace; what has to happen on another
 * thread first is awaited by looking again and again (served_await). Failures end the test. */
#ifndef DUANKA_TESTS_GATEWAY_SERVED_H
#define DUANKA_TESTS_GATEWAY_SERVED_H
#include <pthread.h>
#include "base/disk.h"
#include "gateway/desk_gate.h"
#include "gateway/http.h"
#include "gateway/matches.h"
#include "gateway/outbox_thread.h"
#include "store/credentials.h"
#include "store/files.h"

enum {
	SERVED_KEYS_MAX = 32
};

struct served_key {
	const char *tenant;
	uint32_t scopes;
	uint32_t roles; /* at the desk */
	uint16_t district;
};

struct served_options { /* zero: something usable */
	const char *policy; /* text */
	const struct tenant *tenants;
	uint32_t n_tenants;
	struct served_key key[SERVED_KEYS_MAX]; /* none: no keys at all */
	uint32_t queue, threads;
	bool outbox;            /* with desk: what it says to the world as well */
	bool desk;              /* registry, texts, credentials (cheap hashes) and the projector as well */
	uint64_t segment_bytes; /* of the journal, and of the files of alerts */
	const char *tls_certificate, *tls_key, *tls_client_ca;
	const struct console *console;  /* its pages; the caller's */
	void (*tune)(struct config *c); /* other settings */
};

struct served {
	char directory[64];
	struct disk disk;
	struct hash_key token_key;
	struct live *live;
	char key[SERVED_KEYS_MAX][KEY_CHARS + 1]; /* of options.key, in that order */
	struct buf policy;
	struct alertlog *log;
	struct shard *shard;
	struct writer *writer;
	struct http *http;
	uint16_t port;
	struct dictionary *dictionary;
	struct held_box *held;
	struct names *names;
	struct keeping keep;
	struct registry *registry;
	struct texts *texts;
	struct files *files;
	struct credentials *credentials, *members;
	struct views *views;
	struct plays *plays;
	struct motions *motions;
	struct projector *projector;
	struct desk_gate *gate;
	struct delivery *delivery;
	struct outbox_thread *outbox;
	struct matches *matches;
	const char *from; /* an address of 127.0.0.0/8 that the client asks from; NULL: the usual one */
	bool may_die;     /* the writer: memory was made to run out */
	/* the halt */
	pthread_t halting;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool halted, go;
};

void served_start(struct served *s, const struct served_options *o);
/* Stops in order; the journal must be whole. The directory is removed. */
void served_stop(struct served *s);
/* How served_start starts HTTP, for those who start another one beside it. */
struct http_options served_http_options(struct served *s, const struct served_options *o);
/* Other settings and keys, from now on. */
void served_reload(struct served *s, const struct served_options *o);
/* Stops and starts on the same directory. */
void served_restart(struct served *s, const struct served_options *o);
enum err served_no_zone(void *ctx, struct arena *a, struct text name, struct text *out);
extern _Atomic int64_t served_clock; /* microseconds; set by served_start to a day in 2026 */

void served_halt(struct served *s); /* the writer stands still when it returns */
void served_go(struct served *s);
/* Until so many events wait for the writer. */
void served_await_queued(struct served *s, uint32_t n);

/* ---- the client ---- */
struct heard {
	int status;
	struct buf head, body; /* head: lines of the status and the headers */
};
int served_connect(const struct served *s);
/* key: NULL for none. headers: "Name: value\r\n" each, or "". */
void served_send(int fd, const char *method, const char *path, const char *key, const char *headers, struct text body);
void served_hear(int fd, struct heard *h); /* cleared before; waits */
/* More of a stream, until it says z. */
void served_hear_until(int fd, struct heard *h, const char *z);
void heard_init(struct heard *h);
void heard_release(struct heard *h);
/* All of it over a connection of its own. body NULL: GET, else POST. */
void served_ask(const struct served *s, const char *path, const char *key, const char *headers, const char *body,
                struct heard *h);
#define heard_says(h, z) heard_check(h, z, true, __FILE__, __LINE__)
#define heard_hides(h, z) heard_check(h, z, false, __FILE__, __LINE__)
#define heard_status(h, n) heard_check_status(h, n, __FILE__, __LINE__)
void heard_check(const struct heard *h, const char *z, bool there, const char *file, int line);
void heard_check_status(const struct heard *h, int status, const char *file, int line);
/* A member of the answer as text, numbers too: "object.id", "objects.0.id". "" if it is not there. Good until the next call but three. */
const char *heard_member(const struct heard *h, const char *path);
/* The number behind `name` in the metrics: 'duanka_x{tenant="a"}'. -1: it is not there. */
int64_t served_metric(const struct served *s, const char *key, const char *name);

/* {"event":"call",...} at served_clock. Into z. */
const char *call_json(char z[256], const char *caller, const char *callee);

#endif
