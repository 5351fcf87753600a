/* labels.c - see labels.h. One thread that reads messages behind the projector; the events are made and journaled on the writer's, where policy and engine are. */
#include "gateway/labels.h"
#include <endian.h>
#include <pthread.h>
#include <time.h>
#include "base/clock.h"
#include "base/mem.h"
#include "event/event_build.h"

enum {
	TOGETHER = 64
};
#define RETRY_US (US_PER_SECOND / 10)

static const char prefix[8] = "DKLABEL";

struct labels {
	struct labels_options o;
	struct projector_listener listener;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	uint64_t position; /* projected up to here; under the lock */
	bool stopping, news;
	struct labels_counts counts;
	/* the thread's */
	uint64_t sent; /* id of the last message */
	uint32_t n;
	struct label label[TOGETHER];
	/* the writer's, while the thread waits for it */
	struct event event[TOGETHER];
	struct shard_item item[TOGETHER];
	enum err err;
};

void label_key(uint64_t message, unsigned char key[RECORD_KEY_BYTES])
{
	message = htole64(message);
	memcpy(key, prefix, sizeof(prefix));
	memcpy(key + sizeof(prefix), &message, sizeof(message));
}

bool label_key_take(const unsigned char key[RECORD_KEY_BYTES], uint64_t *message)
{
	if (memcmp(key, prefix, sizeof(prefix)) != 0)
		return false;
	memcpy(message, key + sizeof(prefix), sizeof(*message));
	*message = le64toh(*message);
	return true;
}

/* ---- events, on the writer's thread ---- */

static const struct schema_field *field_of(const struct schema_event *t, const char *name, enum dim dim)
{
	int i = schema_field_find(t, text_z(name));

	return i >= 0 && t->field[i].type.dim == dim ? &t->field[i] : NULL;
}

static void set_entity(struct event *e, const struct schema *s, const struct schema_event *t, const struct engine *g,
                       const struct desk_entity *about)
{
	static const char *const name[DESK_ENTITY_KINDS] = { [DESK_PERSON] = "person",
		                                                 [DESK_PHONE] = "phone",
		                                                 [DESK_BANK_ACCOUNT] = "account",
		                                                 [DESK_DEVICE] = "device",
		                                                 [DESK_CELL] = "cell" };
	const struct schema_field *f = name[about->kind] == NULL ? NULL : field_of(t, name[about->kind], DIM_ENTITY);
	struct entity_ref known;

	if (f == NULL || !text_eq(s->entity[f->type.entity].name, text_z(name[about->kind])))
		return;
	known = engine_find(g, f->type.entity, about->token);
	if (known.index != 0)
		shard_ident(g, known, &e->ident[f->slot]);
	else
		e->ident[f->slot] = (struct ident){ .token = about->token, .plain = TEXT("") };
	e->value[f - t->field] = 0;
}

/* Neither late itself nor making others late. */
static int64_t time_of(const struct engine *g, int64_t found_us)
{
	int64_t earliest_us = engine_earliest_us(g), newest_us = engine_newest_us(g);

	return found_us > newest_us ? newest_us : found_us < earliest_us ? earliest_us : found_us;
}

bool label_event(struct shard *s, const struct hash_key *key, const struct label *from, struct event *e)
{
	const struct schema *schema = &shard_policy_in_force(s)->schema;
	int type = schema_event_find(schema, TEXT("label"));
	const struct schema_event *t = type < 0 ? NULL : &schema->event[type];
	const struct schema_field *rule = t == NULL ? NULL : field_of(t, "by_rule", DIM_TEXT);
	const struct schema_field *right = t == NULL ? NULL : field_of(t, "right", DIM_BOOL);
	uint32_t missing;

	if (rule == NULL || right == NULL)
		return false;
	memset(e, 0, sizeof(*e));
	event_begin(schema, (uint32_t)type, e);
	e->time = time_of(shard_engine(s), from->time_us);
	e->str[rule->slot] = text_of(from->rule.p, from->rule.n);
	e->value[rule - t->field] = hash_fingerprint(key, e->str[rule->slot]);
	e->value[right - t->field] = from->right;
	for (uint32_t i = 0; i < LABEL_ABOUT_MAX; i++)
		set_entity(e, schema, t, shard_engine(s), &from->about[i]);
	return event_finish(schema, e, &missing) == BAD_NONE;
}

uint32_t label_told(const struct schema *s, const struct event *e, struct token about[SCHEMA_IDENTS_MAX], bool *right)
{
	const struct schema_event *t = &s->event[e->type];
	const struct schema_field *f = text_eq(t->name, TEXT("label")) ? field_of(t, "right", DIM_BOOL) : NULL;
	uint32_t n = 0;

	if (f == NULL || e->value[f - t->field] == VALUE_MISSING)
		return 0;
	*right = e->value[f - t->field] != 0;
	for (uint32_t i = 0; i < t->n_fields; i++)
		if (t->field[i].type.dim == DIM_ENTITY && e->value[i] != VALUE_MISSING)
			about[n++] = e->ident[t->field[i].slot].token;
	return n;
}

