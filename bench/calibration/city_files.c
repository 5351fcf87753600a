/* city_files.c - the files of a simulated city: calls.csv, truth.csv, sms.ndjson, and openings.csv and binds.csv for the
 * holders of cards. Numbers become small indices as they are met. Records that make no sense (a city's files hold some on
 * purpose) are counted as bad and passed over; a missing file or column ends it. */
#include <errno.h>
#include <string.h>
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "bench/calibration/city_int.h"
#include "event/json.h"

enum {
	PATH_MAX_BYTES = 4096,
	TALK_S_MAX = 86400,
	MOBILE_DIGITS = 11,
	JSON_LINE_MAX = 65536
};

static const struct hash_key no_key; /* fingerprints stay in this process */

static enum err open_file(struct city *c, const char *dir, const char *name, struct lines *l, char *path)
{
	struct buf b;
	buf_init(&b, PATH_MAX_BYTES - 1);
	buf_printf(&b, "%s/%s", dir, name);
	enum err e = b.err;
	if (e == ERR_OK) {
		memcpy(path, b.p, b.n + 1);
		e = lines_open(l, path, c->quiet);
	}
	if (e != ERR_OK)
		buf_printf(c->problem, "%s/%s: %s", dir, name, e == ERR_IO || e == ERR_ABSENT ? strerror(errno) : err_name(e));
	buf_release(&b);
	return e;
}

