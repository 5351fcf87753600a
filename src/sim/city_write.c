/* city_write.c - events as lines of their files, or all as one stream of NDJSON; truth.csv beside them.
 *
 * A line is put together by hand in a small buffer: formatting is a third of the simulator's work. Times are local
 * (+08:00), money is yuan with two decimals, talk is whole seconds; what is absent is empty or left out. */
#include "sim/city_int.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "base/mem.h"

enum {
	LINE_MAX = 2048,
	TIME_TEXT = 25
};

enum out {
	OUT_CALLS,
	OUT_SMS,
	OUT_DATA,
	OUT_TRANSFERS,
	OUT_CASH,
	OUT_OPENINGS,
	OUT_BINDS,
	OUT_LOGINS,
	OUT_REPORTS,
	OUT_PLACES,
	OUT_TRUTH,
	OUTS
};

static const struct {
	const char *name, *header;
} outs[OUTS] = {
	[OUT_CALLS] = { "calls.csv", "time,caller,callee,talk,device,cell,roaming\n" },
	[OUT_SMS] = { "sms.ndjson", "" },
	[OUT_DATA] = { "data_use.csv", "event,time,phone,app,device\n" },
	[OUT_TRANSFERS] = { "transfers.csv", "time,payer,payee,amount,channel,device\n" },
	[OUT_CASH] = { "cash.csv", "time,account,amount,bank,place\n" },
	[OUT_OPENINGS] = { "openings.csv", "event,time,phone,account,person,outlet,agent,iot,district,clerk,remote\n" },
	[OUT_BINDS] = { "binds.csv", "event,time,person,phone,account,district\n" },
	[OUT_LOGINS] = { "logins.csv", "event,time,account,device,phone\n" },
	[OUT_REPORTS] = { "reports.csv", "event,time,about_phone,about_account,victim,kind\n" },
	[OUT_PLACES] = { "places.csv", "event,time,outlet,cell,district\n" },
	[OUT_TRUTH] = { "truth.csv", "kind,identifier,time,scenario,crime,role,level,stage,about,amount\n" },
};

static const uint8_t out_of[EV_TYPES] = { OUT_CALLS,    OUT_SMS,   OUT_DATA,   OUT_TRANSFERS, OUT_CASH,  OUT_OPENINGS,
	                                      OUT_OPENINGS, OUT_BINDS, OUT_LOGINS, OUT_REPORTS,   OUT_PLACES };
static const char *const type_names[EV_TYPES] = { "call",         "sms",  "data_use", "transfer", "cash", "open_card",
	                                              "open_account", "bind", "login",    "report",   "place" };
static const char *const channels[CHANNELS] = { "mobile", "online", "wallet", "counter", "atm", "pos" };
static const char *const stage_names[] = { "recruit", "open",     "test",  "lead",    "contact", "groom",
	                                       "bait",    "transfer", "layer", "cashout", "report" };
static const char *const role_names[] = { "simbox",  "burst",  "sleeping", "gateway_voice", "gateway_line", "caller",
	                                      "spammer", "iot",    "mule",     "opener",        "agent",        "gold",
	                                      "victim",  "target", "outlet",   "clerk" };
static const char *const what_names[WHATS] = { "phone", "account", "person", "device",
	                                           "cell",  "outlet",  "agent",  "clerk" };

struct city_writer {
	struct outfile file[OUTS];
	uint64_t lines[OUTS]; /* written, the header included */
	int32_t time_s;       /* whose text is in time_text */
	char time_text[TIME_TEXT];
	char line[LINE_MAX];
	char *at;
};

/* ---- pieces of a line ---- */

static void put(struct city_writer *w, const char *p, size_t n)
{
	memcpy(w->at, p, n);
	w->at += n;
}

static void put_z(struct city_writer *w, const char *z)
{
	put(w, z, strlen(z));
}

static void put_char(struct city_writer *w, char c)
{
	*w->at++ = c;
}

static void put_number(struct city_writer *w, uint64_t v)
{
	char t[20];
	int n = 20;

	do
		t[--n] = (char)('0' + v % 10);
	while (v /= 10);
	put(w, t + n, (size_t)(20 - n));
}

