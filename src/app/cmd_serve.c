/* cmd_serve.c - duanka serve: one process with one data directory; opens, recovers, answers, and stops without losing anything. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "app/serve_store.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "gateway/http.h"

#define DICTIONARY_KEEP_US (1095 * US_PER_DAY)
#define QUARANTINE_KEEP_US (90 * US_PER_DAY)
#define QUARANTINE_MAX 1000000

struct options {
	const char *data, *policy_dir, *lists_dir, *key_path, *master_path, *listen, *certificate, *private_key,
		*ready_file;
	bool anonymous, adopt, no_dictionary;
	int64_t threads, connections, idle_s, queue, tick_us, snapshot_us, lateness_us, skew_us, repeats, segment_mib,
		body_mib, entities;
	size_t state_bytes;
};

struct service {
	struct options o;
	struct disk disk;
	struct hash_key key;
	struct keys keys;
	struct alertlog *log;
	struct shard *shard;
	struct writer *writer;
	struct http *http;
	struct buf policy;
	char address[64];
	uint16_t port;
	struct serve_store store;
	struct keeping keep;
	pthread_t keeper;
	sem_t wake; /* the keeper, so that it ends at once */
	volatile bool stop;
	char *certificate, *private_key;
};

static const char help_text[] =
	"duanka serve --data DIR [options]    decide over HTTP, with a durable journal / 以 HTTP 在线决策，日志持久化\n\n"
	"  --data DIR            journal, snapshots, alerts, keys; made if it is not there\n"
	"  --policy DIR          taken when the journal is new (default: policy)\n"
	"  --adopt               take DIR's policy now, if it differs from the one in force; its windows are filled from the journal\n"
	"  --lists DIR           the city's own lists, by their file names\n"
	"  --key FILE            token key (default: DIR/token.key, made at first use)\n"
	"  --master-key FILE     opens the dictionary (default: DIR/master.key, made at first use)\n"
	"  --no-dictionary       identifiers are not kept: tokens that come from now on can never be turned back\n"
	"  --listen ADDRESS:PORT default 127.0.0.1:8460; [::1]:8460 for IPv6; port 0: any free one\n"
	"  --anonymous           no API keys; on a loopback address only\n"
	"  --tls-certificate FILE, --tls-key FILE   PEM; both or neither\n"
	"  --threads N           1 to 64, default 2\n"
	"  --connections N       16 to 65535, default 4096\n"
	"  --idle SECONDS        1 to 3600, default 30: a connection that sends nothing is closed\n"
	"  --body MIB            1 to 256, default 16\n"
	"  --queue N             512 to 1048576 events waiting, default 65536; more are turned away\n"
	"  --tick DURATION       1s to 1h, default 10s\n"
	"  --snapshot DURATION   1min to 7d, default 1h\n"
	"  --lateness DURATION   default 10min\n"
	"  --skew DURATION       default 5min: an event further ahead of our clock is refused\n"
	"  --repeats N           512 to 16777216 idempotency keys remembered, default 1048576\n"
	"  --segment MIB         1 to 4096, default 128\n"
	"  --state-max SIZE      memory for windows, default 4GiB\n"
	"  --entities N          of each kind, default 16777216\n"
	"  --ready-file FILE     ADDRESS:PORT is written there once requests are answered\n\n"
	"SIGTERM and SIGINT stop it: what was begun is finished, a snapshot is taken. API keys: duanka keys --help.\n";

enum {
	O_DATA = 16,
	O_POLICY,
	O_ADOPT,
	O_LISTS,
	O_KEY,
	O_MASTER,
	O_NO_DICTIONARY,
	O_LISTEN,
	O_ANONYMOUS,
	O_CERTIFICATE,
	O_TLS_KEY,
	O_THREADS,
	O_CONNECTIONS,
	O_IDLE,
	O_BODY,
	O_QUEUE,
	O_TICK,
	O_SNAPSHOT,
	O_LATENESS,
	O_SKEW,
	O_REPEATS,
	O_SEGMENT,
	O_STATE,
	O_ENTITIES,
	O_READY,
	O_HELP
};