static void apply(void *ctx, struct shard *s)
{
	struct labels *l = ctx;
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		if (!label_event(s, l->o.key, &l->label[i], &l->event[n]))
			continue;
		l->item[n] = (struct shard_item){ .event = &l->event[n], .keyed = true };
		label_key(l->label[i].message, l->item[n].key);
		n++;
	}
	l->err = n == 0 ? ERR_OK : shard_apply(s, l->item, n);
	if (l->err != ERR_OK)
		return;
	pthread_mutex_lock(&l->lock);
	l->counts.passed += l->n - n;
	for (uint32_t i = 0; i < n; i++) {
		l->counts.repeated += l->item[i].answer.repeated;
		l->counts.told += !l->item[i].answer.repeated;
	}
	pthread_mutex_unlock(&l->lock);
}

/* ---- messages ---- */

struct label label_of(const struct desk_message *m, const struct desk_object *o)
{
	return (struct label){ .message = m->id,
		                   .right = m->detail == 1,
		                   .time_us = m->time_us,
		                   .rule = m->rule,
		                   .about = { o->also, o->subject, m->about } };
}

static bool see(void *ctx, const struct desk_message *m, const struct desk_object *o)
{
	struct labels *l = ctx;

	l->label[l->n++] = label_of(m, o);
	return l->n < TOGETHER;
}

/* ERR_ABSENT: there are none. */
static enum err tell_some(struct labels *l)
{
	enum err e;

	l->n = 0;
	e = registry_messages(l->o.registry, l->sent, (uint64_t)1 << DESK_MESSAGE_LABEL, TOGETHER, see, l);
	if (e != ERR_OK || l->n == 0)
		return e == ERR_OK ? ERR_ABSENT : e;
	if (!writer_do(l->o.writer, apply, l) || l->err != ERR_OK)
		return ERR_STOPPED;
	l->sent = l->label[l->n - 1].message;
	return ERR_OK;
}

static int64_t monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

/* False: it stops. */
static bool wait_for_news(struct labels *l, bool failed)
{
	int64_t until_us = monotonic_us() + l->o.retry_us;
	struct timespec until = { .tv_sec = until_us / US_PER_SECOND, .tv_nsec = until_us % US_PER_SECOND * 1000 };
	bool go;

	pthread_mutex_lock(&l->lock);
	l->counts.failures += failed;
	while (!l->stopping && failed && monotonic_us() < until_us)
		pthread_cond_timedwait(&l->more, &l->lock, &until);
	while (!l->stopping && !failed && (!l->news || l->position + 1 < l->o.next))
		pthread_cond_wait(&l->more, &l->lock);
	l->news = false;
	go = !l->stopping;
	pthread_mutex_unlock(&l->lock);
	return go;
}

static void *run(void *arg)
{
	struct labels *l = arg;
	bool begun = false;
	enum err e = ERR_ABSENT;

	while (e != ERR_STOPPED && wait_for_news(l, e != ERR_ABSENT)) {
		e = begun ? ERR_OK : projecting_labels(l->o.registry, &l->sent);
		begun = e == ERR_OK;
		while (e == ERR_OK)
			e = tell_some(l);
	}
	return NULL;
}

static void committed(void *ctx, uint64_t position)
{
	struct labels *l = ctx;

	pthread_mutex_lock(&l->lock);
	l->position = position > l->position ? position : l->position;
	l->news = true;
	pthread_cond_signal(&l->more);
	pthread_mutex_unlock(&l->lock);
}

/* ---- for the service ---- */

enum err labels_start(struct labels **out, const struct labels_options *o)
{
	struct labels *l = mem_alloc(sizeof(*l));
	struct projector_counts c;
	pthread_condattr_t monotonic;

	if (l == NULL)
		return ERR_MEMORY;
	l->o = *o;
	l->o.retry_us = o->retry_us > 0 ? o->retry_us : RETRY_US;
	CHECK(pthread_mutex_init(&l->lock, NULL) == 0 && pthread_condattr_init(&monotonic) == 0 &&
	      pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&l->more, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	l->listener = (struct projector_listener){ .committed = committed, .ctx = l };
	projector_listen(o->projector, &l->listener);
	projector_counts(o->projector, &c);
	committed(l, c.position);
	if (pthread_create(&l->thread, NULL, run, l) != 0) {
		projector_unlisten(o->projector, &l->listener);
		mem_free(l);
		return ERR_MEMORY;
	}
	*out = l;
	return ERR_OK;
}

void labels_counts(struct labels *l, struct labels_counts *out)
{
	pthread_mutex_lock(&l->lock);
	*out = l->counts;
	pthread_mutex_unlock(&l->lock);
}

void labels_stop(struct labels *l)
{
	if (l == NULL)
		return;
	projector_unlisten(l->o.projector, &l->listener);
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_cond_signal(&l->more);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	pthread_cond_destroy(&l->more);
	pthread_mutex_destroy(&l->lock);
	mem_free(l);
}