static void put_padded(struct city_writer *w, uint64_t v, int digits)
{
	for (int i = digits - 1; i >= 0; i--, v /= 10)
		w->at[i] = (char)('0' + v % 10);
	w->at += digits;
}

static void put_phone(struct city_writer *w, uint64_t phone)
{
	if (phone)
		w->at += ident_phone_text(phone, w->at);
}

static void put_person(struct city_writer *w, uint32_t person_1)
{
	if (person_1)
		w->at += ident_person_text(person_1 - 1, w->at);
}

static void put_district(struct city *c, const struct ev *e)
{
	uint32_t cell = e->person ? people_home(c, e->person - 1) : e->cell;

	put_number(c->w, city_district(people_district(c, cell)));
}

static void put_account(struct city_writer *w, uint64_t account_1)
{
	if (account_1)
		put_number(w, sample_account(account_1 - 1));
}

/* numbers.h gives one million IMEIs for each type code: the type code goes on from million to million. */
static void put_device(struct city_writer *w, uint32_t device_1)
{
	static const uint32_t tac[] = { 86412304, 86735105, 86191806, 35698211, 86553204, 86804905 };
	uint64_t i = device_1 - 1ULL, body, sum = 0;

	if (!device_1)
		return;
	body = (tac[hash_mix(i) % ARRAY_LEN(tac)] + i / 1000000) * 1000000ULL + i * 7919 % 1000000;
	bool twice = true;
	for (uint64_t b = body; b; b /= 10, twice = !twice) {
		uint64_t d = b % 10 * (twice ? 2 : 1);
		sum += d > 9 ? d - 9 : d;
	}
	put_number(w, body * 10 + (10 - sum % 10) % 10);
}

static void put_cell(struct city_writer *w, uint32_t cell)
{
	if (!cell)
		return;
	put_z(w, "532-");
	put_padded(w, cell / 3, 6);
	put_char(w, '-');
	put_char(w, (char)('1' + cell % 3));
}

static void put_tagged(struct city_writer *w, const char *tag, uint32_t v)
{
	if (!v)
		return;
	put_z(w, tag);
	put_padded(w, v, 5);
}

/* Of a bank's outlet GY00012-3, of an operator's hall YG00012-3. */
static void put_clerk(struct city_writer *w, bool hall, uint32_t outlet, uint32_t clerk)
{
	if (!clerk)
		return;
	put_tagged(w, hall ? "YG" : "GY", outlet);
	put_char(w, '-');
	put_number(w, clerk);
}

static void put_yuan(struct city_writer *w, int64_t fen)
{
	put_number(w, (uint64_t)fen / 100);
	put_char(w, '.');
	put_padded(w, (uint64_t)fen % 100, 2);
}

static void put_time(struct city *c, int32_t at_s)
{
	struct city_writer *w = c->w;

	if (at_s != w->time_s) {
		struct civil t;
		clock_to_civil((c->o.start_day * DAY_S + at_s) * US_PER_SECOND, 0, &t);
		char *kept = w->at;
		w->at = w->time_text;
		put_padded(w, (uint64_t)t.year, 4);
		const int32_t part[] = { t.month, t.day, t.hour, t.minute, t.second };
		for (int k = 0; k < 5; k++) {
			put_char(w, "--T::"[k]);
			put_padded(w, (uint64_t)part[k], 2);
		}
		put_z(w, "+08:00");
		w->at = kept;
		w->time_s = at_s;
	}
	put(w, w->time_text, TIME_TEXT);
}

/* ---- lines ---- */

