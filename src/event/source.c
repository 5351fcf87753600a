/* source.c - the thread of a source: read, decode, hand on. Batches go round: free -> decoder -> full -> merger -> free, so
 * that a source's memory is fixed when it is opened, however long it runs. */
#include <errno.h>
#include "base/file.h"
#include "base/mem.h"
#include "event/quarantine.h"
#include "event/source_thread.h"

static uint32_t batch_events(const struct source_options *o)
{
	return o->batch_events ? o->batch_events : SOURCE_BATCH_EVENTS;
}

static enum err batch_init(struct batch *b, uint32_t events)
{
	b->event = mem_alloc_array(events + 2, sizeof *b->event);
	b->bad = mem_alloc_array(events + 2, sizeof *b->bad);
	b->item = mem_alloc_array(2 * ((size_t)events + 2), sizeof *b->item);
	b->bytes = mem_area(SOURCE_BATCH_BYTES);
	return b->event && b->bad && b->item && b->bytes ? ERR_OK : ERR_MEMORY;
}

static void batch_release(struct batch *b)
{
	mem_free(b->event);
	mem_free(b->bad);
	mem_free(b->item);
	if (b->bytes)
		mem_area_free(b->bytes, SOURCE_BATCH_BYTES);
	*b = (struct batch){ 0 };
}

enum err source_init(struct source *s, const struct source_options *o, const struct source_spec *spec, int wake_fd,
                     sem_t *permits, atomic_bool *stop)
{
	*s = (struct source){ .options = o,
		                  .path = spec->path,
		                  .mapping = spec->mapping,
		                  .line = 1,
		                  .last_time = VALUE_MISSING,
		                  .iconv = (iconv_t)-1,
		                  .stop = stop,
		                  .reader = { .fd = -1 } };
	arena_init(&s->arena, (size_t)4 << 20);
	enum err e = reader_open(&s->reader, s->path, wake_fd, permits);
	if (e != ERR_OK)
		return e;
	s->window = mem_alloc(SOURCE_WINDOW_BYTES);
	if (!s->window)
		return ERR_MEMORY;
	for (size_t i = 0; i < SOURCE_BATCHES && e == ERR_OK; i++)
		e = batch_init(&s->batches[i], batch_events(o));
	if (e == ERR_OK)
		e = queue_init(&s->full, SOURCE_BATCHES);
	if (e == ERR_OK)
		e = queue_init(&s->free, SOURCE_BATCHES);
	for (size_t i = 0; i < SOURCE_BATCHES && e == ERR_OK; i++)
		CHECK(queue_push(&s->free, &s->batches[i]));
	return e;
}

void source_release(struct source *s)
{
	int cause = errno;
	reader_close(&s->reader);
	if (s->iconv != (iconv_t)-1)
		iconv_close(s->iconv);
	for (size_t i = 0; i < SOURCE_BATCHES; i++)
		batch_release(&s->batches[i]);
	queue_release(&s->full);
	queue_release(&s->free);
	mem_free(s->held.bytes);
	mem_free(s->window);
	arena_release(&s->arena);
	errno = cause;
}

/* Gives the batch to the merger and takes an empty one; false: nobody wants more. */
static bool hand_on(struct source *s)
{
	sem_t *permits = s->reader.permits;
	sem_post(permits);
	bool ok = queue_push(&s->full, s->batch);
	s->batch = ok ? queue_pop(&s->free) : NULL;
	while (sem_wait(permits) != 0) {
	}
	if (!s->batch)
		return false;
	struct batch *b = s->batch;
	b->n_events = b->n_bads = b->n_items = 0;
	b->used = 0;
	b->read = b->skipped = b->unknown_keys = 0;
	return true;
}

static bool worth_handing_on(const struct source *s)
{
	return s->batch->n_items || s->batch->read;
}

/* A failure of the reader becomes the stream's last item; what was read before counts. */
static void add_failure(struct source *s, enum err e, int cause)
{
	bool damaged = e == ERR_FORMAT;
	struct batch *b = s->batch;
	size_t rest = s->skipping ? 0 : s->end - s->at; /* a record cut in two must not pass for a whole one */
	size_t kept = rest < SOURCE_RAW_KEPT ? rest : SOURCE_RAW_KEPT;
	source_release_held(s);
	memcpy(b->bytes + b->used, s->window + s->at, kept);
	source_add_bad(s, (struct bad){ .reason = damaged ? BAD_TRUNCATED : BAD_READ,
	                                .ends_source = true,
	                                .field = { "", 0 },
	                                .raw = { b->bytes + b->used, kept },
	                                .line = rest ? s->line : 0,
	                                .offset = s->offset,
	                                .n = damaged ? 0 : cause });
	b->used += kept;
}

