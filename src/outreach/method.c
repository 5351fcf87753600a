/* method.c - see method.h. */
#include "outreach/method.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

enum {
	MINIMA = 16,
	AGREE = 10,
	BANDS = 8, /* of two minima each */
	BUCKETS = 1 << 15,
	PIECES_MAX = 1024,
	FOLDED_MAX = 1026,
	NONE = -1,
	WORDS_MAX = METHOD_FINDINGS_MAX * (METHOD_TEMPLATE_MAX * 7 + 8)
};
#define WEEK_US (7 * US_PER_DAY)

struct series {
	enum method_sign sign;
	char name[METHOD_NAME_MAX + 1];
	uint64_t seen, before;
	uint32_t n_positions;
	uint64_t position[METHOD_POSITIONS];
};

struct cluster {
	uint64_t minima[MINIMA];
	int32_t next[BANDS]; /* in the chain of its bucket */
	uint64_t last;       /* position */
	uint32_t n_words;
	uint32_t words[METHOD_TEMPLATE_MAX]; /* folded characters of the first message; 0: not in all of them */
	struct series series;
};

struct method {
	int64_t end_us;
	uint64_t all[METHOD_SIGNS], all_before[METHOD_SIGNS];
	struct method_counts counts;
	uint32_t n_clusters, n_series;
	struct cluster *cluster;
	struct series series[METHOD_SERIES];
	int32_t bucket[BANDS][BUCKETS];
	/* of the message at hand */
	uint32_t n_folded, n_pieces;
	uint32_t folded[FOLDED_MAX];
	uint64_t piece[PIECES_MAX], minima[MINIMA];
	struct buf words; /* of findings */
};

enum err method_new(struct method **out, int64_t end_us)
{
	struct method *m = mem_alloc(sizeof(*m));

	if (m == NULL)
		return ERR_MEMORY;
	m->cluster = mem_alloc_array(METHOD_CLUSTERS, sizeof(*m->cluster));
	if (m->cluster == NULL) {
		mem_free(m);
		return ERR_MEMORY;
	}
	m->end_us = end_us;
	memset(m->bucket, 0xff, sizeof(m->bucket));
	buf_init(&m->words, WORDS_MAX);
	*out = m;
	return ERR_OK;
}

void method_free(struct method *m)
{
	if (m == NULL)
		return;
	buf_release(&m->words);
	mem_free(m->cluster);
	mem_free(m);
}

void method_counts(const struct method *m, struct method_counts *out)
{
	*out = m->counts;
	out->clusters = m->n_clusters;
}

/* ---- folding ---- */

static uint32_t next(struct text t, size_t *i)
{
	unsigned char c = (unsigned char)t.p[(*i)++];
	size_t n = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	uint32_t u = n == 0 ? c : c & (0x3fu >> n);

	for (size_t k = 0; k < n && *i < t.n; k++)
		u = u << 6 | ((unsigned char)t.p[(*i)++] & 0x3f);
	return u;
}

/* 0: left out. All digits, and what hides one, are one sign. */
static uint32_t fold(uint32_t u)
{
	if (u >= 0xff01 && u <= 0xff5e)
		u -= 0xfee0;
	if ((u >= '0' && u <= '9') || u == '*')
		return '0';
	if (u >= 'A' && u <= 'Z')
		return u - 'A' + 'a';
	if (u < 0x80)
		return u >= 'a' && u <= 'z' ? u : 0;
	return (u >= 0x2000 && u < 0x2070) || (u >= 0x3000 && u < 0x3020) || u == 0xfffd || u < 0xa1 ? 0 : u;
}

static void fold_all(struct method *m, struct text t)
{
	uint32_t before = 0;

	m->n_folded = 0;
	for (size_t i = 0; i < t.n && m->n_folded < FOLDED_MAX;) {
		uint32_t u = fold(next(t, &i));

		if (u == 0 || (u == '0' && before == '0'))
			continue;
		m->folded[m->n_folded++] = before = u;
	}
}

static uint64_t piece_at(const uint32_t *p)
{
	return hash_mix((uint64_t)p[0] << 42 ^ (uint64_t)p[1] << 21 ^ p[2]);
}