static const struct args_option table[] = {
	{ "--data", 'd', true, O_DATA },
	{ "--policy", 'p', true, O_POLICY },
	{ "--adopt", 0, false, O_ADOPT },
	{ "--lists", 0, true, O_LISTS },
	{ "--key", 'k', true, O_KEY },
	{ "--master-key", 0, true, O_MASTER },
	{ "--no-dictionary", 0, false, O_NO_DICTIONARY },
	{ "--listen", 'l', true, O_LISTEN },
	{ "--anonymous", 0, false, O_ANONYMOUS },
	{ "--tls-certificate", 0, true, O_CERTIFICATE },
	{ "--tls-key", 0, true, O_TLS_KEY },
	{ "--threads", 0, true, O_THREADS },
	{ "--connections", 0, true, O_CONNECTIONS },
	{ "--idle", 0, true, O_IDLE },
	{ "--body", 0, true, O_BODY },
	{ "--queue", 0, true, O_QUEUE },
	{ "--tick", 0, true, O_TICK },
	{ "--snapshot", 0, true, O_SNAPSHOT },
	{ "--lateness", 0, true, O_LATENESS },
	{ "--skew", 0, true, O_SKEW },
	{ "--repeats", 0, true, O_REPEATS },
	{ "--segment", 0, true, O_SEGMENT },
	{ "--state-max", 0, true, O_STATE },
	{ "--entities", 0, true, O_ENTITIES },
	{ "--ready-file", 0, true, O_READY },
	{ "--help", 'h', false, O_HELP },
};

static bool take_number(const struct args *a, struct options *o, int number, const char *v)
{
	switch (number) {
	case O_THREADS: return args_number(a, "--threads", v, 1, 64, &o->threads);
	case O_CONNECTIONS: return args_number(a, "--connections", v, 16, 65535, &o->connections);
	case O_IDLE: return args_number(a, "--idle", v, 1, 3600, &o->idle_s);
	case O_BODY: return args_number(a, "--body", v, 1, 256, &o->body_mib);
	case O_QUEUE: return args_number(a, "--queue", v, SHARD_ITEMS_MAX, 1 << 20, &o->queue);
	case O_TICK: return args_duration(a, "--tick", v, &o->tick_us);
	case O_SNAPSHOT: return args_duration(a, "--snapshot", v, &o->snapshot_us);
	case O_LATENESS: return args_duration(a, "--lateness", v, &o->lateness_us);
	case O_SKEW: return args_duration(a, "--skew", v, &o->skew_us);
	case O_REPEATS: return args_number(a, "--repeats", v, SHARD_ITEMS_MAX, 16 << 20, &o->repeats);
	case O_SEGMENT: return args_number(a, "--segment", v, 1, 4096, &o->segment_mib);
	case O_STATE: return args_bytes(a, "--state-max", v, &o->state_bytes);
	case O_ENTITIES: return args_number(a, "--entities", v, 1024, 1 << 28, &o->entities);
	default: return false;
	}
}

static bool take_option(const struct args *a, struct options *o, int number, const char *v)
{
	switch (number) {
	case O_DATA: o->data = v; return true;
	case O_POLICY: o->policy_dir = v; return true;
	case O_ADOPT: o->adopt = true; return true;
	case O_LISTS: o->lists_dir = v; return true;
	case O_KEY: o->key_path = v; return true;
	case O_MASTER: o->master_path = v; return true;
	case O_NO_DICTIONARY: o->no_dictionary = true; return true;
	case O_LISTEN: o->listen = v; return true;
	case O_ANONYMOUS: o->anonymous = true; return true;
	case O_CERTIFICATE: o->certificate = v; return true;
	case O_TLS_KEY: o->private_key = v; return true;
	case O_READY: o->ready_file = v; return true;
	default: return take_number(a, o, number, v);
	}
}

static bool complain(const char *what, const char *right)
{
	fprintf(stderr, "duanka serve: %s; %s\n", what, right);
	return false;
}

static bool split_listen(struct service *s)
{
	const char *z = s->o.listen, *colon = strrchr(z, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - z);
	int64_t port;

	if (n > 2 && z[0] == '[' && z[n - 1] == ']') {
		z++;
		n -= 2;
	}
	if (colon == NULL || n == 0 || n >= sizeof(s->address) || text_to_int(text_z(colon + 1), &port) != ERR_OK ||
	    port < 0 || port > 65535)
		return complain("--listen takes ADDRESS:PORT", "write 127.0.0.1:8460 or [::1]:8460");
	memcpy(s->address, z, n);
	s->address[n] = 0;
	s->port = (uint16_t)port;
	if (s->o.anonymous && strncmp(s->address, "127.", 4) != 0 && strcmp(s->address, "::1") != 0)
		return complain("--anonymous goes with a loopback address only", "make keys with duanka keys add");
	if ((s->o.certificate == NULL) != (s->o.private_key == NULL))
		return complain("--tls-certificate and --tls-key go together", "name both or neither");
	return true;
}

