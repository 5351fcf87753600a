/* sample_day_int.h - what the files of the sample day share: records, the city, and how the parts call each other.
 *
 * Parts make records (day_add) in any order; sample_day.c sorts a day's and writes them. Numbers are integers until
 * they are written: a phone is its digits with a form in the top byte. */
#ifndef DUANKA_SIM_SAMPLE_DAY_INT_H
#define DUANKA_SIM_SAMPLE_DAY_INT_H
#include "base/buf.h"
#include "base/file.h"
#include "base/rng.h"
#include "sim/numbers.h"
#include "sim/sample_day.h"

enum {
	DAY_S = 86400,
	MINUTE_S = 60,
	HOUR_S = 3600
};

enum rec_type {
	REC_CALL,
	REC_SMS,
	REC_TRANSFER,
	REC_CASH,
	REC_OPEN_CARD,
	REC_OPEN_ACCOUNT,
	REC_BIND
};
enum out_file {
	OUT_CALLS,
	OUT_SMS,
	OUT_TRANSFERS,
	OUT_CASH,
	OUT_OPENINGS,
	OUT_BINDS,
	OUT_TRUTH,
	OUT_FILES
};

struct rec {        /* zero means absent */
	int64_t time_s; /* since 1970-01-01, UTC */
	uint8_t type, bank, channel;
	bool flag;         /* roaming, iot */
	uint16_t template; /* of a message */
	uint16_t agent, outlet;
	uint32_t cell;
	uint64_t a, b;   /* from and to; phone and account */
	uint64_t person; /* index + 1 */
	uint64_t device;
	int64_t v; /* seconds, fen, variant of a message */
};

struct recs {
	struct rec *p;
	uint64_t n, cap;
};

enum {
	CHANNELS = 5
};
enum {
	CHANNEL_MOBILE,
	CHANNEL_ONLINE,
	CHANNEL_WALLET,
	CHANNEL_COUNTER,
	CHANNEL_ATM
};

struct city {
	struct rng rng;
	int64_t people, works, couriers;
	int64_t start_s; /* local midnight of the first day, as UTC seconds */
	int64_t days;
	uint64_t friend_at[8];
	struct recs today; /* of the day being made */
	struct recs plan;  /* crimes and history of all days, sorted */
	uint64_t spare;    /* people, accounts and phones of crimes are numbered from here on */
	struct buf truth;
	enum err err; /* sticky */
};

/* sample_day_text.c */
enum template {
	TEXT_OTP = 1,
	TEXT_BANK,
	TEXT_PARCEL,
	TEXT_CLINIC,
	TEXT_SHOP,
	TEXT_CHAT,
	TEXT_FESTIVAL,
	TEXT_LOAN,
	TEXT_TASK,
	TEXT_REFUND,
	TEXT_TEMPLATES
};
void text_body(uint16_t template, int64_t variant, struct buf *out); /* JSON-safe UTF-8 */
void text_url(uint16_t template, int64_t variant, struct buf *out);  /* empty: none */

/* sample_day_format.c */
enum out_file format_file(const struct rec *r);
const char *format_header(enum out_file f);
void format_rec(const struct rec *r, struct buf *out); /* a line with its end */
void format_time(int64_t time_s, struct buf *out);
const char *format_bad(enum out_file f, uint32_t i); /* NULL after the last; "" asks for a late copy; @ is the time */

/* sample_day.c */
void day_add(struct city *c, const struct rec *r);
void plan_add(struct city *c, const struct rec *r);
void truth_phone(struct city *c, uint64_t phone, const char *role, const char *scenario);
void truth_account(struct city *c, uint64_t account, const char *role, const char *scenario);
void truth_person(struct city *c, uint64_t person, const char *role, const char *scenario);
void truth_text(struct city *c, const char *kind, const char *what, const char *role, const char *scenario);

/* sample_day_life.c, sample_day_work.c: add a day's ordinary records; sample_day_life.c the history before it too */
int64_t life_second(struct city *c); /* of the day, by the rhythm of people's days */
uint64_t life_any(struct city *c);
void life_history(struct city *c);
void life_day(struct city *c, int64_t day_s);
void work_day(struct city *c, int64_t day_s);

/* sample_day_crime.c, sample_day_crime_money.c: plan every crime of a day */
void crime_day(struct city *c, int64_t day_s);
void crime_money_day(struct city *c, int64_t day_s);
/* A phone and an account of somebody who does not live an ordinary life here; bound to a person of his own. */
uint64_t crime_person(struct city *c);
void crime_bind(struct city *c, uint64_t person, uint64_t phone, uint64_t account, int64_t time_s);
void crime_open_account(struct city *c, uint64_t person, uint64_t account, uint64_t phone, uint8_t bank, uint16_t agent,
                        int64_t time_s);
void crime_open_card(struct city *c, uint64_t person, uint64_t phone, uint16_t agent, bool iot, int64_t time_s);
struct rec crime_call(uint64_t from, uint64_t to, int64_t time_s, int64_t talk_s, uint64_t device, uint32_t cell);
struct rec crime_transfer(uint64_t from, uint64_t to, int64_t time_s, int64_t fen);

#endif
