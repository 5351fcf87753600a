/* config.h - duanka.toml: every setting in one table with its default, unit, range and meaning. The file, the environment, the command line,
 * `duanka serve --settings` and the checks all come from that table.
 *
 * A strict subset of TOML 1.0: comments, [table], [tenant.NAME], key = value with basic strings, integers, booleans and arrays of
 * strings (which may go over several lines). Durations and sizes are strings with units: "5ms", "10min", "128MiB". Unknown keys, double keys, double tables and
 * values out of range are errors as NAME:line:col: error: what is wrong; what would be right. Environment: DUANKA_ + the
 * setting's name in capitals with _ for . (DUANKA_HTTP_LISTEN) overrides the file; the command line overrides both. Tenants stand in the file only. */
#ifndef DUANKA_GATEWAY_CONFIG_H
#define DUANKA_GATEWAY_CONFIG_H
#include "gateway/tenants.h"

enum {
	CONFIG_TEXT_MAX = 1024,
	CONFIG_FILE_MAX = 1 << 20
};

struct config {
	/* where things are; "" = the default inside the data directory, or none */
	char data[CONFIG_TEXT_MAX];       /* data.directory  "" */
	char policy[CONFIG_TEXT_MAX];     /* policy.directory "policy": taken when the journal has none yet */
	char lists[CONFIG_TEXT_MAX];      /* policy.lists "" */
	char token_key[CONFIG_TEXT_MAX];  /* keys.token "" = DATA/token.key */
	char master_key[CONFIG_TEXT_MAX]; /* keys.master "" = DATA/master.key: of the dictionary */
	/* http */
	char listen[128];                 /* http.listen "127.0.0.1:8460" */
	bool anonymous;                   /* http.anonymous false: no keys; loopback addresses only */
	uint64_t threads;                 /* http.threads 2, 1..64 */
	uint64_t connections;             /* http.connections 4096, 16..65535 */
	uint64_t connections_per_address; /* http.connections_per_address 4096, 1..65535 */
	int64_t idle_us;                  /* http.idle "30s", 1s..1h: a connection that sends nothing is closed */
	int64_t request_us;               /* http.request "60s", 1s..1h: a request must have come in whole by then */
	uint64_t body_bytes;              /* http.body "16MiB", 64KiB..256MiB */
	char tls_certificate[CONFIG_TEXT_MAX], tls_key[CONFIG_TEXT_MAX],
		tls_client_ca[CONFIG_TEXT_MAX]; /* tls.certificate, tls.key, tls.client_ca "" */
	/* journal */
	uint64_t segment_bytes; /* journal.segment "128MiB", 1MiB..4GiB */
	int64_t keep_us;        /* journal.keep "3650d", 1d..36500d */
	/* dictionary and quarantine */
	bool dictionary;            /* dictionary.enabled true */
	int64_t dictionary_keep_us; /* dictionary.keep "1095d", 1d..36500d */
	int64_t quarantine_keep_us; /* quarantine.keep "90d", 1d..3650d */
	uint64_t quarantine_max;    /* quarantine.records 1000000, 1000..100000000; the oldest go */
	/* engine */
	uint64_t state_bytes; /* engine.state "4GiB", 64MiB..1TiB */
	uint64_t entities;    /* engine.entities 16777216, 1024..268435456, of each kind */
	int64_t lateness_us;  /* engine.lateness "10min", 0s..1d */
	int64_t skew_us;      /* engine.skew "5min", 0s..1d */
	uint64_t repeats;     /* engine.repeats 1048576, 512..16777216 */
	/* service */
	uint64_t queue;      /* service.queue 65536, 512..1048576 events waiting */
	int64_t tick_us;     /* service.tick "10s", 1s..1h */
	int64_t snapshot_us; /* service.snapshot "1h", 1min..7d */
	uint64_t snapshots;  /* service.snapshots 2, 1..16 kept */
	int64_t stall_us;    /* service.stall "10s", 1s..10min: events waiting and none done for so long: not ready */
	uint32_t n_tenants;
	struct tenant tenant[TENANTS_MAX];
};

void config_default(struct config *c);
/* Reads a file's text over c. name is for messages. ERR_FORMAT: why has one line for each error (at most 20), each as NAME:line:col: error: ... */
enum err config_read(struct config *c, const char *name, struct text file, struct buf *why) MUST_CHECK;
/* One setting by its name ("http.listen") from a plain text, as the environment and the command line give it: strings without quotes. where is
 * named in the message. ERR_ABSENT: there is no such setting. */
enum err config_set(struct config *c, const char *where, const char *name, struct text value,
                    struct buf *why) MUST_CHECK;
/* environment: NAME=VALUE..., NULL at the end, as environ. An unknown DUANKA_ name is an error, but for DUANKA_KEY_FILE and DUANKA_API_KEY. */
enum err config_environment(struct config *c, char *const *environment, struct buf *why) MUST_CHECK;
/* Rules between settings: TLS files go together (client_ca needs both), anonymous only on loopback, listen is ADDRESS:PORT or [ADDRESS]:PORT,
 * tenants' numbers differ and are 1..65535. */
enum err config_check(const struct config *c, struct buf *why) MUST_CHECK;
bool config_address(const struct config *c, char address[64], uint16_t *port); /* of listen */
/* Every setting with default, range, environment name and meaning in English and Chinese, as TOML with comments (a file one can start from). */
void config_print(struct buf *out);
/* Names of settings that differ between two and can't change while a service runs (all but skew, stall, tick, snapshot, snapshots,
 * the keep and quarantine limits, and tenants), with commas between. */
void config_fixed_changes(const struct config *a, const struct config *b, struct buf *out);
const struct tenant *config_tenant(const struct config *c, const char *name); /* NULL: none */

#endif
