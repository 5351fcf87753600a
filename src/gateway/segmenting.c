/* segmenting.c - see segmenting.h. */
#include "gateway/segmenting.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/publication.h"
#include "gateway/roster_int.h"

static const char magic[8] = { 'D', 'K', 'S', 'E', 'G', 'M', '0', '1' };

struct making {
	struct segment_rule rule;
	struct segment_lot lot;
	struct segment_made *made;
	struct outfile file;
	bool flood;
	uint64_t people[UINT16_MAX + 1]; /* of a flood: by district */
};

/* ---- rows ---- */

static enum err put_member(struct making *k, const struct member *m)
{
	unsigned char row[MEMBER_BYTES];

	member_put(m, row);
	k->made->rows++;
	k->made->held += m->held;
	return outfile_write(&k->file, row, sizeof(row));
}

static enum err see(void *ctx, const struct recipient *r)
{
	struct making *k = ctx;
	enum segment_why why = segment_judge(&k->rule, r);

	k->made->seen++;
	k->made->why[why]++;
	if (why != SEGMENT_IN)
		return ERR_OK;
	if (k->flood) {
		k->people[r->district]++;
		return ERR_OK;
	}
	return put_member(k, &(struct member){ .person = r->person,
	                                       .phone = r->phone,
	                                       .district = r->district,
	                                       .held = segment_held(&k->lot, r->person) });
}

/* Whoever lives where nobody knows is in no district. */
static enum err put_districts(struct making *k, uint32_t hold_out, uint32_t waves)
{
	uint16_t district[SEGMENT_DISTRICTS_MAX];
	uint32_t start[SEGMENT_DISTRICTS_MAX], n = 0;
	enum err e = ERR_OK;

	for (uint32_t d = 1; d <= UINT16_MAX; d++)
		if (k->people[d] > 0) {
			if (n == SEGMENT_DISTRICTS_MAX)
				return ERR_CAP;
			district[n++] = (uint16_t)d;
			k->made->people += k->people[d];
		}
	segment_deal(&k->lot, district, n, hold_out, waves, start);
	for (uint32_t i = 0; i < n && e == ERR_OK; i++)
		e = put_member(k, &(struct member){ .person = { { 0, district[i] } },
		                                    .phone = { { 0, k->people[district[i]] } },
		                                    .district = district[i],
		                                    .wave = (uint8_t)start[i],
		                                    .held = start[i] == waves });
	return e;
}

/* ---- the head, and the digest of all: rows are counted first, so the head is written last ---- */

static void head_put(unsigned char out[SEGMENT_HEAD_BYTES], uint64_t campaign, const struct segment_made *m)
{
	uint64_t v[4] = { campaign, m->rows, m->held, m->position };

	memset(out, 0, SEGMENT_HEAD_BYTES);
	memcpy(out, magic, sizeof(magic));
	for (uint32_t i = 0; i < 32; i++)
		out[8 + i] = (unsigned char)(v[i / 8] >> 8 * (i % 8));
}

static enum err map_file(const char *path, int flags, struct segment *s)
{
	int fd = open(path, flags | O_CLOEXEC);
	struct stat st;
	enum err e = fd < 0 ? (errno == ENOENT ? ERR_ABSENT : ERR_IO) : ERR_OK;

	if (e == ERR_OK && fstat(fd, &st) != 0)
		e = ERR_IO;
	if (e == ERR_OK && (st.st_size < SEGMENT_HEAD_BYTES || (st.st_size - SEGMENT_HEAD_BYTES) % MEMBER_BYTES != 0 ||
	                    (uint64_t)st.st_size / MEMBER_BYTES > SEGMENT_ROWS_MAX + 1))
		e = ERR_FORMAT;
	if (e == ERR_OK) {
		s->map_bytes = (size_t)st.st_size;
		s->map = mmap(NULL, s->map_bytes, flags == O_RDWR ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
		if (s->map == MAP_FAILED) {
			s->map = NULL;
			e = ERR_IO;
		}
	}
	if (fd >= 0)
		close(fd);
	return e;
}

static void digest_of(const struct segment *s, unsigned char out[CAMPAIGN_DIGEST_BYTES])
{
	crypto_generichash(out, CAMPAIGN_DIGEST_BYTES, s->map, s->map_bytes, NULL, 0);
}

static enum err finish(const char *path, uint64_t campaign, struct segment_made *made)
{
	struct segment s = { .map = NULL };
	enum err e = map_file(path, O_RDWR, &s);

	if (e != ERR_OK)
		return e;
	head_put(s.map, campaign, made);
	digest_of(&s, made->digest);
	if (msync(s.map, s.map_bytes, MS_SYNC) != 0)
		e = ERR_IO;
	segment_close(&s);
	return e;
}

static enum err write_rows(struct making *k, const struct desk_object *o, const char *roster, const char *path)
{
	static const unsigned char none[SEGMENT_HEAD_BYTES];
	struct roster_head head;
	enum err e = outfile_open(&k->file, path), closed;