/* 0: run; else the exit status + 1. */
static int read_options(struct service *s, int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "serve" };
	const char *v;
	int number;

	s->o = (struct options){ .policy_dir = "policy",
		                     .listen = "127.0.0.1:8460",
		                     .threads = 2,
		                     .connections = 4096,
		                     .idle_s = 30,
		                     .queue = 65536,
		                     .tick_us = 10 * US_PER_SECOND,
		                     .snapshot_us = US_PER_HOUR,
		                     .lateness_us = 10 * US_PER_MINUTE,
		                     .skew_us = 5 * US_PER_MINUTE,
		                     .repeats = 1 << 20,
		                     .segment_mib = 128,
		                     .body_mib = 16,
		                     .entities = 16 << 20,
		                     .state_bytes = (size_t)4 << 30 };
	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == O_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED + 1;
		}
		if (number == ARGS_OPERAND)
			complain("it takes no operands", "see --help");
		if (number == ARGS_OPERAND || number == ARGS_WRONG || !take_option(&a, &s->o, number, v))
			return EXIT_COULD_NOT_RUN + 1;
	}
	if (s->o.data == NULL)
		complain("--data is missing", "name the directory of journal and snapshots");
	return s->o.data != NULL && split_listen(s) ? 0 : EXIT_COULD_NOT_RUN + 1;
}

/* ---- opening ---- */

static bool open_keys(struct service *s)
{
	char path[DATA_PATH_BYTES];
	struct buf file, why;
	enum err e;

	snprintf(path, sizeof(path), "%s/api-keys.ndjson", s->o.data);
	buf_init(&file, 8 << 20);
	buf_init(&why, 4096);
	e = file_read_all(path, 8 << 20, &file);
	if (e == ERR_OK)
		e = keys_parse(&s->keys, buf_view(&file), &why);
	if (e == ERR_FORMAT)
		fprintf(stderr, "duanka: %s: %s\n", path, why.p);
	else if (e == ERR_ABSENT && !s->o.anonymous)
		fprintf(stderr, "duanka: %s: there are no API keys yet; run duanka keys add --data %s, or name --anonymous\n",
		        path, s->o.data);
	else if (e != ERR_OK && e != ERR_ABSENT)
		fprintf(stderr, "duanka: %s: %s\n", path, e == ERR_IO ? strerror(errno) : err_name(e));
	buf_release(&file);
	buf_release(&why);
	return e == ERR_OK || (e == ERR_ABSENT && s->o.anonymous);
}

static bool read_pem(const char *path, char **out)
{
	struct buf b;
	enum err e;

	if (path == NULL)
		return true;
	buf_init(&b, 1 << 20);
	e = file_read_all(path, 1 << 20, &b);
	*out = e == ERR_OK ? mem_copy_text(b.p ? b.p : "", b.n) : NULL;
	buf_release(&b);
	if (*out != NULL)
		return true;
	fprintf(stderr, "duanka: %s: %s\n", path, strerror(errno));
	return false;
}

static void tell_found(const struct service *s, const struct shard_found *f)
{
	if (f->journal.torn_bytes > 0)
		fprintf(stderr,
		        "duanka: %s: the last write was torn: %" PRIu64
		        " bytes that nobody was told of were cut off and are kept in %s\n",
		        s->o.data, f->journal.torn_bytes, f->journal.torn_name);
	if (f->snapshots_unfit > 0)
		fprintf(stderr, "duanka: %s: %u snapshots are damaged or of another build and were passed over\n", s->o.data,
		        f->snapshots_unfit);
	if (f->journal.made)
		fprintf(stderr, "duanka: %s: a new journal\n", s->o.data);
	else
		fprintf(stderr, "duanka: %s: %" PRIu64 " records; snapshot of %" PRIu64 ", %" PRIu64 " replayed\n", s->o.data,
		        f->journal.next - 1, f->snapshot, f->replayed);
}

