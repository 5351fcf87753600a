/* config.h - duanka.toml: every setting in one table with its default, unit, range and meaning; the file, the environment, the
 * documentation (`duanka serve --settings`) and the checks all come from that table.
 *
 * A strict subset of TOML 1.0: comments, [table], [tenant.NAME], key = value with basic strings, integers, booleans and arrays of
 * strings. Durations and sizes are strings with units: "5ms", "10min", "128MiB". Unknown keys, double keys and values out of range are
 * errors with file:line:col. Environment: DUANKA_ + the setting's name in capitals with _ for . (DUANKA_HTTP_LISTEN) overrides the file;
 * tenants stand in the file only. */
#ifndef DUANKA_GATEWAY_CONFIG_H
#define DUANKA_GATEWAY_CONFIG_H
#include "gateway/tenants.h"

enum {
	CONFIG_TEXT_MAX = 1024
};

struct config {
	/* where things are */
	char data_dir[CONFIG_TEXT_MAX]; /* data.directory  "/var/lib/duanka" */
	char policy_dir
		[CONFIG_TEXT_MAX]; /* policy.directory "/usr/share/duanka/policy": taken when the journal has none yet */
	char lists_dir[CONFIG_TEXT_MAX];  /* policy.lists "" */
	char token_key[CONFIG_TEXT_MAX];  /* keys.token "DATA/keys/token.key" ("" = that) */
	char master_key[CONFIG_TEXT_MAX]; /* keys.master "" = DATA/keys/master.key */
	char api_keys[CONFIG_TEXT_MAX];   /* keys.api "" = DATA/keys/api-keys.ndjson */
	/* http */
	char listen[128];                     /* http.listen "127.0.0.1:8460" */
	uint32_t threads;                     /* http.threads 2, 1..64 */
	uint32_t connections_max;             /* http.connections 4096, 16..65535 */
	uint32_t connections_per_address_max; /* http.connections_per_address 1024 */
	int64_t idle_us;                      /* http.idle "30s", 1s..1h: a connection that sends nothing is closed */
	uint64_t body_bytes_max;              /* http.body "16MiB", 64KiB..256MiB */
	char tls_certificate[CONFIG_TEXT_MAX], tls_key[CONFIG_TEXT_MAX],
		tls_client_ca[CONFIG_TEXT_MAX]; /* tls.certificate, tls.key, tls.client_ca "" */
	/* journal */
	uint64_t segment_bytes_max; /* journal.segment "128MiB", 1MiB..4GiB */
	int64_t commit_delay_us;    /* journal.commit_delay "0ms", 0..100ms: how long a batch waits for more */
	uint64_t free_bytes_min;    /* journal.free "1GiB": below that, new events are refused */
	int64_t keep_us;            /* journal.keep "3650d", 1d..36500d: retention */
	int64_t dictionary_keep_us; /* dictionary.keep "1095d" */
	/* engine */
	uint64_t state_bytes_max; /* engine.state "4GiB" */
	uint64_t entities_max;    /* engine.entities 16777216 */
	int64_t lateness_us;      /* engine.lateness "10min" */
	int64_t skew_us;          /* engine.skew "5min": a time further ahead of our clock is refused */
	uint32_t repeats_max;     /* engine.repeats 1048576: idempotency keys remembered */
	/* snapshots, ticks, load */
	int64_t snapshot_every_us; /* snapshot.every "1h", 1min..7d; 0 = never */
	uint32_t snapshots_kept;   /* snapshot.kept 2 */
	int64_t tick_us;           /* service.tick "10s" */
	uint32_t queue_events_max; /* service.queue 65536 events waiting for the engine; more are shed */
	int64_t watchdog_us;       /* service.stall "10s": no progress for so long makes readiness fail */
	bool
		anonymous; /* http.anonymous false: requests without a key act as the first tenant with all scopes but reveal and admin; loopback only */
	uint32_t n_tenants;
	struct tenant tenant[TENANTS_MAX];
};

void config_default(struct config *c);
/* Reads a file's text over c. name is for messages. ERR_FORMAT: why has one line for each error (at most 20). */
enum err config_read(struct config *c, const char *name, struct text file, struct buf *why) MUST_CHECK;
/* environment: NAME=VALUE..., NULL at the end, as environ. */
enum err config_environment(struct config *c, char *const *environment, struct buf *why) MUST_CHECK;
/* Rules between settings: TLS files go together, anonymous only on loopback, listen is ADDRESS:PORT, ... */
enum err config_check(const struct config *c, struct buf *why) MUST_CHECK;
/* Every setting: name, default, range, environment name, meaning; as TOML with comments (a file one can start from). */
void config_print(const struct config *c, struct buf *out);

#endif