static void take_minima(struct method *m)
{
	m->n_pieces = 0;
	for (uint32_t k = 0; k < MINIMA; k++)
		m->minima[k] = UINT64_MAX;
	for (uint32_t i = 0; i + 2 < m->n_folded && m->n_pieces < PIECES_MAX; i++) {
		uint64_t piece = piece_at(m->folded + i);

		m->piece[m->n_pieces++] = piece;
		for (uint32_t k = 0; k < MINIMA; k++) {
			uint64_t h = hash_mix(piece + (k + 1) * 0x9e3779b97f4a7c15u);

			m->minima[k] = h < m->minima[k] ? h : m->minima[k];
		}
	}
}

/* ---- clusters ---- */

static uint32_t bucket_of(const uint64_t *minima, uint32_t band)
{
	return (uint32_t)(hash_mix(minima[2 * band] ^ hash_mix(minima[2 * band + 1])) % BUCKETS);
}

static uint32_t agreement(const uint64_t *a, const uint64_t *b)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < MINIMA; k++)
		n += a[k] == b[k];
	return n;
}

/* The one with which it agrees most; of several the oldest. */
static int32_t cluster_of(const struct method *m)
{
	uint32_t most = AGREE - 1;
	int32_t best = NONE;

	for (uint32_t band = 0; band < BANDS; band++) {
		for (int32_t i = m->bucket[band][bucket_of(m->minima, band)]; i != NONE; i = m->cluster[i].next[band]) {
			uint32_t n = agreement(m->minima, m->cluster[i].minima);

			if (n > most || (n == most && best != NONE && i < best)) {
				most = n;
				best = i;
			}
		}
	}
	return best;
}

static void unlink_one(struct method *m, int32_t i)
{
	for (uint32_t band = 0; band < BANDS; band++) {
		int32_t *p = &m->bucket[band][bucket_of(m->cluster[i].minima, band)];

		while (*p != i)
			p = &m->cluster[*p].next[band];
		*p = m->cluster[i].next[band];
	}
}

static void link_one(struct method *m, int32_t i)
{
	for (uint32_t band = 0; band < BANDS; band++) {
		int32_t *p = &m->bucket[band][bucket_of(m->cluster[i].minima, band)];

		m->cluster[i].next[band] = *p;
		*p = i;
	}
}

/* Half of those that were seen once, the older ones, give way: all others move up. */
static void make_room(struct method *m)
{
	uint32_t n = 0, single = 0, go;

	for (uint32_t i = 0; i < m->n_clusters; i++)
		single += m->cluster[i].series.seen + m->cluster[i].series.before == 1;
	go = (single + 1) / 2;
	for (uint32_t i = 0; i < m->n_clusters; i++)
		unlink_one(m, (int32_t)i);
	for (uint32_t i = 0; i < m->n_clusters; i++) {
		if (go > 0 && m->cluster[i].series.seen + m->cluster[i].series.before == 1) {
			go--;
			m->counts.dropped++;
			continue;
		}
		if (n != i)
			m->cluster[n] = m->cluster[i];
		link_one(m, (int32_t)n++);
	}
	m->n_clusters = n;
}

static struct cluster *begin_cluster(struct method *m)
{
	struct cluster *c;

