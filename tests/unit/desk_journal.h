/* desk_journal.h - a journal with events that alert, commands and ticks, on a virtual disk: what projection, projector and gate are tested with. */
#ifndef DUANKA_TESTS_DESK_JOURNAL_H
#define DUANKA_TESTS_DESK_JOURNAL_H
#include "desk/command.h"
#include "gateway/alertlog.h"
#include "gateway/projecting.h"
#include "shard/shard.h"
#include "tests/sim/disk_virtual.h"

enum {
	JOURNAL_ALERTS_MAX = 65536
};

struct told_alert {
	uint64_t position;
	size_t at, n;
};

struct desk_journal {
	struct disk_virtual *v;
	struct disk disk;
	struct buf policy, lines, commands;
	struct policy loaded;
	struct shard_options o;
	struct shard *shard;
	struct told_alert *alert;
	uint32_t n_alerts, next; /* next: that projecting reads */
	int64_t now_us;
	struct alertlog *log; /* hears of alerts too, if it is there */
};

/* The policy: `shouted` bars a caller and warns the callee's holder (red) at the second call within an hour; `paid` stops the payee and warns the payer's
 * holder (purple) from 1000 yuan; `seen` only watches. The schema has the shipped kinds. Of the events that say who holds what, bind
 * sets attributes and open_card and open_account do not: what these tell, no rule knows. */
void desk_journal_open(struct desk_journal *j, const char *folder); /* NULL: on a virtual disk, for one thread */
void desk_journal_again(struct desk_journal *j);                    /* closes the shard and recovers */
void desk_journal_close(struct desk_journal *j);

/* Items whose event is built of pairs: "call", {"caller", ...}, and of an amount, or of "NAME:VALUE"; NULL: neither. Bytes live as long as the test. */
struct shard_item desk_journal_event(struct desk_journal *j, const char *type, const char *a, const char *a_value,
                                     const char *b, const char *b_value, const char *amount);
struct shard_item desk_journal_command(struct desk_journal *j, const struct desk_command *c);
void desk_journal_apply(struct desk_journal *j, struct shard_item *item, uint32_t n);
void desk_journal_tick(struct desk_journal *j, int64_t us); /* time goes by */
struct text desk_journal_line(const struct desk_journal *j, uint32_t i);
struct alert_source desk_journal_alerts(struct desk_journal *j);
/* Releases what items hold. */
void desk_journal_items(struct shard_item *item, uint32_t n);

#endif
