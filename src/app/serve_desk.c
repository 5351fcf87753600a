/* serve_desk.c - see serve_desk.h. */
#include "app/serve_desk.h"
#include <stdio.h>
#include <unistd.h>
#include "app/serve_load.h"

static bool say(const char *path, const char *what)
{
	fprintf(stderr, "duanka: %s: %s\n", path, what);
	return false;
}

static void tell(const char *line)
{
	fprintf(stderr, "duanka: %s\n", line);
}

bool serve_desk_open(struct serve_desk *d, const char *data, struct disk *disk, struct dictionary *dictionary,
                     uint64_t files_room_bytes)
{
	char registry[DATA_PATH_BYTES], texts[DATA_PATH_BYTES], credentials[DATA_PATH_BYTES], delivery[DATA_PATH_BYTES],
		files[DATA_PATH_BYTES], plays[DATA_PATH_BYTES];
	const char *path = registry;
	struct buf why;
	enum err e;

	if ((size_t)snprintf(registry, sizeof(registry), "%s/registry.sqlite", data) >= sizeof(registry) ||
	    (size_t)snprintf(texts, sizeof(texts), "%s/texts.sqlite", data) >= sizeof(texts) ||
	    (size_t)snprintf(files, sizeof(files), "%s/files", data) >= sizeof(files) ||
	    (size_t)snprintf(plays, sizeof(plays), "%s/plays.sqlite", data) >= sizeof(plays) ||
	    (size_t)snprintf(credentials, sizeof(credentials), "%s/credentials.sqlite", data) >= sizeof(credentials) ||
	    (size_t)snprintf(delivery, sizeof(delivery), "%s/delivery.sqlite", data) >= sizeof(delivery))
		return say(data, "the path is too long");
	buf_init(&why, 4096);
	e = registry_open(&d->registry, registry, &why);
	if (e == ERR_OK) {
		path = texts;
		e = texts_open(&d->texts, texts, dictionary, &why);
	}
	if (e == ERR_OK) {
		path = files;
		e = files_open(&d->files, files, d->texts, files_room_bytes);
	}
	if (e == ERR_OK) {
		path = plays;
		e = plays_open(&d->plays, plays, &why);
	}
	if (e == ERR_OK) {
		path = credentials;
		e = credentials_open(&d->credentials, credentials, dictionary, &why);
	}
	if (e == ERR_OK) {
		path = delivery;
		e = delivery_open(&d->delivery, delivery, &why);
	}
	if (e == ERR_OK)
		e = registry_copies_new(&d->copies, d->registry, disk, data);
	if (e != ERR_OK)
		say(path, why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

bool serve_desk_texts(struct serve_desk *d, const char *data, struct dictionary *dictionary)
{
	char path[DATA_PATH_BYTES];
	struct buf why;
	enum err e = ERR_OK;

	if ((size_t)snprintf(path, sizeof(path), "%s/texts.sqlite", data) >= sizeof(path))
		return say(data, "the path is too long");
	buf_init(&why, 4096);
	if (access(path, F_OK) == 0)
		e = texts_open(&d->texts, path, dictionary, &why);
	if (e != ERR_OK)
		say(path, why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

/* ---- whose cards and accounts are whose ---- */

static enum err put(const struct config *c, struct buf *b)
{
	buf_init(b, INSTITUTIONS_BYTES_MAX);
	institutions_put(c, b);
	return b->err;
}

bool serve_desk_institutions(struct serve_desk *d, struct shard *s, const struct config *c)
{
	static const struct institutions nobody;
	struct institutions said;
	struct buf known, now;
	enum err e = put(c, &now);

	buf_init(&known, REGISTRY_NOTE_MAX);
	if (e == ERR_OK)
		e = projecting_institutions(d->registry, &known);
	if (e == ERR_OK && !text_eq(buf_view(&known), buf_view(&now))) {
		CHECK(institutions_take(&said, buf_view(&now)));
		if (known.n > 0 || memcmp(&said, &nobody, sizeof(said)) != 0)
			e = shard_note(s, RECORD_ACT, serve_now_us(), 0, buf_view(&now));
	}
	buf_release(&known);
	buf_release(&now);
	return e == ERR_OK || say("institutions", "they can't be journaled");
}

struct saying {
	struct text act;
	enum err err;
};

static void note(void *ctx, struct shard *s)
{
	struct saying *saying = ctx;

	saying->err = shard_note(s, RECORD_ACT, serve_now_us(), 0, saying->act);
}

void serve_desk_reloaded(struct writer *w, const struct config *old, const struct config *next)
{
	struct saying saying = { .err = ERR_OK };
	struct buf before, now;
	bool ok = put(old, &before) == ERR_OK;

	ok = put(next, &now) == ERR_OK && ok;
	if (ok && !text_eq(buf_view(&before), buf_view(&now))) {
		saying.act = buf_view(&now);
		ok = writer_do(w, note, &saying) && saying.err == ERR_OK;
	}
	if (!ok)
		say("institutions", "the new ones can't be journaled; they count from the next start on");
	buf_release(&before);
	buf_release(&now);
}

/* ---- its life ---- */

bool serve_desk_project(struct serve_desk *d, struct disk *journal, struct alertlog *log, uint64_t next)
{
	struct projector_options o = { .journal = journal, .log = log, .registry = d->registry, .tell = tell };

	if (projector_start(&d->projector, &o) != ERR_OK)
		return say("projector", "it can't be started; there is too little memory");
	projector_upto(d->projector, next);
	return true;
}

bool serve_desk_gate(struct serve_desk *d, struct writer *w, const struct hash_key *key, uint64_t next)
{
	struct labels_options o = {
		.registry = d->registry, .projector = d->projector, .writer = w, .next = next, .key = key
	};

	return (desk_gate_new(&d->gate, w, d->projector, serve_now_us) == ERR_OK &&
	        labels_start(&d->labels, &o) == ERR_OK) ||
	       say("desk", "out of memory");
}

void serve_desk_quiet(struct serve_desk *d)
{
	labels_stop(d->labels);
	d->labels = NULL;
}

bool serve_desk_send(struct serve_desk *d, struct outbox_thread_options *o)
{
	o->registry = d->registry;
	o->delivery = d->delivery;
	o->projector = d->projector;
	o->gate = d->gate;
	o->texts = d->texts;
	o->tell = tell;
	return outbox_thread_start(&d->outbox, o) == ERR_OK ||
	       say("outbox", "it can't be started; there is too little memory");
}

void serve_desk_stop_sending(struct serve_desk *d)
{
	outbox_thread_stop(d->outbox);
	d->outbox = NULL;
}

void serve_desk_decided(void *ctx, uint64_t next)
{
	struct serve_desk *d = ctx;

	if (d->projector != NULL)
		projector_upto(d->projector, next);
}

uint64_t serve_desk_kept(void *ctx, uint64_t stays)
{
	struct serve_desk *d = ctx;

	return d->copies != NULL ? registry_copies_kept(d->copies, stays) : UINT64_MAX;
}

void serve_desk_stop(struct serve_desk *d)
{
	if (d->projector != NULL)
		projector_stop(d->projector);
	desk_gate_free(d->gate);
	projector_free(d->projector);
	d->projector = NULL;
	d->gate = NULL;
}

void serve_desk_close(struct serve_desk *d)
{
	delivery_close(d->delivery);
	credentials_close(d->credentials);
	registry_copies_free(d->copies);
	plays_close(d->plays);
	files_close(d->files);
	texts_close(d->texts);
	registry_close(d->registry);
	*d = (struct serve_desk){ .registry = NULL };
}