static void csv_fields(struct city *c, const struct ev *e)
{
	struct city_writer *w = c->w;

	switch ((enum ev_type)e->type) {
	case EV_CALL:
		put_phone(w, e->a), put_char(w, ','), put_phone(w, e->b), put_char(w, ',');
		put_number(w, (uint64_t)e->v), put_char(w, ','), put_device(w, e->device), put_char(w, ',');
		put_cell(w, e->cell), put_z(w, e->flag ? ",true" : ",");
		break;
	case EV_DATA: put_phone(w, e->a), put_z(w, e->wave ? ",wechat," : ",meter,"), put_device(w, e->device); break;
	case EV_TRANSFER:
		put_account(w, e->a), put_char(w, ','), put_account(w, e->b), put_char(w, ','), put_yuan(w, e->v);
		put_char(w, ','), put_z(w, channels[e->channel]), put_char(w, ','), put_device(w, e->device);
		break;
	case EV_CASH:
		put_account(w, e->a), put_char(w, ','), put_yuan(w, e->v), put_char(w, ',');
		put_z(w, ident_bank_title((uint8_t)(e->cell % BANKS))), put_char(w, ','), put_tagged(w, "ATM", e->cell);
		break;
	case EV_OPEN_CARD:
	case EV_OPEN_ACCOUNT:
		put_phone(w, e->a), put_char(w, ','), put_account(w, e->b), put_char(w, ','), put_person(w, e->person);
		put_char(w, ','), put_tagged(w, e->type == EV_OPEN_CARD ? "YYT" : "WD", e->outlet), put_char(w, ',');
		put_tagged(w, "DL", e->agent), put_z(w, e->flag ? ",true," : ",,"), put_district(c, e), put_char(w, ',');
		put_clerk(w, e->type == EV_OPEN_CARD, e->outlet, e->clerk);
		put_z(w, !e->outlet ? "," : e->remote ? ",true" : ",false");
		break;
	case EV_BIND:
		put_person(w, e->person), put_char(w, ','), put_phone(w, e->a), put_char(w, ','), put_account(w, e->b);
		put_char(w, ','), put_district(c, e);
		break;
	case EV_PLACE: put_char(w, ','), put_cell(w, e->cell), put_char(w, ','), put_district(c, e); break;
	case EV_LOGIN:
		put_account(w, e->a), put_char(w, ','), put_device(w, e->device), put_char(w, ','), put_phone(w, e->b);
		break;
	default:
		put_phone(w, e->a), put_char(w, ','), put_account(w, e->b), put_char(w, ','), put_person(w, e->person);
		put_char(w, ','), put_z(w, c->scene->block[e->wave - 1].title);
		break;
	}
}

/* ,"name":" unless nothing followed: then it is taken back by the next call or the end. */
static void json_name(struct city_writer *w, const char *name, bool present)
{
	if (!present)
		return;
	put_z(w, "\",\"");
	put_z(w, name);
	put_z(w, "\":\"");
}

static void json_begin(struct city *c, const struct ev *e)
{
	put_z(c->w, "{\"event\":\"");
	put_z(c->w, type_names[e->type]);
	put_z(c->w, "\",\"time\":\"");
	put_time(c, e->at_s);
}

static void json_sms(struct city_writer *w, const struct ev *e)
{
	json_name(w, "sender", true), put_phone(w, e->a);
	json_name(w, "receiver", true), put_phone(w, e->b);
	json_name(w, "body", true);
	w->at += city_text_body(w->at, e->text, (uint64_t)e->v, e->wave);
	char *before = w->at;
	json_name(w, "url", true);
	size_t n = city_text_url(w->at, e->text, (uint64_t)e->v, e->wave);
	w->at = n ? w->at + n : before;
	json_name(w, "device", e->device), put_device(w, e->device);
	json_name(w, "cell", e->cell), put_cell(w, e->cell);
}