static bool is_mobile(struct text t)
{
	if (t.n != MOBILE_DIGITS || t.p[0] != '1' || t.p[1] < '3' || t.p[1] > '9')
		return false;
	for (size_t i = 2; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return true;
}

/* A mobile number loses its country code and trunk zero; whatever else stays as written. */
static struct text plain_number(struct text t, bool *mobile)
{
	static const char *const before[] = { "+86", "0086", "86", "0" };
	*mobile = is_mobile(t);
	for (size_t i = 0; !*mobile && i < ARRAY_LEN(before); i++) {
		struct text p = text_z(before[i]);
		if (text_starts(t, p) && is_mobile(text_of(t.p + p.n, t.n - p.n))) {
			*mobile = true;
			t = text_of(t.p + p.n, t.n - p.n);
		}
	}
	return t;
}

static uint64_t key_of(struct text t)
{
	uint64_t k = (uint64_t)hash_fingerprint(&no_key, t);
	return k ? k : 1;
}

/* Makes room for element n of an array; the new tail is zero. */
static bool reserve(void **p, uint64_t *cap, uint64_t n, size_t size)
{
	if (n < *cap)
		return true;
	uint64_t bigger = n < 512 ? 1024 : n * 2;
	void *q = mem_resize(*p, bigger * size);
	if (!q)
		return false;
	memset((char *)q + *cap * size, 0, (bigger - *cap) * size);
	*p = q;
	*cap = bigger;
	return true;
}

/* The number's index; ERR_MEMORY, or ERR_CAP past 2^32 numbers. */
static enum err number_of(struct city *c, struct text t, uint32_t *out)
{
	bool fresh, mobile;
	t = plain_number(t, &mobile);
	uint32_t *at = map_at(&c->by_key, key_of(t), &fresh);
	if (!at)
		return ERR_MEMORY;
	if (fresh) {
		if (c->n_numbers >= UINT32_MAX)
			return ERR_CAP;
		void *p = c->number;
		if (!reserve(&p, &c->numbers_cap, c->n_numbers, sizeof(*c->number)))
			return ERR_MEMORY;
		c->number = p;
		c->number[c->n_numbers].mobile = mobile;
		*at = (uint32_t)c->n_numbers++;
	}
	*out = *at;
	return ERR_OK;
}

/* The index of any other thing: 0, 1, 2 in the order met. */
static enum err index_of(struct map *m, struct text t, uint32_t *out)
{
	bool fresh;
	uint32_t *at = map_at(m, key_of(t), &fresh);
	if (!at)
		return ERR_MEMORY;
	if (fresh)
		*at = (uint32_t)m->n - 1;
	*out = *at;
	return ERR_OK;
}

static enum err new_pair(struct city *c, uint32_t a, uint32_t b, bool *fresh)
{
	return map_at(&c->pairs, ((uint64_t)a << 32 | b) + 1, fresh) ? ERR_OK : ERR_MEMORY;
}

static void see_time(struct city *c, int64_t us)
{
	struct city_counts *n = c->counts;
	if (n->first_us == 0 || us < n->first_us)
		n->first_us = us;
	if (us > n->last_us)
		n->last_us = us;
}

static void see_month(struct number *n, const struct civil *at)
{
	n->months |= (uint64_t)1 << ((at->year * 12 + at->month) & 63);
}

static void see_end(struct number *n, const struct civil *at)
{
	n->calls++;
	n->hours |= (uint32_t)1 << at->hour;
	n->days |= (uint32_t)1 << at->day;
	see_month(n, at);
}

enum {
	CALL_TIME,
	CALL_CALLER,
	CALL_CALLEE,
	CALL_TALK,
	CALL_DEVICE,
	CALL_COLUMNS
};
static const char *const call_columns[CALL_COLUMNS] = { "time", "caller", "callee", "talk", "device" };

static enum err add_call(struct city *c, uint32_t from, uint32_t to, int64_t talk_s, struct text device,
                         const struct civil *at)
{
	if (talk_s == 0)
		return ERR_OK;
	void *p = c->call;
	if (c->n_calls >= UINT32_MAX / 2 || !reserve(&p, &c->calls_cap, c->n_calls, sizeof(*c->call)))
		return ERR_MEMORY;
	c->call = p;
	c->call[c->n_calls++] = (struct call){ from, to, (uint32_t)talk_s };
	c->counts->answered++;
	see_end(&c->number[from], at);
	see_end(&c->number[to], at);
	c->number[from].out++;
	if (device.n == 0)
		return ERR_OK;
	uint32_t d;
	bool fresh;
	enum err e = index_of(&c->by_device, device, &d);
	if (e == ERR_OK)
		e = new_pair(c, from, d, &fresh);
	if (e == ERR_OK)
		c->number[from].devices += fresh;
	return e;
}

/* ERR_FORMAT: a bad record. */
static enum err one_call(struct city *c, const struct text *cell)
{
	int64_t us, talk_s;
	uint32_t from, to;
	struct civil at;
	if (clock_parse(cell[CALL_TIME], &clock_shanghai, &us) != ERR_OK || cell[CALL_CALLER].n == 0 ||
	    cell[CALL_CALLEE].n == 0 || text_to_int(cell[CALL_TALK], &talk_s) != ERR_OK || talk_s < 0 ||
	    talk_s > TALK_S_MAX)
		return ERR_FORMAT;
	enum err e = number_of(c, cell[CALL_CALLER], &from);
	if (e == ERR_OK)
		e = number_of(c, cell[CALL_CALLEE], &to);
	if (e != ERR_OK)
		return e;
	if (from == to)
		return ERR_FORMAT;
	clock_to_civil(us, clock_offset(&clock_shanghai, us), &at);
	see_time(c, us);
	c->counts->calls++;
	if (cell[CALL_DEVICE].n)
		c->number[from].with_device = true;
	return add_call(c, from, to, talk_s, cell[CALL_DEVICE], &at);
}

/* Every record of a CSV file; a bad one is counted. The first `needed` columns must be there. */
static enum err each_row(struct city *c, const char *dir, const char *name, const char *const *columns, uint32_t n,
                         uint32_t needed, enum err (*one)(struct city *, const struct text *))
{
	char path[PATH_MAX_BYTES];
	struct lines l;
	struct columns cols;
	struct text cell[CELLS_WANTED_MAX];
	enum err e = open_file(c, dir, name, &l, path);
	if (e != ERR_OK)
		return e;
	e = columns_find(&l, columns, n, &cols);
	if (e == ERR_FORMAT)
		buf_printf(c->problem, "%s: no header line", path);
	for (uint32_t i = 0; e == ERR_OK && i < needed; i++)
		if (cols.at[i] < 0) {
			buf_printf(c->problem, "%s:%llu: no column %s", path, (unsigned long long)l.line, columns[i]);
			e = ERR_FORMAT;
		}
	while (e == ERR_OK) {
		e = columns_next(&l, &cols, cell);
		if (e == ERR_OK)
			e = one(c, cell);
		c->counts->bad += e == ERR_FORMAT;
		if (e == ERR_FORMAT)
			e = ERR_OK;
	}
	c->counts->lines += l.line;
	lines_close(&l);
	return e == ERR_STOPPED ? ERR_OK : e;
}

enum err city_read_calls(struct city *c, const char *dir)
{
	enum err e = each_row(c, dir, "calls.csv", call_columns, CALL_COLUMNS, CALL_COLUMNS, one_call);
	map_release(&c->pairs);
	map_release(&c->by_device);
	return e;
}

static enum err one_truth(struct city *c, const struct text *cell)
{
	static const char *const fraud[] = { "simbox", "burst", "sleeping", "gateway_voice", "gateway_line" };
	static const char *const other[] = { "iot", "mule", "opener", "agent", "outlet", "clerk", "gold" };
	uint32_t i;
	if (!text_eq(cell[0], TEXT("phone")))
		return ERR_OK;
	if (cell[1].n == 0)
		return ERR_FORMAT;
	enum err e = number_of(c, cell[1], &i);
	for (size_t k = 0; e == ERR_OK && k < ARRAY_LEN(fraud); k++)
		c->number[i].fraud |= text_eq(cell[2], text_z(fraud[k]));
	for (size_t k = 0; e == ERR_OK && k < ARRAY_LEN(other); k++)
		c->number[i].other_suspect |= text_eq(cell[2], text_z(other[k]));
	return e;
}

enum err city_read_truth(struct city *c, const char *dir)
{
	static const char *const columns[] = { "kind", "identifier", "role" };
	enum err e = each_row(c, dir, "truth.csv", columns, ARRAY_LEN(columns), ARRAY_LEN(columns), one_truth);
	for (uint64_t i = 0; i < c->n_numbers; i++)
		if (c->number[i].fraud)
			c->number[i].other_suspect = false;
	return e;
}

static enum err sms_end(struct city *c, uint32_t i, uint32_t peer, bool sent, const struct civil *at)
{
	bool fresh;
	struct number *n = &c->number[i];
	if (!city_subscriber(n))
		return ERR_OK;
	if (sent)
		n->sms_out++;
	else
		n->sms_in++;
	see_month(n, at);
	enum err e = new_pair(c, i, peer, &fresh);
	if (e == ERR_OK)
		c->number[i].sms_peers += fresh;
	return e;
}

static enum err one_sms(struct city *c, struct text line, char *scratch)
{
	struct json_pair pair[JSON_PAIRS_MAX];
	struct text time = { 0 }, sender = { 0 }, receiver = { 0 }, event = TEXT("sms");
	const char *why;
	size_t n, at;
	if (line.n > JSON_LINE_MAX || json_flat(line, pair, &n, scratch, &why, &at) != ERR_OK)
		return ERR_FORMAT;
	for (size_t i = 0; i < n; i++) {
		struct text k = pair[i].key;
		if (text_eq(k, TEXT("time")))
			time = pair[i].value;
		else if (text_eq(k, TEXT("sender")))
			sender = pair[i].value;
		else if (text_eq(k, TEXT("receiver")))
			receiver = pair[i].value;
		else if (text_eq(k, TEXT("event")))
			event = pair[i].value;
	}
	if (!text_eq(event, TEXT("sms")))
		return ERR_OK;
	int64_t us;
	struct civil when;
	uint32_t from, to;
	if (sender.n == 0 || receiver.n == 0 || clock_parse(time, &clock_shanghai, &us) != ERR_OK)
		return ERR_FORMAT;
	clock_to_civil(us, clock_offset(&clock_shanghai, us), &when);
	enum err e = number_of(c, sender, &from);
	if (e == ERR_OK)
		e = number_of(c, receiver, &to);
	if (e != ERR_OK)
		return e;
	see_time(c, us);
	c->counts->sms++;
	e = sms_end(c, from, to, true, &when);
	return e == ERR_OK ? sms_end(c, to, from, false, &when) : e;
}

enum err city_read_sms(struct city *c, const char *dir)
{
	char path[PATH_MAX_BYTES];
	struct lines l;
	struct text line;
	enum err e = open_file(c, dir, "sms.ndjson", &l, path);
	if (e != ERR_OK)
		return e;
	char *scratch = mem_alloc(JSON_LINE_MAX);
	if (!scratch)
		e = ERR_MEMORY;
	while (e == ERR_OK) {
		e = lines_next(&l, &line);
		if (e == ERR_OK)
			e = one_sms(c, line, scratch);
		c->counts->bad += e == ERR_FORMAT;
		if (e == ERR_FORMAT)
			e = ERR_OK;
	}
	c->counts->lines += l.line;
	mem_free(scratch);
	lines_close(&l);
	map_release(&c->pairs);
	return e == ERR_STOPPED ? ERR_OK : e;
}

static enum err one_card(struct city *c, const struct text *cell)
{
	uint32_t person, card;
	bool fresh;
	if (cell[0].n == 0 || cell[1].n == 0) /* an account is opened, or bound to nobody's phone */
		return ERR_OK;
	enum err e = index_of(&c->by_person, cell[0], &person);
	if (e == ERR_OK)
		e = number_of(c, cell[1], &card);
	if (e != ERR_OK)
		return e;
	if (c->number[card].person == 0)
		c->number[card].person = person + 1;
	e = new_pair(c, person, card, &fresh);
	void *p = c->cards;
	if (e == ERR_OK && !reserve(&p, &c->cards_cap, person, sizeof(*c->cards)))
		e = ERR_MEMORY;
	if (e != ERR_OK)
		return e;
	c->cards = p;
	c->cards[person] += fresh;
	c->counts->has_cards = true;
	return ERR_OK;
}

enum err city_read_cards(struct city *c, const char *dir)
{
	static const char *const columns[] = { "person", "phone" };
	static const char *const names[] = { "openings.csv", "binds.csv" };
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(names); i++) {
		e = each_row(c, dir, names[i], columns, ARRAY_LEN(columns), ARRAY_LEN(columns), one_card);
		if (e == ERR_ABSENT) { /* a city of calls and messages only */
			buf_clear(c->problem);
			e = ERR_OK;
		}
	}
	map_release(&c->pairs);
	return e;
}
