/* served.c - see served.h. */
#include "tests/test.h"
#include "tests/gateway/served.h"
#include <arpa/inet.h>
#include <ftw.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sched.h>
#include <sodium.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"

_Atomic int64_t served_clock;

static const char standard_policy[] =
	"entity phone\nevent call { caller: phone, callee: phone, talk: duration? }\n"
	"rule often on call about caller when count(call by caller over 1h) >= 3 then alert red, score 40 because \"{count(call by caller over 1h)} calls\"\n";

static int64_t stopped_clock(void)
{
	return served_clock;
}

static int64_t real_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

enum err served_no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void make_keys(struct served *s, const struct served_options *o, struct keys *keys)
{
	for (uint32_t i = 0; i < SERVED_KEYS_MAX && o->key[i].tenant != NULL; i++) {
		struct key_entry e = {
			.scopes = o->key[i].scopes, .until_us = INT64_MAX, .roles = o->key[i].roles, .district = o->key[i].district
		};
		unsigned char random[KEY_RANDOM_BYTES] = { (unsigned char)(i + 1) };

		snprintf(e.tenant, sizeof(e.tenant), "%s", o->key[i].tenant);
		assert_int_equal(keys_make(keys, &e, random, s->key[i]), ERR_OK);
	}
}

/* Settings as the options say, else their defaults. */
static struct in_force *settings(struct served *s, const struct served_options *o)
{
	struct in_force *f = in_force_new();
	struct config *c;

	assert_non_null(f);
	c = &f->config;
	config_default(c);
	make_keys(s, o, &f->keys);
	snprintf(c->listen, sizeof(c->listen), "127.0.0.1:0");
	c->anonymous = f->keys.n == 0;
	c->threads = o->threads != 0 ? o->threads : 2;
	c->queue = o->queue != 0 ? o->queue : 65536;
	c->idle_us = c->request_us = 300 * US_PER_SECOND;
	c->skew_us = US_PER_MINUTE;
	c->stall_us = US_PER_HOUR;
	c->tick_us = c->snapshot_us = INT64_MAX; /* no records but those of the test */
	assert_true(o->n_tenants <= TENANTS_MAX);
	for (uint32_t i = 0; i < o->n_tenants; i++)
		c->tenant[i] = o->tenants[i];
	c->n_tenants = o->n_tenants;
	if (o->tune != NULL)
		o->tune(c);
	return f;
}

static void make_settings(struct served *s, const struct served_options *o)
{
	assert_int_equal(live_new(&s->live, settings(s, o)), ERR_OK);
}

void served_reload(struct served *s, const struct served_options *o)
{
	live_swap(s->live, settings(s, o));
}

/* Dictionary and quarantine, in memory. Folding is nobody's business here. */
static void open_store(struct served *s, struct buf *why)
{
	static const unsigned char master[DICTIONARY_MASTER_BYTES] = "master";
	char motions[128];

	assert_int_equal(dictionary_open(&s->dictionary, ":memory:", master, why), ERR_OK);
	snprintf(motions, sizeof(motions), "%s/motions.sqlite", s->directory);
	assert_int_equal(motions_open(&s->motions, motions, why), ERR_OK);
	assert_int_equal(held_open(&s->held, ":memory:", s->dictionary, why), ERR_OK);
	assert_int_equal(names_new(&s->names, s->dictionary, &s->disk, real_clock, 1), ERR_OK);
}

static void open_shard(struct served *s, const struct served_options *o, struct buf *why)
{
	const char *text = o->policy != NULL ? o->policy : standard_policy;
	struct policy_file file = { TEXT("test.dk"), text_z(text) };
	struct shard_options so = { .disk = &s->disk,
		                        .key = &s->token_key,
		                        .read_zone = served_no_zone,
		                        .lateness_us = 10 * US_PER_MINUTE,
		                        .now_us = served_clock,
		                        .engine = { .state_bytes_max = 1 << 24, .entities_max = 1 << 16 },
		                        .repeats_max = 1 << 16,
		                        .snapshots_kept = 2,
		                        .segment_bytes_max = o->segment_bytes,
		                        .evidence_max = 5,
		                        .alert = alertlog_hear };
	struct shard_found found;

	buf_init(&s->policy, 1 << 20);
	edition_put_files(&s->policy, &file, 1);
	assert_int_equal(alertlog_open(&s->log, &s->disk, o->segment_bytes, why), ERR_OK);
	so.policy = buf_view(&s->policy);
	so.ctx = s->log;
	if (shard_open(&s->shard, &so, &found, why) != ERR_OK)
		fail_msg("%s", why->p);
	assert_int_equal(alertlog_flush(s->log), ERR_OK);
}

