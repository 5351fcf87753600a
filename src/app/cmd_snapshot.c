/* cmd_snapshot.c - duanka snapshot: has the whole state written now, by a running service or, when it is stopped, from its directory, so
 * that the next start has little to replay: before maintenance, before a copy is made, before an upgrade. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include "app/args.h"
#include "app/client.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "gateway/alertlog.h"
#include "shard/shard.h"

static const char help_text[] =
	"duanka snapshot --url URL        have a running service write a snapshot / 让运行中的服务写快照\n"
	"duanka snapshot --data DIR       of a stopped service / 为已停止的服务写快照\n\n"
	"  --url URL            http://127.0.0.1:8460; the environment variable DUANKA_API_KEY has a key with the scope admin\n"
	"  --ca FILE            PEM: who signed the service's certificate\n"
	"  --certificate FILE, --certificate-key FILE   PEM: the client certificate that goes with the key\n"
	"  --policy DIR         only where the journal no longer has a policy: as for duanka serve\n"
	"  --key FILE, --lateness DURATION, --repeats N, --state-max SIZE, --entities N   as for duanka serve, and with the same values\n\n"
	"Prints position, bytes and time. Exit status: 0 it is on the disk; 1 it is not.\n";

enum {
	S_URL = 16,
	S_CA,
	S_CERTIFICATE,
	S_CERTIFICATE_KEY,
	S_DATA,
	S_POLICY,
	S_KEY,
	S_LATENESS,
	S_REPEATS,
	S_STATE,
	S_ENTITIES,
	S_HELP
};

struct asked {
	struct client client;
	const char *data, *policy, *key;
	int64_t lateness_us, repeats, entities;
	size_t state_bytes;
};

static void tell(uint64_t position, uint64_t bytes, int64_t duration_us)
{
	printf("snapshot of position %" PRIu64 ", %" PRIu64 " bytes, %" PRId64 " ms\n", position, bytes,
	       duration_us / 1000);
}

static bool of_service(const struct asked *k)
{
	struct buf answer;
	json_t *j = NULL;
	bool ok;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	ok = client_post(&k->client, "snapshot", "/v1/snapshot", &answer);
	if (ok) {
		j = answer.n == 0 ? NULL : json_loadb(answer.p, answer.n, 0, NULL);
		ok = json_is_integer(json_object_get(j, "position"));
		if (ok)
			tell((uint64_t)json_integer_value(json_object_get(j, "position")),
			     (uint64_t)json_integer_value(json_object_get(j, "bytes")),
			     json_integer_value(json_object_get(j, "duration_us")));
		else
			fprintf(stderr, "duanka snapshot: %s: the answer is not understood\n", k->client.url);
	}
	json_decref(j);
	buf_release(&answer);
	return ok;
}

/* ---- a stopped service ---- */

/* Opening a shard needs some policy that compiles: the first one that the journal has; which one is in force is found by the replay. */
static bool first_policy(struct disk *d, struct buf *out)
{
	struct journal_reader *r;
	struct record record;
	bool found = false;

	if (journal_reader_open(&r, d, 0, UINT64_MAX) != ERR_OK)
		return false;
	while (!found && journal_read(r, &record, NULL) == ERR_OK)
		if (record.kind == RECORD_POLICY) {
			buf_text(out, record.payload);
			found = out->err == ERR_OK;
		}
	journal_reader_close(r);
	return found;
}

static bool has_journal(const char *data)
{
	char path[DATA_PATH_BYTES];
	struct disk d;
	enum err e;

	snprintf(path, sizeof(path), "%s/journal", data);
	e = disk_real_open(&d, path);
	if (e == ERR_OK)
		disk_real_close(&d);
	else
		fprintf(stderr, "duanka: %s: there is no journal here\n", data);
	return e == ERR_OK;
}

static enum err write_snapshot(const struct asked *k, struct disk *d, const struct hash_key *key, struct alertlog *log,
                               struct text policy, struct buf *why)
{
	struct shard_options so = { .disk = d,
		                        .key = key,
		                        .read_zone = load_zone,
		                        .lateness_us = k->lateness_us,
		                        .now_us = serve_now_us(),
		                        .repeats_max = (uint32_t)k->repeats,
		                        .snapshots_kept = 2,
		                        .evidence_max = 20,
		                        .policy = policy,
		                        .whole = alertlog_lacks(log),
		                        .alert = alertlog_hear,
		                        .ctx = log };
	struct shard_found found;
	struct shard *s;
	uint64_t bytes;
	int64_t from_us;
	enum err e;