static void json_rest(struct city *c, const struct ev *e)
{
	struct city_writer *w = c->w;

	switch ((enum ev_type)e->type) {
	case EV_CALL:
		json_name(w, "caller", true), put_phone(w, e->a), json_name(w, "callee", true), put_phone(w, e->b);
		json_name(w, "device", e->device), put_device(w, e->device), json_name(w, "cell", e->cell),
			put_cell(w, e->cell);
		json_name(w, "talk", true), put_number(w, (uint64_t)e->v);
		break;
	case EV_DATA:
		json_name(w, "phone", true), put_phone(w, e->a), json_name(w, "app", true),
			put_z(w, e->wave ? "wechat" : "meter");
		json_name(w, "device", e->device), put_device(w, e->device);
		break;
	case EV_TRANSFER:
		json_name(w, "payer", true), put_account(w, e->a), json_name(w, "payee", true), put_account(w, e->b);
		json_name(w, "channel", true), put_z(w, channels[e->channel]);
		json_name(w, "device", e->device), put_device(w, e->device), json_name(w, "amount", true), put_yuan(w, e->v);
		break;
	case EV_CASH:
		json_name(w, "account", true), put_account(w, e->a), json_name(w, "bank", true);
		put_z(w, ident_bank_title((uint8_t)(e->cell % BANKS)));
		json_name(w, "amount", true), put_yuan(w, e->v);
		break;
	case EV_OPEN_CARD:
	case EV_OPEN_ACCOUNT:
		json_name(w, "phone", e->a), put_phone(w, e->a), json_name(w, "account", e->b), put_account(w, e->b);
		json_name(w, "person", true), put_person(w, e->person), json_name(w, "outlet", e->outlet);
		put_tagged(w, e->type == EV_OPEN_CARD ? "YYT" : "WD", e->outlet);
		json_name(w, "agent", e->agent), put_tagged(w, "DL", e->agent);
		json_name(w, "district", e->person), put_district(c, e);
		json_name(w, "clerk", e->clerk), put_clerk(w, e->type == EV_OPEN_CARD, e->outlet, e->clerk);
		json_name(w, "remote", e->outlet), put_z(w, !e->outlet ? "" : e->remote ? "true" : "false");
		if (e->flag)
			put_z(w, "\",\"iot\":\"true");
		break;
	case EV_LOGIN:
		json_name(w, "account", true), put_account(w, e->a), json_name(w, "phone", e->b), put_phone(w, e->b);
		json_name(w, "device", e->device), put_device(w, e->device);
		break;
	case EV_PLACE:
		json_name(w, "cell", true), put_cell(w, e->cell), json_name(w, "district", true), put_district(c, e);
		break;
	case EV_BIND:
		json_name(w, "person", true), put_person(w, e->person), json_name(w, "phone", e->a), put_phone(w, e->a);
		json_name(w, "account", e->b), put_account(w, e->b), json_name(w, "district", e->person), put_district(c, e);
		break;
	default:
		json_name(w, "about_phone", e->a), put_phone(w, e->a), json_name(w, "about_account", e->b),
			put_account(w, e->b);
		json_name(w, "victim", true), put_person(w, e->person);
		json_name(w, "kind", true), put_z(w, c->scene->block[e->wave - 1].title);
		break;
	}
}

static void json_line(struct city *c, const struct ev *e)
{
	json_begin(c, e);
	if (e->type == EV_SMS)
		json_sms(c->w, e);
	else
		json_rest(c, e);
	put_z(c->w, e->type == EV_CALL && e->flag ? "\",\"roaming\":\"true\"}\n" : "\"}\n");
}

static void flush_line(struct city *c, enum out f)
{
	struct city_writer *w = c->w;
	size_t n = (size_t)(w->at - w->line);

	CHECK(n < LINE_MAX);
	if (!c->err)
		c->err = outfile_write(&w->file[f], w->line, n);
	c->counts.bytes += n;
	w->lines[f]++;
}

/* ---- the stream in real time ---- */

static void pace(struct city *c, int32_t at_s)
{
	if (!c->o.pace || c->err)
		return;
	c->err = c->o.pace(c->o.pace_ctx, at_s, false);
	if (c->err != ERR_ABSENT)
		return;
	c->err = outfile_flush(&c->w->file[0]);
	if (!c->err)
		c->err = c->o.pace(c->o.pace_ctx, at_s, true);
}

/* ---- truth ---- */

