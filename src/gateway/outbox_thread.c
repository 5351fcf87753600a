/* outbox_thread.c - see outbox_thread.h. */
#include "gateway/outbox_thread.h"
#include <curl/curl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "event/ident.h"
#include "gateway/act.h"
#include "gateway/http_desk_int.h"
#include "gateway/refusals.h"
#include "gateway/transfers.h"

enum {
	REST_US = 60 * 1000000, /* at the latest it looks again, whatever was missed */
	TROUBLE_US = 1000000,   /* after a store or the journal failed */
	HEADER_BYTES = 256
};

struct flight { /* one request under way */
	struct flight *next;
	struct outbox_request *request;
	CURL *easy;
	struct curl_slist *headers;
	CURLcode code;
	size_t given; /* bytes of an e-mail */
	bool over;    /* a spool's file: nothing to wait for */
};

struct kind_of_entity {
	bool known;
	uint8_t index;
	enum ident_form form;
};

struct outbox_thread {
	struct outbox_thread_options o;
	struct outbox *outbox;
	struct projector_listener listener;
	struct kind_of_entity kind[DESK_ENTITY_KINDS];
	pthread_t thread;
	atomic_bool stop;
	CURLM *multi;
	struct flight *flights;
};

/* ---- what the outbox asks of the world ---- */

static int64_t now_us(void *ctx)
{
	return ((struct outbox_thread *)ctx)->o.now_us();
}

static enum err tell(void *ctx, struct desk_order *order, uint32_t n)
{
	return desk_gate_do(((struct outbox_thread *)ctx)->o.gate, 0, order, n);
}

static enum err reveal(void *ctx, struct desk_entity e, struct buf *plain)
{
	struct outbox_thread *t = ctx;
	struct writer_counts c;
	char z[DICTIONARY_PLAIN_MAX];
	size_t n = 0;
	enum err err;

	if (e.kind >= DESK_ENTITY_KINDS || !t->kind[e.kind].known)
		return ERR_ABSENT;
	writer_counts(t->o.writer, &c);
	err = names_reveal(t->o.names, c.next, e.token, t->kind[e.kind].index, z, &n);
	if (err == ERR_OK)
		buf_add(plain, z, n);
	sodium_memzero(z, sizeof(z));
	return err == ERR_OK ? plain->err : err;
}

static enum err text(void *ctx, const unsigned char ref[DESK_REF_BYTES], struct buf *plain)
{
	return texts_read(((struct outbox_thread *)ctx)->o.texts, ref, plain);
}

static enum err keep(void *ctx, struct text plain, unsigned char ref[DESK_REF_BYTES])
{
	struct outbox_thread *t = ctx;
	unsigned char refs[1][TEXT_REF_BYTES];
	enum err e;

	do
		randombytes_buf(refs[0], TEXT_REF_BYTES);
	while (sodium_is_zero(refs[0], TEXT_REF_BYTES));
	e = texts_add(t->o.texts, (const unsigned char(*)[TEXT_REF_BYTES])refs, &plain, 1, t->o.now_us());
	memcpy(ref, refs[0], DESK_REF_BYTES);
	return e == ERR_RANGE ? ERR_FORMAT : e;
}

static enum err token(void *ctx, uint8_t desk_kind, struct text plain, struct token *out)
{
	struct outbox_thread *t = ctx;
	const struct kind_of_entity *k = &t->kind[desk_kind];
	char scratch[EVENT_IDENT_MAX];
	struct dictionary_entry entry;
	struct ident id;
	const char *why;
	enum err e = ERR_OK;

	if (!k->known || plain.n > EVENT_IDENT_MAX ||
	    ident_make(t->o.key, k->form, k->index, IDENT_STRICT, plain, scratch, &id, &why) != ERR_OK)
		return ERR_FORMAT;
	*out = id.token;
	entry = (struct dictionary_entry){ .token = id.token, .kind = k->index, .plain = id.plain };
	if (t->o.dictionary)
		e = names_put(t->o.names, &entry, 1);
	sodium_memzero(scratch, sizeof(scratch));
	return e;
}

static enum err transfers(void *ctx, uint16_t organisation, const struct outbox_transfer *t, uint32_t n,
                          uint32_t *taken)
{
	struct outbox_thread *o = ctx;

	return transfers_take(o->o.writer, o->o.key, organisation, t, n, taken);
}