	if (m->n_clusters == METHOD_CLUSTERS)
		make_room(m);
	if (m->n_clusters == METHOD_CLUSTERS)
		return NULL; /* all are of several: this one is passed over */
	c = &m->cluster[m->n_clusters];
	*c = (struct cluster){ .series = { .sign = METHOD_MESSAGES } };
	memcpy(c->minima, m->minima, sizeof(c->minima));
	c->n_words = m->n_folded < METHOD_TEMPLATE_MAX ? m->n_folded : METHOD_TEMPLATE_MAX;
	memcpy(c->words, m->folded, c->n_words * sizeof(*c->words));
	snprintf(c->series.name, sizeof(c->series.name), "m-%06x-%06x", (unsigned)(m->minima[0] >> 40),
	         (unsigned)(m->minima[1] >> 40));
	for (char *z = c->series.name; *z != 0; z++) /* a code has no seven digits in a row, and six are enough */
		if (*z >= '0' && *z <= '9')
			*z = (char)('g' + (*z - '0'));
	link_one(m, (int32_t)m->n_clusters++);
	return c;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Of the first message's characters those stay that lie in a piece that this one has, too. */
static void keep_common(struct method *m, struct cluster *c)
{
	bool stays[METHOD_TEMPLATE_MAX] = { false };

	qsort(m->piece, m->n_pieces, sizeof(*m->piece), by_value);
	for (uint32_t i = 0; i + 2 < c->n_words; i++) {
		uint64_t piece;

		if (c->words[i] == 0 || c->words[i + 1] == 0 || c->words[i + 2] == 0)
			continue;
		piece = piece_at(c->words + i);
		if (bsearch(&piece, m->piece, m->n_pieces, sizeof(piece), by_value) != NULL)
			stays[i] = stays[i + 1] = stays[i + 2] = true;
	}
	for (uint32_t i = 0; i < c->n_words; i++)
		c->words[i] = stays[i] ? c->words[i] : 0;
}

/* ---- counting ---- */

static void count(struct method *m, struct series *s, int64_t time_us, uint64_t position)
{
	bool now = time_us >= m->end_us - WEEK_US;

	m->all[s->sign] += now;
	m->all_before[s->sign] += !now;
	s->seen += now;
	s->before += !now;
	if (now && s->n_positions < METHOD_POSITIONS && (s->n_positions == 0 || s->position[s->n_positions - 1] < position))
		s->position[s->n_positions++] = position;
}

static bool in_time(const struct method *m, int64_t time_us)
{
	return time_us < m->end_us && time_us >= m->end_us - (METHOD_WEEKS + 1) * WEEK_US;
}

enum err method_message(struct method *m, struct text text, int64_t time_us, uint64_t position)
{
	struct cluster *c;
	int32_t at;

	if (!in_time(m, time_us))
		return ERR_OK;
	fold_all(m, text);
	if (m->n_folded < METHOD_TEXT_LEAST)
		return ERR_OK;
	take_minima(m);
	m->counts.messages++;
	at = cluster_of(m);
	if (at == NONE) {
		c = begin_cluster(m);
	} else {
		c = &m->cluster[at];
		keep_common(m, c);
	}
	if (c == NULL) {
		struct series none = { .sign = METHOD_MESSAGES };

		m->counts.dropped++;
		count(m, &none, time_us, position);
	} else {
		c->last = position;
		count(m, &c->series, time_us, position);
	}
	return ERR_OK;
}

enum err method_item(struct method *m, enum method_sign sign, struct text name, int64_t time_us, uint64_t position)
{
	uint32_t i = 0;

