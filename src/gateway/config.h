/* config.h - duanka.toml: every setting in one table with its default, range, unit and meaning. The file, the environment, the command
 * line, `duanka serve --settings`, the help, doc/settings.md and the checks all come from that table.
 *
 * A strict subset of TOML 1.0: comments, [table], [tenant.NAME], key = value with basic strings, whole numbers, true and false, and lists of
 * strings (which may go over several lines). Durations and sizes are strings with a unit: "5ms", "10min", "128MiB". Unknown keys, double
 * keys, double tables and values out of range are errors as NAME:line:col: error: what is wrong; what would be right. The environment
 * overrides the file: DUANKA_ + the setting's name in capitals with _ for . (DUANKA_HTTP_LISTEN); the command line overrides both.
 * Organisations stand in the file only. Nothing here allocates but the messages' buffer, and nothing reads a file. */
#ifndef DUANKA_GATEWAY_CONFIG_H
#define DUANKA_GATEWAY_CONFIG_H
#include "gateway/tenants.h"

enum {
	CONFIG_TEXT_MAX = 1024, /* bytes, with the NUL */
	CONFIG_FILE_MAX = 1 << 20,
	CONFIG_ERRORS_MAX = 20,
	CONFIG_MESSAGES_MAX = 64 << 10 /* enough for all messages of one call */
};

/* About 2 MiB, mostly room for organisations: not for the stack. What each setting means stands in the table (config_table.c). */
struct config {
	char data[CONFIG_TEXT_MAX], policy[CONFIG_TEXT_MAX], lists[CONFIG_TEXT_MAX]; /* "": see the table */
	char token_key[CONFIG_TEXT_MAX], master_key[CONFIG_TEXT_MAX];
	/* http */
	char listen[128];
	bool anonymous;
	uint64_t threads, connections, connections_per_address;
	int64_t idle_us, request_us;
	uint64_t body_bytes;
	char tls_certificate[CONFIG_TEXT_MAX], tls_key[CONFIG_TEXT_MAX], tls_client_ca[CONFIG_TEXT_MAX];
	/* journal, dictionary, quarantine */
	uint64_t segment_bytes;
	int64_t keep_us;
	bool desk, second_factor;
	bool dictionary;
	int64_t dictionary_keep_us, quarantine_keep_us;
	uint64_t quarantine_max;
	/* engine */
	uint64_t state_bytes, entities, repeats;
	int64_t lateness_us, skew_us;
	/* service */
	uint64_t queue, workers, snapshots, policy_eyes;
	char console[CONFIG_TEXT_MAX];
	int64_t tick_us, snapshot_us, stall_us;
	/* files */
	uint64_t files_room_bytes;
	int64_t files_scan_us;
	int64_t methods_every_us; /* 0: only when somebody asks */
	int64_t plays_keep_us;
	char files_scan[CONFIG_TEXT_MAX];
	/* outbox */
	uint64_t outbox_attempts;
	int64_t outbox_backoff_us, outbox_backoff_most_us, outbox_give_up_us, outbox_poll_us, outbox_keep_us;
	char outbox_applicant[128], outbox_refusals[128], outbox_text_end[128];
	/* public */
	bool public_enabled;
	uint64_t public_reads;
	uint64_t public_requests, public_registrations, public_filings, public_proofs, public_rate, public_body,
		public_papers;
	int64_t public_call_us;
	char public_lists[CONFIG_TEXT_MAX], public_url[CONFIG_TEXT_MAX];
	/* match */
	uint64_t match_least, match_most, match_per_day;
	int64_t match_keep_us;
	char outbox_list_salt[65];
	uint32_t n_tenants;
	struct tenant tenant[TENANTS_MAX];
};

enum setting_kind {
	SETTING_TEXT,
	SETTING_SWITCH,   /* true or false */
	SETTING_NUMBER,   /* whole */
	SETTING_SIZE,     /* bytes; written with KiB, MiB, GiB or TiB */
	SETTING_DURATION, /* microseconds; written with ms, s, min, h or d */
	SETTING_CHOICE,   /* one of some names */
	SETTING_TEXTS     /* a list: only in an organisation's table */
};

/* One row of the table. */
struct setting {
	const char *name; /* "http.listen"; of an organisation: "rate" */
	enum setting_kind kind;
	bool live;                 /* a reload may change it */
	uint32_t at, bytes;        /* its field in struct config or struct tenant */
	const char *standard;      /* the default, as the command line would give it; NULL: it must be given */
	uint64_t least, most;      /* numbers, bytes, microseconds */
	const char *const *choice; /* names, NULL at the end; an index is stored */
	const char *option;        /* "--threads" of duanka serve; NULL: it has none of its own */
	char letter;               /* 'd' for -d; 0: none */
	const char *bare_unit;     /* of an option's value that is digits only; NULL: none */
	const char *shape;         /* what a value looks like: "ADDRESS:PORT" */
	const char *en, *zh;       /* the meaning, one line each */
};
extern const struct setting config_settings[]; /* the end has no name */
extern const struct setting config_tenant_settings[];

void config_default(struct config *c);
/* Reads a file's text over c. name is for messages. ERR_FORMAT: why has one line for each error (at most CONFIG_ERRORS_MAX), and c a part
 * of the file. ERR_MEMORY: why could not hold them. */
enum err config_read(struct config *c, const char *name, struct text file, struct buf *why) MUST_CHECK;
/* One setting by its name ("http.listen") from a plain text, as the environment and the command line give it: strings without quotes. where
 * begins the message. ERR_ABSENT: there is no such setting; c is as it was after any error. */
enum err config_set(struct config *c, const char *where, const char *name, struct text value,
                    struct buf *why) MUST_CHECK;
/* environment: NAME=VALUE..., NULL at the end, as environ. An unknown DUANKA_ name is an error, but for DUANKA_KEY_FILE and DUANKA_API_KEY. */
enum err config_environment(struct config *c, char *const *environment, struct buf *why) MUST_CHECK;
/* Rules between settings: TLS files go together (client_ca needs both), anonymous and no second factor only on loopback, listen is ADDRESS:PORT or [ADDRESS]:PORT,
 * organisations' numbers differ, and what they ask for can work. */
enum err config_check(const struct config *c, struct buf *why) MUST_CHECK;
/* Address and port of listen. False: it is not of that form. */
bool config_address(const struct config *c, char address[64], uint16_t *port);
/* c as a file that reads back as c: every setting with its meaning in English and Chinese, its names elsewhere, its range and its value;
 * those that have their default are commented out. */
void config_print(const struct config *c, struct buf *out);
/* Names of settings that differ between two, with commas between: those that can't change while a service runs, or those that can;
 * "tenant" stands for all organisations. */
void config_fixed_changes(const struct config *a, const struct config *b, struct buf *out);
void config_live_changes(const struct config *a, const struct config *b, struct buf *out);
const struct tenant *config_tenant(const struct config *c, const char *name); /* NULL: none */

/* A setting as it stands in base (a struct config or struct tenant), as the file has it: "10min" with its quotes, 4096, true. */
void config_value(const struct setting *s, const void *base, struct buf *out);
/* What a setting takes, for people: a whole number from 1 to 64; "1s" to "1h". */
void config_range(const struct setting *s, struct buf *out);

#endif
