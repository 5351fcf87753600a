/* cmd_replay.c - duanka replay: what a journal decided, decided again: the same alerts byte for byte, or those of another policy. It reads only. */
#include <inttypes.h>
#include <errno.h>
#include <stdio.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "base/file.h"
#include "shard/shard.h"

static const char help_text[] =
	"duanka replay --data DIR [--from WHEN] [--to WHEN] [--policy DIR] [--lists DIR] [--out FILE]\n\n"
	"Decides the journal again from its beginning and writes the alerts about events FROM to TO, as NDJSON\n"
	"/ 重放日志并输出预警. Without --policy, under the policies as the journal has them: the very same bytes as then.\n"
	"  WHEN is a position (4711) or a time of events: 2026-03-01 (a whole day), 2026-03-01T08:00:00 in Asia/Shanghai,\n"
	"  2026-03-01T00:00:00Z / 位置或事件时间.\n"
	"  --key FILE, --lateness DURATION, --state-max SIZE, --entities N as for duanka serve, and with the same values.\n";

enum {
	R_DATA = 16,
	R_FROM,
	R_TO,
	R_POLICY,
	R_LISTS,
	R_OUT,
	R_KEY,
	R_LATENESS,
	R_STATE,
	R_ENTITIES,
	R_HELP
};

struct asked {
	const char *data, *policy, *lists, *out, *key;
	int64_t from, to, from_us, to_us, lateness_us, entities;
	size_t state_bytes;
};

struct output {
	struct outfile file;
	uint64_t to;
	enum err err;
};

static void hear(void *ctx, uint64_t position, struct text line)
{
	struct output *o = ctx;

	if (position <= o->to && o->err == ERR_OK)
		o->err = outfile_text(&o->file, line);
}

static bool is_position(const char *z)
{
	return z[0] != 0 && strspn(z, "0123456789") == strlen(z);
}

static bool take(const struct args *a, struct asked *k, int number, const char *v)
{
	switch (number) {
	case R_DATA: k->data = v; return true;
	case R_POLICY: k->policy = v; return true;
	case R_LISTS: k->lists = v; return true;
	case R_OUT: k->out = v; return true;
	case R_KEY: k->key = v; return true;
	case R_FROM:
		return is_position(v) ? args_number(a, "--from", v, 1, INT64_MAX, &k->from)
		                      : args_time(a, "--from", v, false, &k->from_us);
	case R_TO:
		return is_position(v) ? args_number(a, "--to", v, 1, INT64_MAX - 1, &k->to)
		                      : args_time(a, "--to", v, true, &k->to_us);
	case R_LATENESS: return args_duration(a, "--lateness", v, &k->lateness_us);
	case R_STATE: return args_bytes(a, "--state-max", v, &k->state_bytes);
	case R_ENTITIES: return args_number(a, "--entities", v, 1024, 1 << 28, &k->entities);
	default: return false;
	}
}

static bool replay(const struct asked *k)
{
	struct output o = { .to = (uint64_t)k->to };
	struct hash_key key;
	struct disk d;
	struct buf policy, why;
	struct shard_replay r = { .disk = &d,
		                      .key = &key,
		                      .read_zone = load_zone,
		                      .lateness_us = k->lateness_us,
		                      .evidence_max = 20,
		                      .tell_from = (uint64_t)k->from,
		                      .end = (uint64_t)k->to + 1,
		                      .from_us = k->from_us,
		                      .to_us = k->to_us,
		                      .alert = hear,
		                      .ctx = &o };
	enum err e;

	buf_init(&policy, RECORD_PAYLOAD_MAX);
	buf_init(&why, 1 << 20);
	engine_options_default(&r.engine);
	r.engine.state_bytes_max = k->state_bytes;
	r.engine.entities_max = (uint64_t)k->entities;
	if (!serve_disk(k->data, false, &d) || !serve_key(k->data, k->key, false, &key) ||
	    (k->policy != NULL && !serve_policy(k->policy, k->lists, &key, k->lateness_us, &policy)))
		return false;
	r.policy = buf_view(&policy);
	e = outfile_open(&o.file, k->out == NULL ? "-" : k->out);
	if (e != ERR_OK) {
		fprintf(stderr, "duanka: %s: %s\n", k->out, strerror(errno));
		return false;
	}
	e = shard_replay(&r, &why);
	if (e != ERR_OK)
		fprintf(stderr, "duanka: %s: %s\n", k->data, why.n > 0 ? why.p : err_name(e));
	if (o.err != ERR_OK || outfile_close(&o.file) != ERR_OK) {
		fprintf(stderr, "duanka: %s: the alerts could not be written: %s\n", k->out == NULL ? "-" : k->out,
		        strerror(errno));
		e = ERR_IO;
	}
	fprintf(stderr, "duanka: %" PRIu64 " records, %" PRIu64 " events, %" PRIu64 " alerts\n", r.records, r.events,
	        r.alerts);
	buf_release(&policy);
	buf_release(&why);
	disk_real_close(&d);
	return e == ERR_OK;
}

int cmd_replay(int argc, char **argv)
{
	static const struct args_option table[] = {
		{ "--data", 'd', true, R_DATA },     { "--from", 0, true, R_FROM },
		{ "--to", 0, true, R_TO },           { "--policy", 'p', true, R_POLICY },
		{ "--lists", 0, true, R_LISTS },     { "--out", 'o', true, R_OUT },
		{ "--key", 'k', true, R_KEY },       { "--lateness", 0, true, R_LATENESS },
		{ "--state-max", 0, true, R_STATE }, { "--entities", 0, true, R_ENTITIES },
		{ "--help", 'h', false, R_HELP },
	};
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "replay" };
	struct asked k = { .from = 1,
		               .to = INT64_MAX - 1,
		               .lateness_us = 10 * US_PER_MINUTE,
		               .entities = 16 << 20,
		               .state_bytes = (size_t)4 << 30 };
	const char *v;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == R_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_OPERAND)
			fprintf(stderr, "duanka replay: it takes no operands; see --help\n");
		if (number == ARGS_WRONG || number == ARGS_OPERAND || !take(&a, &k, number, v))
			return EXIT_COULD_NOT_RUN;
	}
	if (k.data == NULL) {
		fprintf(stderr, "duanka replay: --data is missing; see --help\n");
		return EXIT_COULD_NOT_RUN;
	}
	return replay(&k) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