/* In the directory, so that a test can look through the files and start again. */
static void open_desk(struct served *s, struct buf *why)
{
	struct projector_options po = { .journal = &s->disk, .log = s->log };
	char path[128];

	snprintf(path, sizeof(path), "%s/registry.sqlite", s->directory);
	assert_int_equal(registry_open(&s->registry, path, why), ERR_OK);
	snprintf(path, sizeof(path), "%s/texts.sqlite", s->directory);
	assert_int_equal(texts_open(&s->texts, path, s->dictionary, why), ERR_OK);
	snprintf(path, sizeof(path), "%s/files", s->directory);
	assert_int_equal(files_open(&s->files, path, s->texts, 64 << 20), ERR_OK);
	snprintf(path, sizeof(path), "%s/plays.sqlite", s->directory);
	assert_int_equal(plays_open(&s->plays, path, why), ERR_OK);
	snprintf(path, sizeof(path), "%s/credentials.sqlite", s->directory);
	assert_int_equal(credentials_open(&s->credentials, path, s->dictionary, why), ERR_OK);
	credentials_cost(s->credentials, 1, 8192);
	snprintf(path, sizeof(path), "%s/members.sqlite", s->directory);
	assert_int_equal(credentials_open(&s->members, path, s->dictionary, why), ERR_OK);
	credentials_cost(s->members, 1, 8192);
	snprintf(path, sizeof(path), "%s/views.sqlite", s->directory);
	assert_int_equal(views_open(&s->views, path, why), ERR_OK);
	po.registry = s->registry;
	assert_int_equal(projector_start(&s->projector, &po), ERR_OK);
	projector_upto(s->projector, shard_next(s->shard));
}

static void tell_nobody(const char *line)
{
	(void)line;
}

static void open_outbox(struct served *s, struct buf *why)
{
	struct outbox_thread_options o = { .registry = s->registry,
		                               .live = s->live,
		                               .key = &s->token_key,
		                               .projector = s->projector,
		                               .gate = s->gate,
		                               .writer = s->writer,
		                               .names = s->names,
		                               .texts = s->texts,
		                               .schema = &shard_policy_in_force(s->shard)->schema,
		                               .now_us = stopped_clock,
		                               .tell = tell_nobody };
	char path[128];

	snprintf(path, sizeof(path), "%s/delivery.sqlite", s->directory);
	assert_int_equal(delivery_open(&s->delivery, path, why), ERR_OK);
	o.delivery = s->delivery;
	assert_int_equal(outbox_thread_start(&s->outbox, &o), ERR_OK);
}

static void decided_upto(void *ctx, uint64_t next)
{
	projector_upto(ctx, next);
}

static void close_desk(struct served *s)
{
	if (s->registry == NULL)
		return;
	projector_stop(s->projector);
	desk_gate_free(s->gate);
	projector_free(s->projector);
	delivery_close(s->delivery);
	s->delivery = NULL;
	credentials_close(s->credentials);
	credentials_close(s->members);
	views_close(s->views);
	plays_close(s->plays);
	files_close(s->files);
	texts_close(s->texts);
	registry_close(s->registry);
	s->registry = NULL;
}

struct http_options served_http_options(struct served *s, const struct served_options *o)
{
	struct http_options ho = { .live = s->live,
		                       .tls_certificate = o->tls_certificate,
		                       .tls_key = o->tls_key,
		                       .tls_client_ca = o->tls_client_ca,
		                       .writer = s->writer,
		                       .log = s->log,
		                       .edition = shard_edition(s->shard),
		                       .key = &s->token_key,
		                       .keep = &s->keep,
		                       .registry = s->registry,
		                       .texts = s->texts,
		                       .files = s->files,
		                       .plays = s->plays,
		                       .motions = s->motions,
		                       .credentials = s->credentials,
		                       .members = s->members,
		                       .views = s->views,
		                       .projector = s->projector,
		                       .gate = s->gate,
		                       .delivery = s->delivery,
		                       .outbox = s->outbox,
		                       .matches = s->matches,
		                       .console = o->console,
		                       .now_us = stopped_clock };

	shard_fill_options(s->shard, &ho.fill);
	return ho;
}

