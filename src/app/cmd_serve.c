/* cmd_serve.c - duanka serve: one process with one data directory; opens, recovers, answers, and stops without losing anything. What it goes
 * by is read in serve_options.c, and again in serve_reload.c. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app/commands.h"
#include "app/serve_desk.h"
#include "app/serve_load.h"
#include "app/serve_reload.h"
#include "app/serve_store.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "gateway/console.h"
#include "gateway/http.h"

struct service {
	struct serve_options options;
	const struct in_force *start; /* as of the start: settings that can't change are read here */
	const struct config *c;       /* those of start */
	struct live *live;
	struct notify notify;
	struct reload reload;
	struct disk disk;
	struct hash_key key;
	struct alertlog *log;
	struct shard *shard;
	struct tender *tender;
	struct writer *writer;
	struct http *http;
	struct buf policy;
	struct serve_store store;
	struct serve_desk desk;
	struct keeping keep;
	struct matches *matches;
	struct motions *motions;
	char *certificate, *private_key, *client_ca;
	struct console *console;
};

static bool complain(const char *what, const char *right)
{
	fprintf(stderr, "duanka serve: %s; %s\n", what, right);
	return false;
}

/* ---- opening ---- */

/* Settings and keys: from now on they stand in s->live. */
static bool open_settings(struct service *s)
{
	struct in_force *first;
	struct buf why;

	buf_init(&why, CONFIG_MESSAGES_MAX);
	first = serve_in_force(&s->options, &why);
	if (first != NULL && live_new(&s->live, first) != ERR_OK) {
		buf_z(&why, "duanka: there is too little memory\n");
		in_force_free(first);
		first = NULL;
	}
	if (first == NULL)
		fputs(why.p == NULL ? "duanka: there is too little memory\n" : why.p, stderr);
	buf_release(&why);
	if (first == NULL)
		return false;
	s->start = live_take(s->live);
	s->c = &s->start->config;
	return true;
}