static void put_what(struct city_writer *w, enum what what, uint64_t id)
{
	switch (what) {
	case WHAT_PHONE: put_phone(w, id); break;
	case WHAT_ACCOUNT: put_account(w, id + 1); break;
	case WHAT_PERSON: put_person(w, (uint32_t)id + 1); break;
	case WHAT_DEVICE: put_device(w, (uint32_t)id); break;
	case WHAT_CELL: put_cell(w, (uint32_t)id); break;
	case WHAT_OUTLET: put_tagged(w, id & 1 ? "YYT" : "WD", (uint32_t)id >> 1); break;
	case WHAT_CLERK: put_clerk(w, id >> 8 & 1, (uint32_t)(id >> 9), id & 255); break;
	default: put_tagged(w, "DL", (uint32_t)id); break;
	}
}

static void truth_event(struct city *c, const struct ev *e, const struct label *l, enum out f)
{
	struct city_writer *w = c->w;

	w->at = w->line;
	put_z(w, type_names[e->type]), put_char(w, ','), put_z(w, outs[f].name), put_char(w, ':');
	put_number(w, w->lines[f]), put_char(w, ','), put_time(c, e->at_s), put_char(w, ',');
	put_z(w, l->scenario), put_char(w, ','), put_number(w, l->crime), put_char(w, ',');
	put_z(w, role_names[l->role]), put_char(w, ',');
	if (l->level)
		put_number(w, l->level);
	put_char(w, ','), put_z(w, stage_names[l->stage]), put_char(w, ','), put_what(w, l->what, l->about),
		put_char(w, ',');
	if (e->type == EV_TRANSFER || e->type == EV_CASH)
		put_yuan(w, e->v);
	put_char(w, '\n');
	flush_line(c, OUT_TRUTH);
	c->counts.criminal++;
}

void writer_entity(struct city *c, enum what what, uint64_t id, int32_t at_s, const char *scenario, uint32_t crime,
                   enum role role, uint8_t level)
{
	struct city_writer *w = c->w;

	w->at = w->line;
	if (c->o.watcher) {
		put_what(w, what, id);
		c->o.watcher->known(c->o.watcher->ctx, what, text_of(w->line, (size_t)(w->at - w->line)), at_s, crime, role);
	}
	if (!c->o.dir)
		return;
	put_z(w, what_names[what]), put_char(w, ','), put_what(w, what, id), put_char(w, ',');
	put_time(c, at_s), put_char(w, ','), put_z(w, scenario), put_char(w, ','), put_number(w, crime), put_char(w, ',');
	put_z(w, role_names[role]), put_char(w, ',');
	if (level)
		put_number(w, level);
	put_z(w, ",,,\n");
	flush_line(c, OUT_TRUTH);
}

/* To a watcher: first whether, then what. */
static void watched_event(struct city *c, const struct ev *e, const struct label *label)
{
	const struct city_watcher *by = c->o.watcher;
	struct city_deed d = {
		.at_s = e->at_s, .type = (enum ev_type)e->type, .from = e->a, .to = e->b, .person = e->person
	};
	bool money = e->type == EV_TRANSFER || e->type == EV_CASH;
	struct ev seen = *e;

	d.fen = money ? e->v : 0;
	d.talk_s = e->type == EV_CALL ? e->v : 0;
	if (label) {
		d.crime = label->crime;
		d.scenario = label->scenario;
		d.stage = label->stage;
		d.role = label->role;
		d.level = label->level;
	}
	if (c->err || !by->allow(by->ctx, &d))
		return;
	CHECK(!money || (d.fen > 0 && d.fen <= e->v));
	seen.v = money ? d.fen : e->v;
	c->w->at = c->w->line;
	json_line(c, &seen);
	c->err = by->happened(by->ctx, &d, text_of(c->w->line, (size_t)(c->w->at - c->w->line) - 1));
	c->counts.events[e->type]++;
	c->counts.criminal += label != NULL;
}