static void open_all(struct served *s, const struct served_options *o)
{
	struct writer_options wo = { .live = s->live, .now_us = real_clock };
	struct http_options ho;
	struct buf why;

	buf_init(&why, 1 << 16);
	assert_int_equal(disk_real_open(&s->disk, s->directory), ERR_OK);
	open_store(s, &why);
	assert_int_equal(matches_open(&s->matches, &s->disk, stopped_clock, &why), ERR_OK);
	open_shard(s, o, &why);
	wo.shard = s->shard;
	wo.log = s->log;
	if (o->desk) {
		open_desk(s, &why);
		wo.decided = decided_upto;
		wo.ctx = s->projector;
	}
	assert_int_equal(writer_start(&s->writer, &wo), ERR_OK);
	if (o->desk)
		assert_int_equal(desk_gate_new(&s->gate, s->writer, s->projector, stopped_clock), ERR_OK);
	if (o->outbox)
		open_outbox(s, &why);
	s->keep = (struct keeping){ .names = s->names,
		                        .dictionary = s->dictionary,
		                        .held = s->held,
		                        .writer = s->writer,
		                        .live = s->live,
		                        .now_us = real_clock,
		                        .grain_days = 1 };
	ho = served_http_options(s, o);
	if (http_start(&s->http, &ho, &why) != ERR_OK)
		fail_msg("%s", why.p);
	s->port = http_port(s->http);
	buf_release(&why);
}

static void close_all(struct served *s)
{
	if (s->http != NULL) /* unless the test has stopped it */
		http_stop(s->http);
	outbox_thread_stop(s->outbox);
	s->outbox = NULL;
	assert_true(writer_stop(s->writer) || s->may_die);
	writer_free(s->writer);
	close_desk(s);
	shard_close(s->shard);
	alertlog_close(s->log);
	names_free(s->names);
	motions_close(s->motions);
	held_close(s->held);
	dictionary_close(s->dictionary);
	matches_close(s->matches);
	disk_real_close(&s->disk);
	buf_release(&s->policy);
}

void served_start(struct served *s, const struct served_options *o)
{
	assert_true(sodium_init() >= 0);
	memset(s, 0, sizeof(*s));
	served_clock = 1772409600 * US_PER_SECOND;
	memcpy(s->token_key.k, "0123456789abcdef", sizeof(s->token_key.k));
	assert_int_equal(pthread_mutex_init(&s->lock, NULL), 0);
	assert_int_equal(pthread_cond_init(&s->changed, NULL), 0);
	snprintf(s->directory, sizeof(s->directory), "/tmp/duanka-served-XXXXXX");
	assert_non_null(mkdtemp(s->directory));
	make_settings(s, o);
	open_all(s, o);
}