static bool open_shard(struct service *s, struct buf *why)
{
	struct shard_options so = { .disk = &s->disk,
		                        .key = &s->key,
		                        .read_zone = load_zone,
		                        .lateness_us = s->o.lateness_us,
		                        .now_us = serve_now_us(),
		                        .segment_bytes_max = (uint64_t)s->o.segment_mib << 20,
		                        .repeats_max = (uint32_t)s->o.repeats,
		                        .snapshots_kept = 2,
		                        .evidence_max = 20,
		                        .policy = buf_view(&s->policy),
		                        .alert = alertlog_hear,
		                        .ctx = s->log,
		                        .names = s->o.no_dictionary ? NULL : names_pack,
		                        .names_ctx = s->store.names };
	struct shard_found found;
	enum err e;

	engine_options_default(&so.engine);
	so.engine.state_bytes_max = s->o.state_bytes;
	so.engine.entities_max = (uint64_t)s->o.entities;
	randombytes_buf(so.journal_id, sizeof(so.journal_id));
	e = shard_open(&s->shard, &so, &found, why);
	if (e == ERR_OK)
		e = alertlog_flush(s->log);
	if (e == ERR_OK) {
		tell_found(s, &found);
		if (s->o.adopt && !text_eq(shard_policy_payload(s->shard), buf_view(&s->policy)))
			e = shard_policy(s->shard, buf_view(&s->policy), serve_now_us(), why);
	}
	if (e != ERR_OK)
		fprintf(stderr, "duanka: %s: %s\n", s->o.data, why->n > 0 ? why->p : err_name(e));
	return e == ERR_OK;
}

static bool open_all(struct service *s)
{
	char path[DATA_PATH_BYTES];
	struct buf why;
	bool ok;

	buf_init(&why, 1 << 20);
	buf_init(&s->policy, RECORD_PAYLOAD_MAX);
	ok = sodium_init() >= 0 && serve_disk(s->o.data, true, &s->disk) && serve_lock(s->o.data) &&
	     serve_key(s->o.data, s->o.key_path, true, &s->key) && open_keys(s) &&
	     read_pem(s->o.certificate, &s->certificate) && read_pem(s->o.private_key, &s->private_key) &&
	     serve_store_open(&s->store, s->o.data, s->o.master_path, &s->disk, keeping_grain(DICTIONARY_KEEP_US), true) &&
	     serve_policy(s->o.policy_dir, s->o.lists_dir, &s->key, s->o.lateness_us, &s->policy);
	snprintf(path, sizeof(path), "%s/alerts.ndjson", s->o.data);
	if (ok && alertlog_open(&s->log, path, &why) != ERR_OK) {
		fprintf(stderr, "duanka: %s\n", why.p);
		ok = false;
	}
	ok = ok && open_shard(s, &why) && serve_store_begin(&s->store, s->o.data, shard_next(s->shard));
	buf_release(&why);
	return ok;
}

/* What dictionary and quarantine need from time to time. */
static void *keeper(void *arg)
{
	struct service *s = arg;
	int64_t next_us = 0;

	(void)!nice(10); /* this thread's, on Linux: decisions come first, and without it they are as right */
	while (!s->stop) {
		struct timespec until;

		keeping_fold(&s->keep, &s->stop);
		if (serve_now_us() >= next_us) {
			keeping_tend(&s->keep, &s->stop);
			next_us = serve_now_us() + KEEPING_TEND_EVERY_US;
		}
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += KEEPING_FOLD_EVERY_US / US_PER_SECOND;
		sem_timedwait(&s->wake, &until);
	}
	return NULL;
}

static bool start_keeper(struct service *s)
{
	s->keep = (struct keeping){ .names = s->store.names,
		                        .dictionary = s->store.dictionary,
		                        .held = s->store.held,
		                        .writer = s->writer,
		                        .now_us = serve_now_us,
		                        .dictionary_keep_us = DICTIONARY_KEEP_US,
		                        .grain_days = keeping_grain(DICTIONARY_KEEP_US),
		                        .quarantine_keep_us = QUARANTINE_KEEP_US,
		                        .quarantine_max = QUARANTINE_MAX };
	CHECK(sem_init(&s->wake, 0, 0) == 0);
	if (pthread_create(&s->keeper, NULL, keeper, s) == 0)
		return true;
	s->keep.writer = NULL;
	return complain("a thread can't be started", "there is too little memory");
}