struct disclosing {
	struct outbox_thread *t;
	struct outbox_request *const *r;
	uint32_t n;
	enum err err;
};

/* On the writer's thread: an act for each message, in one group. */
static void note_disclosures(void *ctx, struct shard *s)
{
	static const struct caller who = { .key_id = "outbox", .tenant = "duanka" };
	struct disclosing *d = ctx;
	struct buf act;
	char to[16], id[24];

	d->err = ERR_OK;
	for (uint32_t i = 0; i < d->n && d->err == ERR_OK; i++) {
		delivery_receiver_name(d->r[i]->receiver, to);
		command_id_print(id, d->r[i]->id);
		act_begin(&act, "disclose", &who, TEXT("order of the desk"));
		act_text(&act, "message", text_z(id));
		act_text(&act, "to", text_z(to));
		act_text(&act, "fields", text_z(d->r[i]->revealed));
		d->err = act_note(&act, s, d->t->o.now_us(), &who);
	}
}

static enum err disclose(void *ctx, struct outbox_request *const *r, uint32_t n)
{
	struct disclosing d = { .t = ctx, .r = r, .n = n, .err = ERR_STOPPED };

	return writer_do(d.t->o.writer, note_disclosures, &d) ? d.err : ERR_STOPPED;
}

static enum err secret(void *ctx, const struct tenant *tenant, struct sign_secret *out)
{
	struct outbox_thread *t = ctx;
	struct buf why;
	enum err e;

	buf_init(&why, 2 * CONNECTOR_URL_MAX);
	e = sign_secret_read(out, tenant->connector_secret, &why);
	if (e != ERR_OK && t->o.tell != NULL)
		t->o.tell(why.n > 0 ? why.p : "a secret can't be read");
	buf_release(&why);
	return e == ERR_OK ? e : ERR_IO; /* whoever keeps the files mends it; the message waits */
}

static enum err refuses(void *ctx, struct token phone, enum refusal *out)
{
	struct outbox_thread *t = ctx;
	const struct in_force *f = live_take(t->o.live);
	enum err e = refusals_ask(t->o.writer, &f->config, phone, t->o.now_us(), out);

	in_force_free(f);
	return e;
}

/* ---- requests ---- */

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
	struct buf *b = ctx;

	buf_add(b, p, size * n);
	return b->err == ERR_OK ? size * n : 0;
}

static bool add_header(struct flight *f, const char *name, const char *value)
{
	char z[HEADER_BYTES];
	struct curl_slist *next;

	if ((size_t)snprintf(z, sizeof(z), "%s: %s", name, value) >= sizeof(z))
		return false;
	next = curl_slist_append(f->headers, z);
	f->headers = next != NULL ? next : f->headers;
	return next != NULL;
}

static size_t give(char *p, size_t size, size_t n, void *ctx)
{
	struct flight *f = ctx;
	struct text rest = text_of(f->request->body.p + f->given, f->request->body.n - f->given);
	size_t k = rest.n < size * n ? rest.n : size * n;

	memcpy(p, rest.p, k);
	f->given += k;
	return k;
}