void served_restart(struct served *s, const struct served_options *o)
{
	close_all(s);
	live_free(s->live);
	make_settings(s, o);
	open_all(s, o);
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

void served_stop(struct served *s)
{
	struct journal_audit audit;

	close_all(s);
	assert_int_equal(disk_real_open(&s->disk, s->directory), ERR_OK);
	assert_int_equal(journal_verify(&s->disk, NULL, &audit, NULL, NULL), ERR_OK);
	assert_int_equal(audit.wrong, 0);
	disk_real_close(&s->disk);
	live_free(s->live);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->changed);
	assert_int_equal(nftw(s->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* ---- the halt ---- */

static void stand_still(void *ctx, struct shard *shard)
{
	struct served *s = ctx;

	(void)shard;
	pthread_mutex_lock(&s->lock);
	s->halted = true;
	pthread_cond_broadcast(&s->changed);
	while (!s->go)
		pthread_cond_wait(&s->changed, &s->lock);
	s->halted = false;
	pthread_mutex_unlock(&s->lock);
}

static void *halt(void *arg)
{
	struct served *s = arg;

	return writer_do(s->writer, stand_still, s) ? s : NULL;
}

void served_halt(struct served *s)
{
	s->go = false;
	assert_int_equal(pthread_create(&s->halting, NULL, halt, s), 0);
	pthread_mutex_lock(&s->lock);
	while (!s->halted)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

void served_go(struct served *s)
{
	void *did;

	pthread_mutex_lock(&s->lock);
	s->go = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	assert_int_equal(pthread_join(s->halting, &did), 0);
	assert_non_null(did);
}

void served_await_queued(struct served *s, uint32_t n)
{
	struct writer_counts c;

	do {
		sched_yield();
		writer_counts(s->writer, &c);
	} while (c.queued != n);
}

/* ---- the client ---- */

int served_connect(const struct served *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(s->port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (s->from != NULL) {
		struct sockaddr_in from = { .sin_family = AF_INET };

		assert_int_equal(inet_pton(AF_INET, s->from, &from.sin_addr), 1);
		assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	}
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

void served_send(int fd, const char *method, const char *path, const char *key, const char *headers, struct text body)
{
	struct buf b;
	size_t at = 0;

	buf_init(&b, 64 << 20);
	buf_printf(&b, "%s %s HTTP/1.1\r\nHost: t\r\n%s", method, path, headers);
	if (key != NULL)
		buf_printf(&b, "Authorization: Bearer %s\r\n", key);
	if (strcmp(method, "GET") != 0)
		buf_printf(&b, "Content-Length: %zu\r\n", body.n);
	buf_z(&b, "\r\n");
	buf_text(&b, body);
	assert_int_equal(b.err, ERR_OK);
	while (at < b.n) {
		ssize_t k = send(fd, b.p + at, b.n - at, MSG_NOSIGNAL);

		assert_true(k > 0);
		at += (size_t)k;
	}
	buf_release(&b);
}

void heard_init(struct heard *h)
{
	h->status = 0;
	buf_init(&h->head, 1 << 16);
	buf_init(&h->body, 64 << 20);
}

void heard_release(struct heard *h)
{
	buf_release(&h->head);
	buf_release(&h->body);
}

static void more(int fd, struct buf *b)
{
	char bytes[16384];
	ssize_t k = recv(fd, bytes, sizeof(bytes), 0);

	if (k <= 0)
		fail_msg("the connection ended after: %s", b->p != NULL ? b->p : "");
	buf_add(b, bytes, (size_t)k);
}

void served_hear(int fd, struct heard *h)
{
	const char *end, *length;
	size_t head, body;

	buf_clear(&h->head);
	buf_clear(&h->body);
	do
		more(fd, &h->head);
	while ((end = strstr(h->head.p, "\r\n\r\n")) == NULL);
	head = (size_t)(end - h->head.p) + 4;
	buf_add(&h->body, h->head.p + head, h->head.n - head);
	h->head.n = head;
	h->head.p[head] = 0;
	assert_int_equal(strncmp(h->head.p, "HTTP/1.1 ", 9), 0);
	h->status = (int)strtol(h->head.p + 9, NULL, 10);
	length = strstr(h->head.p, "Content-Length: ");
	if (length == NULL) /* a stream: what is there so far */
		return;
	body = h->status == 304 ? 0 : strtoull(length + 16, NULL, 10); /* a 304 tells the length of the 200 */
	while (h->body.n < body)
		more(fd, &h->body);
	assert_int_equal(h->body.n, body);
}

void served_hear_until(int fd, struct heard *h, const char *z)
{
	while (h->body.p == NULL || strstr(h->body.p, z) == NULL)
		more(fd, &h->body);
}

void served_ask(const struct served *s, const char *path, const char *key, const char *headers, const char *body,
                struct heard *h)
{
	int fd = served_connect(s);

	served_send(fd, body == NULL ? "GET" : "POST", path, key, headers, body == NULL ? TEXT("") : text_z(body));
	served_hear(fd, h);
	close(fd);
}

void heard_check(const struct heard *h, const char *z, bool there, const char *file, int line)
{
	bool is = strstr(h->body.p != NULL ? h->body.p : "", z) != NULL || strstr(h->head.p, z) != NULL;

	if (is == there)
		return;
	print_error("%s: %s\n%s%s\n", there ? "does not say" : "says", z, h->head.p, h->body.p != NULL ? h->body.p : "");
	_fail(file, line);
}

void heard_check_status(const struct heard *h, int status, const char *file, int line)
{
	if (h->status == status)
		return;
	print_error("%d instead of %d\n%s%s\n", h->status, status, h->head.p, h->body.p != NULL ? h->body.p : "");
	_fail(file, line);
}

const char *heard_member(const struct heard *h, const char *path)
{
	static char all[4][256];
	static unsigned next;
	char *z = all[next++ % 4];
	json_t *root = json_loadb(h->body.p, h->body.n, 0, NULL), *j = root;

	while (j != NULL && *path != 0) {
		size_t n = strcspn(path, ".");
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		j = json_is_array(j) ? json_array_get(j, strtoul(name, NULL, 10)) : json_object_get(j, name);
		path += n + (path[n] == '.');
	}
	snprintf(z, sizeof(all[0]), "%s", json_is_string(j) ? json_string_value(j) : "");
	if (json_is_integer(j))
		snprintf(z, sizeof(all[0]), "%lld", (long long)json_integer_value(j));
	json_decref(root);
	return z;
}

int64_t served_metric(const struct served *s, const char *key, const char *name)
{
	struct heard h;
	char *at, line[160];
	int64_t v = -1;

	heard_init(&h);
	served_ask(s, "/metrics", key, "", NULL, &h);
	assert_int_equal(h.status, 200);
	snprintf(line, sizeof(line), "\n%s ", name);
	at = strstr(h.body.p, line);
	if (at != NULL)
		v = strtoll(at + strlen(line), NULL, 10);
	heard_release(&h);
	return v;
}

const char *call_json(char z[256], const char *caller, const char *callee)
{
	snprintf(z, 256, "{\"event\":\"call\",\"time\":\"%lld\",\"caller\":\"%s\",\"callee\":\"%s\",\"talk\":12}",
	         (long long)served_clock, caller, callee);
	return z;
}
