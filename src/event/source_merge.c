/* source_merge.c - many streams into one, by (time, path, line).
 *
 * A binary heap holds the sources by the time of their next item; a bad record goes with the last good one before it, so
 * the order follows from the contents alone. Batches that have been handed out wholly are kept until the next call. */
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/mem.h"
#include "event/source_thread.h"

enum {
	MERGE_ITEMS = 256
};

struct stream {
	struct source *source;
	struct batch *batch, *used; /* used: handed out, to be given back at the next call */
	uint32_t at;                /* next item of batch */
	int64_t key;
};

struct source_merge {
	struct source_options options;
	struct source *source;
	size_t n;
	struct stream *stream; /* by path */
	struct stream **heap;
	size_t n_heap;
	struct stream *waiting; /* its next batch has to be fetched before anything goes on */
	bool filled;
	sem_t permits;
	bool permits_made;
	int wake_fd;
	atomic_bool stop;
	enum err err;
	struct source_counts counts;
	struct source_item item[MERGE_ITEMS];
};

static bool before(const struct stream *a, const struct stream *b)
{
	return a->key != b->key ? a->key < b->key : a < b;
}

static void sift_down(struct source_merge *m, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= m->n_heap)
			return;
		if (child + 1 < m->n_heap && before(m->heap[child + 1], m->heap[child]))
			child++;
		if (!before(m->heap[child], m->heap[i]))
			return;
		struct stream *t = m->heap[i];
		m->heap[i] = m->heap[child];
		m->heap[child] = t;
		i = child;
	}
}

static void sift_up(struct source_merge *m, size_t i)
{
	while (i && before(m->heap[i], m->heap[(i - 1) / 2])) {
		struct stream *t = m->heap[i];
		m->heap[i] = m->heap[(i - 1) / 2];
		m->heap[(i - 1) / 2] = t;
		i = (i - 1) / 2;
	}
}

static void set_key(struct stream *t)
{
	const struct source_item *item = &t->batch->item[t->at];
	if (item->event && item->event->time > t->key)
		t->key = item->event->time;
}

/* The next batch that has items; false at the end of the source. */
static bool fetch(struct source_merge *m, struct stream *t)
{
	for (;;) {
		struct batch *b = queue_pop(&t->source->full);
		if (!b) {
			enum err e = t->source->err;
			if (e != ERR_OK && m->err == ERR_OK)
				m->err = e;
			return false;
		}
		m->counts.read += b->read;
		m->counts.skipped += b->skipped;
		m->counts.unknown_keys += b->unknown_keys;
		t->batch = b;
		t->at = 0;
		if (b->n_items) {
			set_key(t);
			return true;
		}
		t->batch = NULL;
		(void)queue_push(&t->source->free, b);
	}
}

static void first_fill(struct source_merge *m)
{
	m->filled = true;
	for (size_t i = 0; i < m->n; i++) {
		if (!fetch(m, &m->stream[i]))
			continue;
		m->heap[m->n_heap] = &m->stream[i];
		sift_up(m, m->n_heap++);
	}
}

static bool has_more_now(struct source *s)
{
	pthread_mutex_lock(&s->full.lock);
	bool yes = s->full.n > 0;
	pthread_mutex_unlock(&s->full.lock);
	return yes;
}

/* The top stream's next item; false if that would mean waiting while there is something to hand on. */
static bool advance(struct source_merge *m, struct stream *t)
{
	if (++t->at < t->batch->n_items) {
		set_key(t);
		sift_down(m, 0);
		return true;
	}
	if (t->used || !has_more_now(t->source)) {
		m->waiting = t;
		return false;
	}
	t->used = t->batch;
	t->batch = NULL;
	if (!fetch(m, t))
		m->heap[0] = m->heap[--m->n_heap];
	sift_down(m, 0);
	return true;
}

static void give_back(struct source_merge *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct stream *t = &m->stream[i];
		if (t->used)
			(void)queue_push(&t->source->free, t->used);
		t->used = NULL;
	}
	struct stream *w = m->waiting;
	m->waiting = NULL;
	if (!w)
		return;
	(void)queue_push(&w->source->free, w->batch);
	w->batch = NULL;
	if (!fetch(m, w))
		m->heap[0] = m->heap[--m->n_heap];
	sift_down(m, 0);
}