void writer_event(struct city *c, const struct ev *e, const struct label *label)
{
	struct city_writer *w = c->w;
	enum out f = c->o.dir ? (enum out)out_of[e->type] : OUT_CALLS;

	if (c->o.watcher) {
		watched_event(c, e, label);
		return;
	}
	w->at = w->line;
	if (!c->o.dir) {
		pace(c, e->at_s);
		json_line(c, e);
	} else if (e->type == EV_SMS) {
		json_line(c, e);
	} else {
		if (f == OUT_DATA || f >= OUT_OPENINGS)
			put_z(w, type_names[e->type]), put_char(w, ',');
		put_time(c, e->at_s);
		put_char(w, ',');
		csv_fields(c, e);
		put_char(w, '\n');
	}
	flush_line(c, f);
	c->counts.events[e->type]++;
	if (label && c->o.dir)
		truth_event(c, e, label, f);
}

/* ---- opening and closing ---- */

enum err writer_file(struct city *c, struct outfile *o, const char *name)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", c->o.dir, name);

	return n < 0 || (size_t)n >= sizeof(path) ? ERR_RANGE : outfile_open(o, path);
}

enum err writer_open(struct city *c)
{
	enum err err = ERR_OK;

	c->w = mem_alloc(sizeof(*c->w));
	if (!c->w)
		return ERR_MEMORY;
	for (int f = 0; f < OUTS; f++)
		c->w->file[f].fd = -1;
	c->w->time_s = INT32_MIN;
	if (c->o.watcher)
		return lists_tell(c);
	if (!c->o.dir)
		return outfile_open(&c->w->file[0], "-");
	if (mkdir(c->o.dir, 0777) && errno != EEXIST)
		return ERR_IO;
	for (int f = 0; f < OUTS && !err; f++) {
		err = writer_file(c, &c->w->file[f], outs[f].name);
		if (!err && *outs[f].header) {
			err = outfile_text(&c->w->file[f], text_z(outs[f].header));
			c->w->lines[f] = 1;
		}
	}
	return err;
}

static void population(struct city *c, const char *what, uint64_t n)
{
	struct city_writer *w = c->w;

	if (!n)
		return;
	w->at = w->line;
	put_z(w, "population,"), put_z(w, what), put_char(w, ','), put_time(c, 0), put_z(w, ",,,,,,,"), put_number(w, n);
	put_char(w, '\n');
	flush_line(c, OUT_TRUTH);
}

/* What each account had and has: with the transfers and withdrawals between, money can be counted to the fen. */
static enum err balances(struct city *c)
{
	struct outfile o = { .fd = -1 };
	struct city_writer *w = c->w;
	enum err err = writer_file(c, &o, "balances.csv");
	const uint32_t n = c->balances + c->shops + c->employers;

	if (!err)
		err = outfile_text(&o, text_z("account,opening,closing\n"));
	for (uint32_t i = 0; i < n && !err; i++) {
		uint64_t account = i < c->balances              ? i
		                   : i - c->balances < c->shops ? SHOP_AT + i - c->balances
		                                                : EMPLOYER_AT + i - c->balances - c->shops;
		int64_t with = i < c->balances              ? c->opened_with[i]
		               : i - c->balances < c->shops ? c->shop_with[i - c->balances]
		                                            : c->employer_with[i - c->balances - c->shops];
		w->at = w->line;
		put_account(w, account + 1), put_char(w, ','), put_yuan(w, with), put_char(w, ',');
		put_yuan(w, *city_balance(c, account + 1)), put_char(w, '\n');
		err = outfile_write(&o, w->line, (size_t)(w->at - w->line));
	}
	enum err closed = outfile_close(&o);
	return err ? err : closed;
}

void writer_end(struct city *c)
{
	if (!c->o.dir)
		return;
	for (int k = 0; k < WHATS; k++)
		population(c, what_names[k], c->population[k]);
	for (int k = 0; k < EV_TYPES; k++)
		population(c, type_names[k], c->counts.events[k]);
	if (!c->err)
		c->err = balances(c);
	if (!c->err)
		c->err = lists_write(c);
}

enum err writer_close(struct city *c)
{
	enum err err = ERR_OK;

	if (!c->w)
		return ERR_OK;
	for (int f = 0; f < OUTS; f++) {
		enum err closed = outfile_close(&c->w->file[f]);
		if (!err)
			err = closed;
	}
	mem_free(c->w);
	c->w = NULL;
	return err;
}