	engine_options_default(&so.engine);
	so.engine.state_bytes_max = k->state_bytes;
	so.engine.entities_max = (uint64_t)k->entities;
	randombytes_buf(so.journal_id, sizeof(so.journal_id));
	e = shard_open(&s, &so, &found, why);
	if (e != ERR_OK)
		return e;
	from_us = serve_now_us();
	e = alertlog_sync(log); /* a start passes over alerts before the snapshot: they have to be there */
	if (e == ERR_OK)
		e = shard_snapshot(s);
	if (e == ERR_OK)
		e = shard_snapshot_bytes(s, shard_next(s) - 1, &bytes);
	if (e == ERR_OK)
		tell(shard_next(s) - 1, bytes, serve_now_us() - from_us);
	shard_close(s);
	return e;
}

static bool of_directory(const struct asked *k)
{
	struct alertlog *log = NULL;
	struct hash_key key;
	struct buf policy, why;
	struct disk d;
	enum err e = ERR_OK;
	bool ok;

	buf_init(&policy, RECORD_PAYLOAD_MAX);
	buf_init(&why, 1 << 20);
	if (sodium_init() < 0 || !has_journal(k->data) || !serve_disk(k->data, false, &d))
		return false;
	ok = serve_lock(k->data) && serve_key(k->data, k->key, false, &key);
	if (ok && k->policy != NULL) {
		ok = serve_policy(k->policy, NULL, &key, k->lateness_us, &policy);
	} else if (ok && !first_policy(&d, &policy)) {
		fprintf(stderr, "duanka: %s: the journal has no policy any more; name --policy DIR as for duanka serve\n",
		        k->data);
		ok = false;
	}
	if (ok)
		e = alertlog_open(&log, &d, 0, &why);
	if (ok && e == ERR_OK && alertlog_lacks(log))
		fprintf(stderr,
		        "duanka: %s/alerts: alerts are missing; they are told again if the journal still has its beginning\n",
		        k->data);
	if (ok && e == ERR_OK)
		e = write_snapshot(k, &d, &key, log, buf_view(&policy), &why);
	if (e != ERR_OK)
		fprintf(stderr, "duanka: %s: %s\n", k->data, why.n > 0 ? why.p : e == ERR_IO ? strerror(errno) : err_name(e));
	alertlog_close(log);
	disk_real_close(&d);
	buf_release(&policy);
	buf_release(&why);
	sodium_memzero(&key, sizeof(key));
	return ok && e == ERR_OK;
}

static bool take(const struct args *a, struct asked *k, int number, const char *v)
{
	switch (number) {
	case S_URL: k->client.url = v; return true;
	case S_CA: k->client.ca = v; return true;
	case S_CERTIFICATE: k->client.certificate = v; return true;
	case S_CERTIFICATE_KEY: k->client.key = v; return true;
	case S_DATA: k->data = v; return true;
	case S_POLICY: k->policy = v; return true;
	case S_KEY: k->key = v; return true;
	case S_LATENESS: return args_duration(a, "--lateness", v, &k->lateness_us);
	case S_REPEATS: return args_number(a, "--repeats", v, SHARD_ITEMS_MAX, 16 << 20, &k->repeats);
	case S_STATE: return args_bytes(a, "--state-max", v, &k->state_bytes);
	case S_ENTITIES: return args_number(a, "--entities", v, 1024, 1 << 28, &k->entities);
	default: return false;
	}
}

int cmd_snapshot(int argc, char **argv)
{
	static const struct args_option table[] = {
		{ "--url", 'u', true, S_URL },
		{ "--ca", 0, true, S_CA },
		{ "--certificate", 0, true, S_CERTIFICATE },
		{ "--certificate-key", 0, true, S_CERTIFICATE_KEY },
		{ "--data", 'd', true, S_DATA },
		{ "--policy", 'p', true, S_POLICY },
		{ "--key", 'k', true, S_KEY },
		{ "--lateness", 0, true, S_LATENESS },
		{ "--repeats", 0, true, S_REPEATS },
		{ "--state-max", 0, true, S_STATE },
		{ "--entities", 0, true, S_ENTITIES },
		{ "--help", 'h', false, S_HELP },
	};
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "snapshot" };
	struct asked k = {
		.lateness_us = 10 * US_PER_MINUTE, .repeats = 1 << 20, .entities = 16 << 20, .state_bytes = (size_t)4 << 30
	};
	const char *v;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == S_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_OPERAND)
			fprintf(stderr, "duanka snapshot: it takes no operands; see --help\n");
		if (number == ARGS_WRONG || number == ARGS_OPERAND || !take(&a, &k, number, v))
			return EXIT_COULD_NOT_RUN;
	}
	if ((k.client.url == NULL) == (k.data == NULL)) {
		fprintf(stderr, "duanka snapshot: name --url of a running service, or --data of a stopped one\n");
		return EXIT_COULD_NOT_RUN;
	}
	return (k.data != NULL ? of_directory(&k) : of_service(&k)) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