/* Without TLS a message goes no further than this machine. */
static CURLcode set_up_mail(struct flight *f)
{
	struct outbox_request *r = f->request;
	size_t n = strncmp(r->url, "smtp://127.0.0.1", 16) == 0 ? 16 : strncmp(r->url, "smtp://[::1]", 12) == 0 ? 12 : 0;
	bool here = n > 0 && (r->url[n] == ':' || r->url[n] == '/' || r->url[n] == 0);
	char password[SIGN_SECRET_MAX + 1];
	CURLcode e = curl_easy_setopt(f->easy, CURLOPT_MAIL_FROM, r->from);

	f->headers = curl_slist_append(NULL, r->to);
	if (f->headers == NULL)
		return CURLE_OUT_OF_MEMORY;
	curl_easy_setopt(f->easy, CURLOPT_MAIL_RCPT, f->headers);
	curl_easy_setopt(f->easy, CURLOPT_USE_SSL, here ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
	curl_easy_setopt(f->easy, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(f->easy, CURLOPT_READDATA, f);
	curl_easy_setopt(f->easy, CURLOPT_UPLOAD, 1L);
	if (e == CURLE_OK && r->password.n > 0) {
		memcpy(password, r->password.p, r->password.n);
		password[r->password.n] = 0;
		e = curl_easy_setopt(f->easy, CURLOPT_USERNAME, r->from);
		if (e == CURLE_OK)
			e = curl_easy_setopt(f->easy, CURLOPT_PASSWORD, password);
		sodium_memzero(password, sizeof(password));
	}
	return e;
}

static CURLcode set_up(struct flight *f)
{
	struct outbox_request *r = f->request;
	CURL *h = f->easy;
	CURLcode e = curl_easy_setopt(h, CURLOPT_URL, r->url);

	if (e == CURLE_OK)
		e = curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, r->connector == CONNECTOR_MAIL ? "smtp,smtps" : "http,https");
	if (e == CURLE_OK && r->ca[0] != 0)
		e = curl_easy_setopt(h, CURLOPT_CAINFO, r->ca);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(r->timeout_us / 1000));
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)(r->timeout_us / 1000));
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, &r->answer);
	curl_easy_setopt(h, CURLOPT_PRIVATE, f);
	if (r->connector == CONNECTOR_MAIL)
		return e == CURLE_OK ? set_up_mail(f) : e;
	if (!r->poll) {
		curl_easy_setopt(h, CURLOPT_POST, 1L);
		curl_easy_setopt(h, CURLOPT_POSTFIELDS, r->body.n > 0 ? r->body.p : "");
		curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
	}
	return e == CURLE_OK ? curl_easy_setopt(h, CURLOPT_HTTPHEADER, f->headers) : e;
}

static void end_flight(struct outbox_thread *t, struct flight *f)
{
	struct flight **p = &t->flights;

	while (*p != NULL && *p != f)
		p = &(*p)->next;
	if (*p != NULL)
		*p = f->next;
	if (f->easy != NULL) {
		curl_multi_remove_handle(t->multi, f->easy);
		curl_easy_cleanup(f->easy);
	}
	curl_slist_free_all(f->headers);
	mem_free(f);
}

static enum err send_mail(struct outbox_thread *t, struct flight *f)
{
	f->easy = curl_easy_init();
	if (f->easy == NULL || set_up(f) != CURLE_OK)
		return ERR_MEMORY;
	return curl_multi_add_handle(t->multi, f->easy) == CURLM_OK ? ERR_OK : ERR_MEMORY;
}

static enum err send_http(struct outbox_thread *t, struct flight *f)
{
	struct outbox_request *r = f->request;
	char id[24];

	command_id_print(id, r->id);
	f->easy = curl_easy_init();
	if (f->easy == NULL || !add_header(f, "Content-Type", r->type) || !add_header(f, SIGN_TIME_HEADER, r->time) ||
	    !add_header(f, SIGN_HEADER, r->signature) || !add_header(f, "Idempotency-Key", id) ||
	    !add_header(f, "Expect", "") || set_up(f) != CURLE_OK)
		return ERR_MEMORY;
	return curl_multi_add_handle(t->multi, f->easy) == CURLM_OK ? ERR_OK : ERR_MEMORY;
}

/* A spool's file: the same message is the same file. It is told of later, like everything else. */
static enum err send_file(struct flight *f)
{
	struct outbox_request *r = f->request;

	f->code = file_write_all(r->url, buf_view(&r->body)) == ERR_OK ? CURLE_OK : CURLE_WRITE_ERROR;
	r->status = 200;
	f->over = true;
	return ERR_OK;
}

static enum err send_one(void *ctx, struct outbox_request *r)
{
	struct outbox_thread *t = ctx;
	struct flight *f = mem_alloc(sizeof(*f));
	enum err e;

	if (f == NULL)
		return ERR_MEMORY;
	f->request = r;
	e = r->connector == CONNECTOR_SPOOL  ? send_file(f)
	    : r->connector == CONNECTOR_MAIL ? send_mail(t, f)
	                                     : send_http(t, f);
	if (e != ERR_OK) {
		end_flight(t, f); /* the request stays the caller's */
		return e;
	}
	f->next = t->flights;
	t->flights = f;
	return ERR_OK;
}

static enum outbox_fate fate_of(CURLcode c)
{
	switch (c) {
	case CURLE_OK: return OUTBOX_ANSWERED;
	case CURLE_OPERATION_TIMEDOUT: return OUTBOX_TIMEOUT;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE: return OUTBOX_TLS;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT: return OUTBOX_CONNECT;
	default: return OUTBOX_BROKEN;
	}
}