static bool read_pem(const char *path, char **out)
{
	struct buf b;
	enum err e;

	if (path[0] == 0)
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

static bool read_console(struct service *s)
{
	struct buf why;
	enum err e;

	if (s->c->console[0] == 0)
		return true;
	buf_init(&why, 1 << 14);
	e = console_open(&s->console, s->c->console, &why);
	if (e != ERR_OK)
		fprintf(stderr, "duanka: %s\n", why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

static void tell_found(const struct service *s, const struct shard_found *f)
{
	if (f->journal.torn_bytes > 0)
		fprintf(stderr,
		        "duanka: %s: the last write was torn: %" PRIu64
		        " bytes that nobody was told of were cut off and are kept in %s\n",
		        s->c->data, f->journal.torn_bytes, f->journal.torn_name);
	if (f->snapshots_unfit > 0)
		fprintf(stderr, "duanka: %s: %u snapshots are damaged or of another build and were passed over\n", s->c->data,
		        f->snapshots_unfit);
	if (f->journal.made)
		fprintf(stderr, "duanka: %s: a new journal\n", s->c->data);
	else
		fprintf(stderr, "duanka: %s: %" PRIu64 " records; snapshot of %" PRIu64 ", %" PRIu64 " replayed\n", s->c->data,
		        f->journal.next - 1, f->snapshot, f->replayed);
}

/* The directory's texts, unless they are in force already. Lists that the journal knows stay as they stand in it. */
static enum err adopt(struct service *s, struct buf *why)
{
	struct text in_force = edition_files(shard_edition(s->shard)), all = buf_view(&s->policy);
	struct shard_act act = { .time_us = serve_now_us(),
		                     .payload = TEXT("{\"act\":\"policy\",\"who\":\"duanka serve --adopt\"}") };

	return text_starts(all, in_force) ? ERR_OK : shard_policy(s->shard, all, &act, why);
}

static bool open_shard(struct service *s, struct buf *why)
{
	struct shard_options so = { .disk = &s->disk,
		                        .key = &s->key,
		                        .read_zone = load_zone,
		                        .lateness_us = s->c->lateness_us,
		                        .now_us = serve_now_us(),
		                        .segment_bytes_max = s->c->segment_bytes,
		                        .repeats_max = (uint32_t)s->c->repeats,
		                        .snapshots_kept = (uint32_t)s->c->snapshots,
		                        .evidence_max = 20,
		                        .policy = buf_view(&s->policy),
		                        .whole = alertlog_lacks(s->log),
		                        .alert = alertlog_hear,
		                        .ctx = s->log,
		                        .names = s->c->dictionary ? names_pack : NULL,
		                        .names_listed = s->c->dictionary ? names_pack_listed : NULL,
		                        .names_ctx = s->store.names };
	struct shard_found found;
	enum err e;

	engine_options_default(&so.engine);
	so.engine.state_bytes_max = s->c->state_bytes;
	so.engine.entities_max = s->c->entities;
	randombytes_buf(so.journal_id, sizeof(so.journal_id));
	e = shard_open(&s->shard, &so, &found, why);
	if (e == ERR_OK)
		e = alertlog_flush(s->log);
	if (e == ERR_OK) {
		tell_found(s, &found);
		if (s->options.adopt)
			e = adopt(s, why);
	}
	if (e != ERR_OK)
		fprintf(stderr, "duanka: %s: %s\n", s->c->data, why->n > 0 ? why->p : err_name(e));
	return e == ERR_OK;
}

static const char *or_null(const char *z)
{
	return z[0] == 0 ? NULL : z;
}

static bool open_all(struct service *s)
{
	const struct config *c = s->c;
	struct buf why;
	bool ok;

	buf_init(&why, 1 << 20);
	ok = serve_disk(c->data, true, &s->disk) && serve_lock(c->data) &&
	     serve_key(c->data, or_null(c->token_key), true, &s->key) && read_pem(c->tls_certificate, &s->certificate) &&
	     read_pem(c->tls_key, &s->private_key) && read_pem(c->tls_client_ca, &s->client_ca) && read_console(s) &&
	     serve_store_open(&s->store, c->data, or_null(c->master_key), &s->disk, keeping_grain(c->dictionary_keep_us),
	                      true) &&
	     serve_policy(c->policy, or_null(c->lists), &s->key, c->lateness_us, &s->policy);
	if (ok && alertlog_open(&s->log, &s->disk, 0, &why) != ERR_OK) {
		fprintf(stderr, "duanka: %s/%s\n", c->data, why.p);
		ok = false;
	}
	if (ok && alertlog_lacks(s->log))
		fprintf(stderr,
		        "duanka: %s/alerts: alerts are missing; they are told again if the journal still has its beginning\n",
		        c->data);
	if (ok && matches_open(&s->matches, &s->disk, serve_now_us, &why) != ERR_OK) {
		fprintf(stderr, "duanka: %s/%s\n", c->data, why.n > 0 ? why.p : "matches: the folder can't be read");
		ok = false;
	}
	ok = ok && open_shard(s, &why) && serve_store_begin(&s->store, c->data, shard_next(s->shard)) &&
	     serve_motions_open(&s->motions, c->data);
	if (ok && c->desk)
		ok = serve_desk_open(&s->desk, c->data, &s->disk, s->store.dictionary, c->files_room_bytes) &&
		     serve_desk_institutions(&s->desk, s->shard, c) &&
		     serve_desk_project(&s->desk, &s->disk, s->log, shard_next(s->shard));
	else if (ok)
		ok = serve_desk_texts(&s->desk, c->data, s->store.dictionary);
	buf_release(&why);
	return ok;
}

/* ---- starting ---- */

/* For http_options: ctx is the service. */
static enum err reload(void *ctx, struct buf *why)
{
	return service_reload(&((struct service *)ctx)->reload, why) ? ERR_OK : ERR_FORMAT;
}

static void tell_failure(const char *duty, enum err e, const char *why)
{
	(void)e;
	fprintf(stderr, "duanka: %s failed: %s\n", duty, why);
}

/* What has to be done from time to time, beside the writer. */
static bool start_upkeep(struct service *s)
{
	struct tender_duty duty[TENDER_DUTIES_MAX] = { keeping_folding(&s->keep), keeping_tending(&s->keep),
		                                           tender_indexing(&s->disk), matches_tending(s->matches) };
	uint32_t n = 4;

	s->keep = (struct keeping){ .names = s->store.names,
		                        .dictionary = s->store.dictionary,
		                        .held = s->store.held,
		                        .texts = s->desk.texts,
		                        .writer = s->writer,
		                        .now_us = serve_now_us,
		                        .live = s->live,
		                        .grain_days = keeping_grain(s->c->dictionary_keep_us) };
	if (s->desk.copies != NULL)
		duty[n++] = registry_copies_duty(s->desk.copies);
	if (s->desk.files != NULL) {
		s->desk.sweeping = (struct sweeping){ .files = s->desk.files, .registry = s->desk.registry };
		duty[n++] = sweeping_duty(&s->desk.sweeping);
	}
	if (tender_start(&s->tender, duty, n, tell_failure) != ERR_OK)
		return complain("the upkeep can't be started", "there is too little memory");
	writer_tender(s->writer, s->tender);
	return true;
}

/* Before the writer stops, which duties ask; whoever waits for one of them then does not wait long. */
static void stop_upkeep(struct service *s)
{
	if (s->writer != NULL)
		writer_tender(s->writer, NULL);
	tender_stop(s->tender);
}

static bool start_sending(struct service *s)
{
	struct outbox_thread_options o = { .live = s->live,
		                               .key = &s->key,
		                               .writer = s->writer,
		                               .names = s->store.names,
		                               .dictionary = s->c->dictionary,
		                               .schema = &shard_edition(s->shard)->policy.schema,
		                               .now_us = serve_now_us };

	return serve_desk_send(&s->desk, &o);
}

static bool start(struct service *s)
{
	struct writer_options wo = { .shard = s->shard,
		                         .log = s->log,
		                         .live = s->live,
		                         .now_us = serve_now_us,
		                         .decided = serve_desk_decided,
		                         .kept = serve_desk_kept,
		                         .ctx = &s->desk };
	struct http_options ho = { .live = s->live,
		                       .reload = reload,
		                       .tls_certificate = s->certificate,
		                       .tls_key = s->private_key,
		                       .tls_client_ca = s->client_ca,
		                       .log = s->log,
		                       .edition = shard_edition(s->shard),
		                       .key = &s->key,
		                       .now_us = serve_now_us,
		                       .keep = &s->keep,
		                       .registry = s->desk.registry,
		                       .texts = s->desk.texts,
		                       .files = s->desk.files,
		                       .plays = s->desk.plays,
		                       .credentials = s->desk.credentials,
		                       .members = s->desk.members,
		                       .views = s->desk.views,
		                       .projector = s->desk.projector,
		                       .matches = s->matches,
		                       .console = s->console,
		                       .motions = s->motions,
		                       .ctx = s };
	char address[64], ready[96];
	uint64_t next = shard_next(s->shard);
	struct buf why;
	uint16_t port;

	buf_init(&why, 4096);
	if (writer_start(&s->writer, &wo) != ERR_OK)
		return complain("the writer can't be started", "there is too little memory");
	s->reload.writer = s->writer;
	if (!start_upkeep(s) || (s->c->desk && !serve_desk_gate(&s->desk, s->writer, &s->key, next)))
		return false;
	if (s->c->desk && !start_sending(s))
		return false;
	ho.gate = s->desk.gate;
	ho.outbox = s->desk.outbox;
	ho.delivery = s->desk.delivery;
	ho.writer = s->writer;
	shard_fill_options(s->shard, &ho.fill);
	if (http_start(&s->http, &ho, &why) != ERR_OK) {
		fprintf(stderr, "duanka: %s\n", why.n > 0 ? why.p : "out of memory");
		buf_release(&why);
		return false;
	}
	buf_release(&why);
	CHECK(config_address(s->c, address, &port));
	snprintf(ready, sizeof(ready), "%s:%u\n", address, http_port(s->http));
	if (s->options.ready_file != NULL && file_write_all(s->options.ready_file, text_z(ready)) != ERR_OK)
		return complain(s->options.ready_file, "it can't be written");
	fprintf(stderr, "duanka: listening on %s", ready);
	notify_say(&s->notify, "READY=1\nSTATUS=listening on %s", ready);
	return true;
}

/* ---- running ---- */

static int64_t monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

/* The watchdog hears from us only while events get done. */
static void pat_watchdog(struct service *s, const struct writer_counts *c)
{
	const struct in_force *f = live_take(s->live);

	if (!writer_stalled(c, serve_now_us(), f->config.stall_us))
		notify_say(&s->notify, "WATCHDOG=1\nSTATUS=%" PRIu64 " records, %" PRIu32 " events waiting, %" PRIu64 " alerts",
		           c->next - 1, c->queued, c->alerts);
	else
		notify_say(&s->notify, "STATUS=stalled: %" PRIu32 " events waiting", c->queued);
	in_force_free(f);
}

/* False: one to stop for. */
static bool take_signal(struct service *s, int signals)
{
	struct signalfd_siginfo i;
	struct buf why;

	if (read(signals, &i, sizeof(i)) != sizeof(i))
		return true;
	if (i.ssi_signo != SIGHUP)
		return false;
	buf_init(&why, CONFIG_MESSAGES_MAX);
	(void)service_reload(&s->reload, &why); /* says itself what came of it */
	buf_release(&why);
	return true;
}

/* Until a signal to stop, or until the journal can't be written any more. */
static bool run(struct service *s, int signals)
{
	int64_t half_us = s->notify.watchdog_us / 2, next_us = monotonic_us() + half_us;

	for (;;) {
		struct pollfd p = { .fd = signals, .events = POLLIN };
		int64_t left_us = half_us == 0 ? US_PER_SECOND : next_us - monotonic_us();
		struct writer_counts c;

		left_us = left_us < 0 ? 0 : left_us > US_PER_SECOND ? US_PER_SECOND : left_us;
		if (poll(&p, 1, (int)((left_us + 999) / 1000)) > 0 && !take_signal(s, signals))
			return true;
		writer_counts(s->writer, &c);
		if (c.dead)
			return complain("the journal could not be written (disk full, or failing): nothing is taken any more",
			                "mend it and start again");
		if (half_us > 0 && monotonic_us() >= next_us) {
			next_us = monotonic_us() + half_us;
			pat_watchdog(s, &c);
		}
	}
}

static void release(struct service *s)
{
	shard_close(s->shard);
	alertlog_close(s->log);
	buf_release(&s->policy);
	serve_desk_close(&s->desk);
	matches_close(s->matches);
	motions_close(s->motions);
	serve_store_close(&s->store);
	disk_real_close(&s->disk);
	in_force_free(s->start);
	live_free(s->live);
	notify_close(&s->notify);
	mem_free(s->certificate);
	mem_free(s->private_key);
	mem_free(s->client_ca);
	console_close(s->console);
	sodium_memzero(&s->key, sizeof(s->key));
}

static int signals_blocked(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread, so that all inherit it */
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* --settings: what would be in force. */
static int show_settings(const struct serve_options *o)
{
	struct in_force *f = in_force_new();
	struct buf why, out;
	bool ok;

	buf_init(&why, CONFIG_MESSAGES_MAX);
	buf_init(&out, (size_t)4 << 20);
	ok = f != NULL && serve_config(o, &f->config, &why) == ERR_OK;
	if (ok) {
		config_print(&f->config, &out);
		ok = out.err == ERR_OK && fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
		if (!ok)
			complain("the settings could not be written", out.err == ERR_OK ? strerror(errno) : err_name(out.err));
	} else {
		fputs(why.p == NULL ? "duanka: there is too little memory\n" : why.p, stderr);
	}
	in_force_free(f);
	buf_release(&why);
	buf_release(&out);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}

static int print_routes(void)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	http_routes(&b);
	fputs(b.n > 0 ? b.p : "", stdout);
	buf_release(&b);
	return EXIT_ACCEPTED;
}

static bool serve(struct service *s)
{
	int signals = signals_blocked();
	bool ok;

	notify_open(&s->notify);
	notify_say(&s->notify, "STATUS=reading the journal");
	ok = signals >= 0 && sodium_init() >= 0 && open_settings(s) && open_all(s);
	s->reload = (struct reload){
		.options = &s->options, .live = s->live, .log = s->log, .notify = &s->notify, .lock = PTHREAD_MUTEX_INITIALIZER
	};
	ok = ok && start(s) && run(s, signals);
	notify_say(&s->notify, "STOPPING=1\nSTATUS=%s", ok ? "finishing what was begun" : "could not go on: see the log");
	stop_upkeep(s);
	if (s->http != NULL)
		http_stop(s->http);
	serve_desk_stop_sending(&s->desk);
	serve_desk_quiet(&s->desk);
	if (s->writer != NULL) {
		ok = writer_stop(s->writer) && ok;
		writer_free(s->writer);
	}
	serve_desk_stop(&s->desk);
	if (ok && names_catch_up(s->store.names, shard_next(s->shard), NULL) != ERR_OK)
		complain("the dictionary can't be written",
		         "what is missing in it is taken from the journal at the next start");
	release(s);
	return ok;
}

int cmd_serve(int argc, char **argv)
{
	static struct service s;
	int status = serve_options_read(&s.options, argc, argv);

	if (status >= 0)
		return status;
	if (s.options.settings)
		return show_settings(&s.options);
	if (s.options.routes)
		return print_routes();
	umask(077);
	buf_init(&s.policy, RECORD_PAYLOAD_MAX);
	return serve(&s) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