/* More bytes into the window. Bytes that came before a failure are decoded first: the failure comes again. */
static enum err fill(struct source *s)
{
	size_t n = 0, rest = s->end - s->at;
	if (s->at) {
		memmove(s->window, s->window + s->at, rest);
		s->at = 0;
		s->end = rest;
	}
	CHECK(s->end < SOURCE_WINDOW_BYTES);
	enum err e = reader_fill(&s->reader, s->window + s->end, SOURCE_WINDOW_BYTES - s->end, &n);
	s->end += n;
	if (e == ERR_OK && n == 0)
		s->eof = true;
	return e;
}

static enum err run_on(struct source *s, enum err *failure, int *cause)
{
	for (;;) {
		enum decode_state d = source_decode(s);
		if (d == DECODE_NO_MEMORY)
			return ERR_MEMORY;
		if (d == DECODE_ENDED || atomic_load(s->stop))
			return atomic_load(s->stop) ? ERR_STOPPED : ERR_OK;
		if (d == DECODE_FULL) {
			if (!hand_on(s))
				return ERR_STOPPED;
			continue;
		}
		/* A pipe may be silent for long: what is there goes on first. */
		if (!s->reader.regular && worth_handing_on(s) && !hand_on(s))
			return ERR_STOPPED;
		enum err e = fill(s);
		if (e == ERR_STOPPED || e == ERR_MEMORY)
			return e;
		if (e != ERR_OK) {
			*failure = e;
			*cause = errno;
			return ERR_OK;
		}
	}
}

static void *run(void *p)
{
	struct source *s = p;
	enum err failure = ERR_OK;
	int cause = 0;
	s->batch = queue_pop(&s->free);
	while (sem_wait(s->reader.permits) != 0) {
	}
	if (s->batch) {
		s->err = run_on(s, &failure, &cause);
		if (s->err == ERR_OK) {
			source_release_held(s);
			if (failure != ERR_OK)
				add_failure(s, failure, cause);
			if (worth_handing_on(s) && !hand_on(s))
				s->err = ERR_STOPPED;
		}
	}
	sem_post(s->reader.permits);
	queue_close(&s->full);
	return NULL;
}

enum err source_start(struct source *s)
{
	pthread_attr_t attr;
	enum {
		STACK_BYTES = 256 * 1024
	};
	if (pthread_attr_init(&attr) != 0)
		return ERR_MEMORY;
	int e = pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (e == 0)
		e = pthread_create(&s->thread, &attr, run, s);
	pthread_attr_destroy(&attr);
	s->running = e == 0;
	errno = e;
	return e == 0 ? ERR_OK : e == EAGAIN ? ERR_CAP : ERR_MEMORY;
}

void source_join(struct source *s)
{
	if (!s->running)
		return;
	queue_close(&s->full);
	queue_close(&s->free);
	pthread_join(s->thread, NULL);
	s->running = false;
}

static enum err load_zone(void *unused, struct text name, struct arena *a, struct zone *out)
{
	char path[256] = "/usr/share/zoneinfo/";
	size_t n = strlen(path);
	(void)unused;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_-+/", c);
		if (!ok || !c || n + 1 >= sizeof path)
			return ERR_ABSENT;
		path[n++] = c;
	}
	struct buf b;
	buf_init(&b, (size_t)1 << 20);
	enum err e = file_read_all(path, (size_t)1 << 20, &b);
	if (e == ERR_OK)
		e = clock_zone_parse(out, a, name, buf_view(&b));
	buf_release(&b);
	return e;
}

const struct zone_loader source_zone_loader = { NULL, load_zone };

enum err source_quarantine(struct outfile *o, struct buf *line, const struct bad *bad)
{
	buf_clear(line);
	quarantine_line(line, bad);
	return line->err != ERR_OK ? line->err : outfile_text(o, buf_view(line));
}
