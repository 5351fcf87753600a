/* day.h - a full day of the simulated city with a staffed desk: what the alerts led to, and what came of it.
 *
 * The city (sim/city.h) makes events; the engine decides in a shard, as in the service; alerts reach the desk (desk/desk.h); seats, institutions and citizens are
 * scripts that take the desk's steps in virtual time; and what the desk does reaches the city: a suspended card does not call, a stopped account does not
 * pay, a victim who was persuaded keeps the money. The city's own course does not change, so the same seed without a desk is the same city: what the desk
 * saved is the difference between what was about to happen and what then did, event by event.
 *
 * No clock and no random source: the same options give the same report to the byte. */
#ifndef DUANKA_DAY_DAY_H
#define DUANKA_DAY_DAY_H
#include "base/disk.h"
#include "base/hash.h"
#include "day/habits.h"
#include "desk/desk.h"
#include "policy/policy.h"
#include "sim/city.h"

enum {
	DAY_PEOPLE_MAX = 500000,
	DAY_DAYS_MAX = 31
};

struct day_options {
	struct city_options city; /* its watcher, directory and pace are the day's own */
	const struct scene *scene;
	bool idle; /* alerts are made and nobody works */
	int32_t habit[DAY_HABITS_COUNT];
	uint16_t by_day[DAY_GROUPS_COUNT], by_night[DAY_GROUPS_COUNT];
	const struct hash_key *key;
	struct disk *disk;         /* of the journal; empty */
	const char *registry_path; /* of a registry to be made */
	struct text policy;        /* payload of a POLICY record */
	policy_reader *read_zone;
	/* Now and then, with how much of the day is done in per mille; false ends it: the report tells of what was. */
	bool (*progress)(void *ctx, uint32_t permille, uint64_t events, uint64_t alerts);
	void *progress_ctx;
};
/* 20,000 people, one day, seed 1, crime at day_crime_percent of the scenario file, usual habits and seats. key, disk, policy, scene are the caller's. */
void day_defaults(struct day_options *o);

enum {
	DAY_GRADES = 4,
	DAY_OUTCOMES = 12, /* 0: none yet */
	DAY_KINDS_OF_MEASURE = 24
};

struct day_rate {
	uint64_t hit, all;
};
struct day_spread { /* of durations, seconds */
	uint64_t n;
	int64_t median_s, p90_s, most_s;
};

struct day_report {
	int64_t from_us, until_us; /* what was played */
	bool whole;                /* not interrupted */
	uint64_t people, seed, events, crimes;
	int64_t days, crime_percent;
	/* alerts */
	uint64_t alerts, alerts_grade[DAY_GRADES], shadow;
	uint64_t proposals,
		unknown; /* measures in them that the desk was told of; about somebody or something that it does not know */
	/* warnings */
	uint64_t warnings[DAY_GRADES], hits;
	uint64_t outcome[DAY_GRADES][DAY_OUTCOMES]; /* enum warning_outcome; of closed and fed-back ones */
	uint64_t open[DAY_GRADES], messages_only[DAY_GRADES];
	struct day_rate sign[DAY_GRADES], contact[DAY_GRADES], settle[DAY_GRADES];
	struct day_rate reached, met; /* of yellow and up; of red and purple */
	struct day_spread to_contact[DAY_GRADES];
	uint64_t calls, calls_reached, ai_calls, ai_reached, sms, visits, visits_found;
	/* orders */
	uint64_t incidents, incidents_filed, incidents_late;
	uint64_t stops, stop_sent, stop_stopped, stop_mismatch, stop_not_found, stop_failed, stop_retried, stop_extended,
		stop_converted, stop_released, stop_expired, stop_cancelled, stop_open;
	uint64_t freezes, frozen;
	struct day_spread report_to_stop, transfer_to_stop;
	int64_t stopped_fen; /* lay in accounts when they were stopped */
	/* measures, cards and accounts */
	uint64_t measures[DAY_KINDS_OF_MEASURE], measures_false[DAY_KINDS_OF_MEASURE];
	struct day_spread false_lasted[DAY_KINDS_OF_MEASURE];
	uint64_t cards, cards_false, cards_cleared, cards_verified; /* looked at; of these: of nobody criminal, ... */
	uint64_t accounts, accounts_false, accounts_cleared, accounts_verified;
	uint64_t false_people, failed_payments;
	int64_t failed_fen;
	uint64_t failed_calls; /* of innocent people */
	uint64_t device_reports, devices_found, devices_not_found;
	/* objections */
	uint64_t appeals, appeals_granted, appeals_denied, appeals_open, appeals_right;
	struct day_spread to_release;
	/* against the truth */
	uint64_t cases;                         /* scams that would have cost money, or did */
	uint64_t spared, partly, never_reached; /* lost nothing, lost less, the gang's calls did not come through */
	int64_t loss_without_fen, loss_with_fen, cash_without_fen, cash_with_fen;
	int64_t held_fen;             /* of victims' money, lies in stopped or limited accounts */
	uint64_t warned_victims;      /* whose warning came before their first payment */
	struct day_rate post_warning; /* paid after a warning, of people warned */
	struct day_rate post_contact; /* paid after somebody had spoken to them */
	uint64_t criminal_calls_without, criminal_calls_stopped;
	/* seats */
	struct {
		uint32_t by_day, by_night;
		uint64_t acts;
		int64_t busy_s, duty_s;
		struct day_spread waited;
	} group[DAY_GROUPS_COUNT];
	uint64_t commands, refused,
		overtaken; /* refused: by reasons that a seat should have known; overtaken: by somebody else or a time limit */
	/* what must hold */
	uint64_t objects, messages, unfit;
	uint64_t unsound; /* objects that break what must hold of them; why has the first */
};

/* Plays it. ERR_RANGE: options beyond the limits; ERR_FORMAT: the policy (why); ERR_IO: the disk; ERR_MEMORY. */
enum err day_run(const struct day_options *o, struct day_report *out, struct buf *why) MUST_CHECK;

#endif