	CHECK(sign > METHOD_MESSAGES && sign < METHOD_SIGNS);
	if (!in_time(m, time_us))
		return ERR_OK;
	if (name.n > METHOD_NAME_MAX)
		name.n = METHOD_NAME_MAX;
	while (i < m->n_series && (m->series[i].sign != sign || !text_eq(text_z(m->series[i].name), name)))
		i++;
	if (i == METHOD_SERIES)
		return ERR_CAP;
	if (i == m->n_series) {
		m->series[i] = (struct series){ .sign = sign };
		memcpy(m->series[i].name, name.p, name.n);
		m->n_series++;
	}
	m->counts.items++;
	count(m, &m->series[i], time_us, position);
	return ERR_OK;
}

/* ---- growth ---- */

double method_tail(uint64_t n, double q, uint64_t x)
{
	double term, sum;

	if (x == 0 || q >= 1)
		return 1;
	if (q <= 0 || x > n)
		return 0;
	if ((double)x <= q * (double)n) /* not more than expected: of no interest, and the sum would be long */
		return 1;
	term = exp(lgamma((double)n + 1) - lgamma((double)x + 1) - lgamma((double)(n - x) + 1) + (double)x * log(q) +
	           (double)(n - x) * log1p(-q));
	sum = term;
	for (uint64_t k = x; k < n && term > sum * 1e-17; k++) {
		term *= (double)(n - k) / (double)(k + 1) * (q / (1 - q));
		sum += term;
	}
	return sum > 1 ? 1 : sum;
}

struct tested {
	const struct series *series;
	const struct cluster *cluster;
	double p;
};

static double p_of(const struct method *m, const struct series *s)
{
	double all = (double)m->all[s->sign], before = (double)m->all_before[s->sign];

	/* Without weeks before nothing can have grown. */
	return before == 0 ? 1 : method_tail(s->seen + s->before, all / (all + before), s->seen);
}

/* Half an item is added to what was before, so that what was never there has a share to be compared with. */
static bool doubled(const struct method *m, const struct series *s)
{
	double now = (double)s->seen / (double)m->all[s->sign],
		   then = ((double)s->before + 0.5) / ((double)m->all_before[s->sign] + 1);

	return now >= 2 * then;
}

static int by_p(const void *a, const void *b)
{
	const struct tested *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return strcmp(x->series->name, y->series->name);
}

static void put_words(struct buf *b, const struct cluster *c)
{
	bool gap = false;

	for (uint32_t i = 0; i < c->n_words; i++) {
		uint32_t u = c->words[i];

		if (u == 0) {
			gap = true;
			continue;
		}
		if (gap && b->n > 0)
			buf_z(b, "…");
		gap = false;
		if (u < 0x80)
			buf_char(b, (char)(u == '0' ? '#' : u));
		else if (u < 0x800)
			buf_add(b, (char[]){ (char)(0xc0 | u >> 6), (char)(0x80 | (u & 0x3f)) }, 2);
		else if (u < 0x10000)
			buf_add(b, (char[]){ (char)(0xe0 | u >> 12), (char)(0x80 | (u >> 6 & 0x3f)), (char)(0x80 | (u & 0x3f)) },
			        3);
		else
			buf_add(b,
			        (char[]){ (char)(0xf0 | u >> 18), (char)(0x80 | (u >> 12 & 0x3f)), (char)(0x80 | (u >> 6 & 0x3f)),
			                  (char)(0x80 | (u & 0x3f)) },
			        4);
	}
}

static void tell(struct method *m, const struct tested *t, struct method_finding *f)
{
	const struct series *s = t->series;

	*f = (struct method_finding){ .sign = s->sign,
		                          .seen = s->seen,
		                          .before = s->before,
		                          .all = m->all[s->sign],
		                          .all_before = m->all_before[s->sign],
		                          .p = t->p,
		                          .n_positions = s->n_positions };
	memcpy(f->name, s->name, sizeof(f->name));
	memcpy(f->position, s->position, sizeof(f->position));
	f->words = TEXT("");
	if (t->cluster != NULL) {
		struct buf one;

		buf_init(&one, METHOD_TEMPLATE_MAX * 7 + 8);
		put_words(&one, t->cluster);
		if (buf_reserve(&m->words, one.n) == ERR_OK) {
			f->words = text_of(m->words.p + m->words.n, one.n);
			buf_text(&m->words, buf_view(&one));
		}
		buf_release(&one);
	}
}

/* All series are tested, whether they have enough items to be told of or not: what is left out because of what it shows would spoil the test. */
uint32_t method_find(struct method *m, struct method_finding out[METHOD_FINDINGS_MAX])
{
	uint32_t n = 0, last = 0, found = 0, all = m->n_clusters + m->n_series;
	struct tested *t = mem_alloc_array(all + 1, sizeof(*t));
	double c = 0;

	if (t == NULL)
		return 0;
	for (uint32_t i = 0; i < m->n_clusters; i++, n++)
		t[n] = (struct tested){ &m->cluster[i].series, &m->cluster[i], p_of(m, &m->cluster[i].series) };
	for (uint32_t i = 0; i < m->n_series; i++, n++)
		t[n] = (struct tested){ &m->series[i], NULL, p_of(m, &m->series[i]) };
	qsort(t, n, sizeof(*t), by_p);
	for (uint32_t i = 1; i <= n; i++)
		c += 1.0 / i;
	for (uint32_t i = 1; i <= n; i++)
		if (t[i - 1].p <= METHOD_FDR * i / (n * c))
			last = i;
	buf_clear(&m->words);
	if (buf_reserve(&m->words, WORDS_MAX - 1) != ERR_OK)
		last = 0;
	for (uint32_t i = 0; i < last && found < METHOD_FINDINGS_MAX; i++)
		if (t[i].series->seen >= METHOD_LEAST && doubled(m, t[i].series))
			tell(m, &t[i], &out[found++]);
	mem_free(t);
	return found;
}