	if (e == ERR_OK)
		e = outfile_write(&k->file, none, sizeof(none));
	if (e == ERR_OK)
		e = roster_read(roster, &head, see, k);
	if (e == ERR_OK)
		k->made->position = head.position;
	if (e == ERR_OK && k->flood)
		e = put_districts(k, (uint32_t)desk_i(o, CAMPAIGN_F_HOLD_OUT), (uint32_t)desk_i(o, CAMPAIGN_F_WAVES));
	closed = outfile_close(&k->file);
	return e != ERR_OK ? e : closed;
}

static void set_up(struct making *k, const struct desk_object *o, const struct hash_key *key, int64_t now_us)
{
	struct civil c;

	clock_to_civil(now_us, clock_offset(&clock_shanghai, now_us), &c);
	k->flood = desk_i(o, CAMPAIGN_F_MANNER) == CAMPAIGN_FLOOD;
	k->rule = (struct segment_rule){ .audience = (enum campaign_audience)desk_i(o, CAMPAIGN_F_AUDIENCE),
		                             .year = (uint16_t)c.year,
		                             .day = roster_day(now_us),
		                             .district = (uint16_t)desk_i(o, CAMPAIGN_F_DISTRICT),
		                             .texts_max = (uint16_t)desk_i(o, CAMPAIGN_F_TEXTS_MAX),
		                             .texts = !k->flood,
		                             .without_warned = desk_i(o, CAMPAIGN_F_WARNED) != 0 };
	segment_lot_init(&k->lot, key, o->id, (uint64_t)desk_i(o, CAMPAIGN_F_SEED),
	                 (uint32_t)desk_i(o, CAMPAIGN_F_HOLD_OUT));
}

enum err segment_make(const struct desk_object *campaign, const struct hash_key *key, int64_t now_us,
                      const char *roster, const char *path, struct segment_made *out)
{
	struct making *k = mem_alloc(sizeof(*k));
	char made[4200];
	enum err e = k == NULL ? ERR_MEMORY : ERR_OK;

	*out = (struct segment_made){ .rows = 0 };
	if (e == ERR_OK && (size_t)snprintf(made, sizeof(made), "%s.new", path) >= sizeof(made))
		e = ERR_CAP;
	if (e == ERR_OK) {
		k->made = out;
		set_up(k, campaign, key, now_us);
		e = write_rows(k, campaign, roster, made);
		if (e == ERR_OK)
			e = finish(made, campaign->id, out);
		if (e == ERR_OK && rename(made, path) != 0)
			e = ERR_IO;
		if (e != ERR_OK)
			(void)remove(made);
	}
	mem_free(k);
	return e;
}

/* ---- one that was made ---- */

static void head_take(struct segment *s)
{
	const unsigned char *p = s->map;
	uint64_t v[4] = { 0, 0, 0, 0 };

	for (uint32_t i = 0; i < 32; i++)
		v[i / 8] |= (uint64_t)p[8 + i] << 8 * (i % 8);
	s->campaign = v[0];
	s->rows = v[1];
	s->held = v[2];
	s->position = v[3];
	s->row = p + SEGMENT_HEAD_BYTES;
}

/* The rows themselves are counted: each person, or district, once, and as many held out as the head says. */
static bool rows_are_told(const struct segment *s)
{
	struct member before = { .held = false }, m;
	uint64_t held = 0;

	if (s->rows != (s->map_bytes - SEGMENT_HEAD_BYTES) / MEMBER_BYTES)
		return false;
	for (uint64_t i = 0; i < s->rows; i++) {
		member_take(s->row + i * MEMBER_BYTES, &m);
		if (i > 0 && (m.person.w[0] != before.person.w[0] ? m.person.w[0] < before.person.w[0]
		                                                  : m.person.w[1] <= before.person.w[1]))
			return false;
		held += m.held;
		before = m;
	}
	return held == s->held;
}

enum err segment_look(struct segment *out, const char *path, uint64_t campaign)
{
	enum err e;

	*out = (struct segment){ .map = NULL };
	e = map_file(path, O_RDONLY, out);
	if (e != ERR_OK)
		return e;
	digest_of(out, out->digest);
	head_take(out);
	if (memcmp(out->map, magic, sizeof(magic)) == 0 && out->campaign == campaign && rows_are_told(out))
		return ERR_OK;
	segment_close(out);
	return ERR_FORMAT;
}

enum err segment_open(struct segment *out, const char *path, const struct desk_object *campaign)
{
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];
	const struct desk_code *c = &campaign->value[CAMPAIGN_F_DIGEST].code;
	enum err e = segment_look(out, path, campaign->id);

	if (e != ERR_OK)
		return e;
	campaign_digest_print(out->digest, letters);
	if (desk_has(campaign, CAMPAIGN_F_DIGEST) && c->n == sizeof(letters) - 1 && memcmp(c->p, letters, c->n) == 0 &&
	    out->rows == (uint64_t)desk_i(campaign, CAMPAIGN_F_SIZE) &&
	    out->held == (uint64_t)desk_i(campaign, CAMPAIGN_F_HELD))
		return ERR_OK;
	segment_close(out);
	return ERR_FORMAT;
}

void segment_close(struct segment *s)
{
	if (s->map != NULL)
		munmap(s->map, s->map_bytes);
	s->map = NULL;
}