enum err source_merge_next(struct source_merge *m, struct source_items *out)
{
	size_t n = 0;
	*out = (struct source_items){ m->item, 0 };
	if (!m->filled)
		first_fill(m);
	give_back(m);
	while (n < MERGE_ITEMS && m->n_heap && m->err == ERR_OK) {
		struct stream *t = m->heap[0];
		const struct source_item *item = &t->batch->item[t->at];
		m->item[n++] = *item;
		if (item->event)
			m->counts.accepted++;
		else if (item->bad->line)
			m->counts.bad++;
		if (!advance(m, t))
			break;
	}
	out->n = n;
	if (n == 0 && atomic_load(&m->stop))
		return ERR_STOPPED;
	return n ? ERR_OK : m->err;
}

const char *source_merge_path(const struct source_merge *m, uint32_t source)
{
	return m->source[source].path;
}

void source_merge_counts(const struct source_merge *m, struct source_counts *out)
{
	*out = m->counts;
	/* Batches are counted as they come; what of them is not handed out yet doesn't count yet. */
	out->read = out->accepted + out->bad + out->skipped;
}

void source_merge_stop(struct source_merge *m)
{
	uint64_t one = 1;
	int cause = errno;
	atomic_store(&m->stop, true);
	if (write(m->wake_fd, &one, sizeof one) < 0) {
		/* Full already: it is readable, which is all that counts. */
	}
	errno = cause;
}

void source_merge_close(struct source_merge *m)
{
	if (!m)
		return;
	int cause = errno;
	if (m->wake_fd >= 0)
		source_merge_stop(m);
	for (size_t i = 0; m->source && i < m->n; i++)
		source_join(&m->source[i]);
	for (size_t i = 0; m->source && i < m->n; i++)
		source_release(&m->source[i]);
	if (m->permits_made)
		sem_destroy(&m->permits);
	if (m->wake_fd >= 0)
		close(m->wake_fd);
	mem_free(m->source);
	mem_free(m->stream);
	mem_free(m->heap);
	mem_free(m);
	errno = cause;
}

/* Sorting by path makes the order of the command line meaningless. */
static void sort(const struct source_spec *spec, size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = i;
		for (; k > 0 && strcmp(spec[order[k - 1]].path, spec[i].path) > 0; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
}

static enum err open_all(struct source_merge *m, const struct source_spec *spec, size_t n, size_t *failed)
{
	size_t *order = mem_alloc_array(n, sizeof *order);
	if (!order)
		return ERR_MEMORY;
	sort(spec, order, n);
	enum err e = ERR_OK;
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		struct source *s = &m->source[i];
		*failed = order[i];
		e = source_init(s, &m->options, &spec[order[i]], m->wake_fd, &m->permits, &m->stop);
		s->index = (uint32_t)i;
		m->n = i + 1;
		m->stream[i] = (struct stream){ .source = s, .key = INT64_MIN };
	}
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		*failed = order[i];
		e = source_start(&m->source[i]);
	}
	mem_free(order);
	return e;
}

enum err source_merge_open(struct source_merge **out, const struct source_options *options,
                           const struct source_spec *spec, size_t n, size_t *failed)
{
	*failed = 0;
	struct source_merge *m = mem_alloc(sizeof *m);
	if (!m)
		return ERR_MEMORY;
	m->options = *options;
	m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	m->source = mem_alloc_array(n ? n : 1, sizeof *m->source);
	m->stream = mem_alloc_array(n ? n : 1, sizeof *m->stream);
	m->heap = mem_alloc_array(n ? n : 1, sizeof *m->heap);
	m->permits_made = sem_init(&m->permits, 0, options->decoders ? options->decoders : 1) == 0;
	enum err e = m->source && m->stream && m->heap ? ERR_OK : ERR_MEMORY;
	if (e == ERR_OK && (m->wake_fd < 0 || !m->permits_made))
		e = ERR_IO;
	if (e == ERR_OK)
		e = open_all(m, spec, n, failed);
	if (e != ERR_OK) {
		source_merge_close(m);
		return e;
	}
	*out = m;
	return ERR_OK;
}

void source_merge_progress(struct source_merge *m, uint64_t *done_bytes, uint64_t *total_bytes)
{
	*done_bytes = *total_bytes = 0;
	bool endless = false;
	for (size_t i = 0; i < m->n; i++) {
		*done_bytes += atomic_load(&m->source[i].reader.done_bytes);
		*total_bytes += m->source[i].reader.size_bytes;
		endless = endless || !m->source[i].reader.regular;
	}
	if (endless)
		*total_bytes = 0;
}