static void stop_keeper(struct service *s)
{
	if (s->keep.writer == NULL)
		return;
	s->stop = true;
	sem_post(&s->wake);
	pthread_join(s->keeper, NULL);
}

static bool start(struct service *s)
{
	struct writer_options wo = { .shard = s->shard,
		                         .log = s->log,
		                         .queue_events_max = (uint32_t)s->o.queue,
		                         .tick_us = s->o.tick_us,
		                         .snapshot_every_us = s->o.snapshot_us,
		                         .now_us = serve_now_us };
	struct http_options ho = { .address = s->address,
		                       .port = s->port,
		                       .threads = (uint32_t)s->o.threads,
		                       .workers = 2,
		                       .connections_max = (uint32_t)s->o.connections,
		                       .connections_per_address_max = (uint32_t)s->o.connections,
		                       .idle_s = (uint32_t)s->o.idle_s,
		                       .body_bytes_max = (size_t)s->o.body_mib << 20,
		                       .tls_certificate = s->certificate,
		                       .tls_key = s->private_key,
		                       .log = s->log,
		                       .policy = shard_policy_in_force(s->shard),
		                       .key = &s->key,
		                       .keys = s->o.anonymous ? NULL : &s->keys,
		                       .skew_us = s->o.skew_us,
		                       .stall_us = 10 * US_PER_SECOND,
		                       .now_us = serve_now_us,
		                       .keep = &s->keep };
	struct buf why;
	char ready[96];

	buf_init(&why, 4096);
	if (writer_start(&s->writer, &wo) != ERR_OK)
		return complain("the writer can't be started", "there is too little memory");
	ho.writer = s->writer;
	if (!start_keeper(s))
		return false;
	if (http_start(&s->http, &ho, &why) != ERR_OK) {
		fprintf(stderr, "duanka: %s\n", why.n > 0 ? why.p : "out of memory");
		buf_release(&why);
		return false;
	}
	buf_release(&why);
	snprintf(ready, sizeof(ready), "%s:%u\n", s->address, http_port(s->http));
	if (s->o.ready_file != NULL && file_write_all(s->o.ready_file, text_z(ready)) != ERR_OK)
		return complain(s->o.ready_file, "it can't be written");
	fprintf(stderr, "duanka: listening on %s", ready);
	return true;
}

/* Until a signal, or until the journal can't be written any more. */
static bool wait_for_end(struct service *s, int signals)
{
	for (;;) {
		struct pollfd p = { .fd = signals, .events = POLLIN };
		struct writer_counts c;

		if (poll(&p, 1, 1000) > 0)
			return true;
		writer_counts(s->writer, &c);
		if (c.dead)
			return complain("the journal could not be written (disk full, or failing): nothing is taken any more",
			                "mend it and start again");
	}
}

static void release(struct service *s)
{
	shard_close(s->shard);
	alertlog_close(s->log);
	keys_release(&s->keys);
	buf_release(&s->policy);
	serve_store_close(&s->store);
	disk_real_close(&s->disk);
	mem_free(s->certificate);
	mem_free(s->private_key);
	sodium_memzero(&s->key, sizeof(s->key));
}

static int signals_blocked(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread, so that all inherit it */
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int cmd_serve(int argc, char **argv)
{
	static struct service s;
	int status = read_options(&s, argc, argv), signals;
	bool ok;

	if (status != 0)
		return status - 1;
	umask(077);
	signals = signals_blocked();
	ok = signals >= 0 && open_all(&s) && start(&s);
	if (ok)
		ok = wait_for_end(&s, signals);
	s.stop = true; /* so that whoever waits for the keeper does not wait long */
	if (s.http != NULL)
		http_stop(s.http);
	stop_keeper(&s);
	if (s.writer != NULL) {
		ok = writer_stop(s.writer) && ok;
		writer_free(s.writer);
	}
	if (ok && names_catch_up(s.store.names, shard_next(s.shard), NULL) != ERR_OK)
		complain("the dictionary can't be written",
		         "what is missing in it is taken from the journal at the next start");
	release(&s);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