static void land(struct outbox_thread *t, struct flight *f)
{
	struct outbox_request *r = f->request;
	long status = r->status;

	if (f->easy != NULL)
		curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	r->fate = fate_of(f->code);
	r->status = (int)status;
	end_flight(t, f);
	outbox_heard(t->outbox, r);
}

/* What has come back. True: something had. */
static bool land_all(struct outbox_thread *t)
{
	CURLMsg *m;
	int running, left;
	bool any = false;

	curl_multi_perform(t->multi, &running);
	while ((m = curl_multi_info_read(t->multi, &left)) != NULL) {
		struct flight *f;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&f);
		f->code = m->data.result;
		land(t, f);
		any = true;
	}
	for (struct flight *f = t->flights, *next; f != NULL; f = next) {
		next = f->next;
		if (f->over) {
			land(t, f);
			any = true;
		}
	}
	return any;
}

/* ---- the thread ---- */

static void rest(struct outbox_thread *t, int64_t next_us)
{
	int64_t wait = next_us == INT64_MAX ? REST_US : next_us - t->o.now_us();

	wait = wait < 0 ? 0 : wait > REST_US ? REST_US : wait;
	curl_multi_poll(t->multi, NULL, 0, (int)((wait + 999) / 1000), NULL);
}

static void *run(void *arg)
{
	struct outbox_thread *t = arg;
	bool failing = false;

	while (!atomic_load(&t->stop)) {
		int64_t next_us;
		enum err e = outbox_turn(t->outbox, &next_us);

		if (e != ERR_OK && !failing && t->o.tell != NULL)
			t->o.tell("the outbox can't go on now (registry, deliveries or journal); it tries again");
		failing = e != ERR_OK;
		if (failing)
			next_us = t->o.now_us() + TROUBLE_US;
		if (!land_all(t))
			rest(t, next_us);
	}
	while (t->flights != NULL) { /* what they say is heard when they are sent again */
		struct flight *f = t->flights;
		struct outbox_request *r = f->request;

		end_flight(t, f);
		outbox_request_free(r);
	}
	return NULL;
}

static void committed(void *ctx, uint64_t position)
{
	(void)position;
	outbox_thread_wake(ctx);
}

static void learn_kinds(struct outbox_thread *t)
{
	for (uint32_t k = 1; k < DESK_ENTITY_KINDS; k++)
		if (k != DESK_NUMBER)
			t->kind[k] = (struct kind_of_entity){ true, desk_entity_kind(t->o.schema, (uint8_t)k),
				                                  desk_entity_form((uint8_t)k) };
}

enum err outbox_thread_start(struct outbox_thread **out, const struct outbox_thread_options *o)
{
	struct outbox_thread *t = mem_alloc(sizeof(*t));
	struct outbox_options oo = { .registry = o->registry, .delivery = o->delivery, .live = o->live, .key = o->key };
	enum err e;

	if (t == NULL)
		return ERR_MEMORY;
	t->o = *o;
	learn_kinds(t);
	oo.world = (struct outbox_world){ t,    now_us, send_one,  tell,     reveal, text,
		                              keep, token,  transfers, disclose, secret, refuses };
	randombytes_buf(&oo.seed, sizeof(oo.seed));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	t->multi = curl_multi_init();
	e = t->multi == NULL ? ERR_MEMORY : outbox_new(&t->outbox, &oo);
	if (e == ERR_OK && pthread_create(&t->thread, NULL, run, t) != 0)
		e = ERR_MEMORY;
	if (e != ERR_OK) {
		curl_multi_cleanup(t->multi);
		outbox_free(t->outbox);
		mem_free(t);
		return e;
	}
	t->listener = (struct projector_listener){ .committed = committed, .ctx = t };
	projector_listen(o->projector, &t->listener);
	*out = t;
	return ERR_OK;
}

struct outbox *outbox_thread_outbox(struct outbox_thread *t)
{
	return t == NULL ? NULL : t->outbox;
}

void outbox_thread_wake(struct outbox_thread *t)
{
	curl_multi_wakeup(t->multi);
}

void outbox_thread_stop(struct outbox_thread *t)
{
	if (t == NULL)
		return;
	projector_unlisten(t->o.projector, &t->listener);
	atomic_store(&t->stop, true);
	outbox_thread_wake(t);
	pthread_join(t->thread, NULL);
	curl_multi_cleanup(t->multi);
	outbox_free(t->outbox);
	mem_free(t);
}
