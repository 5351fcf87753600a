/* outbox_world.c - see outbox_world.h. */
#include "tests/test.h"
#include <sodium.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/freeze.h"
#include "desk/measure.h"
#include "desk/stop.h"
#include "gateway/outbox.h"
#include "tests/unit/outbox_world.h"

struct outbox_test w;

/* ---- the world ---- */

static void committed(void)
{
	assert_int_equal(registry_commit(w.registry, w.position, w.desk->now_us), ERR_OK);
}

struct desk_outcome applied(const struct desk_command *c)
{
	struct desk_outcome out;

	assert_int_equal(registry_begin(w.registry), ERR_OK);
	assert_int_equal(desk_apply(w.desk, ++w.position, w.now, c, &out), ERR_OK);
	committed();
	return out;
}

void tick(int64_t us)
{
	w.now += us;
	assert_int_equal(registry_begin(w.registry), ERR_OK);
	assert_int_equal(desk_tick(w.desk, ++w.position, w.now), ERR_OK);
	committed();
}

static int64_t now_us(void *ctx)
{
	(void)ctx;
	return w.now;
}

static enum err send_one(void *ctx, struct outbox_request *r)
{
	(void)ctx;
	assert_true(w.n_flying < FLYING_MAX);
	for (uint32_t i = 0; i < w.n_flying; i++)
		assert_true(w.flying[i]->id != r->id); /* never twice at a time */
	w.flying[w.n_flying++] = r;
	return ERR_OK;
}

static enum err tell(void *ctx, struct desk_order *o, uint32_t n)
{
	(void)ctx;
	assert_int_equal(n, 1);
	mem_fail_at(0); /* what comes now is not the outbox's */
	if (w.tell_fails != ERR_OK)
		return w.tell_fails;
	assert_true(o->keyed);
	for (uint32_t i = 0; i < w.n_told; i++)
		if (w.told[i].organisation == o->command.organisation && memcmp(w.told[i].key, o->key, RECORD_KEY_BYTES) == 0) {
			o->repeated = true;
			o->position = w.told[i].position;
			o->outcome = w.told[i].outcome;
			return ERR_OK;
		}
	o->outcome = applied(&o->command);
	o->position = w.position;
	assert_true(w.n_told < KEYS_MAX);
	memcpy(w.told[w.n_told].key, o->key, RECORD_KEY_BYTES);
	w.told[w.n_told].organisation = o->command.organisation;
	w.told[w.n_told].position = o->position;
	w.told[w.n_told++].outcome = o->outcome;
	return ERR_OK;
}

static enum err reveal(void *ctx, struct desk_entity e, struct buf *plain)
{
	(void)ctx;
	if (w.erased)
		return ERR_ABSENT;
	buf_printf(plain, "62220210%08u", (unsigned)(e.token.w[1] % 100000000));
	return plain->err;
}

static enum err text(void *ctx, const unsigned char ref[DESK_REF_BYTES], struct buf *plain)
{
	(void)ctx;
	if (ref[1] == A_PHONE)
		buf_printf(plain, ref[2] == 0 ? "139 1234 56%02u" : "+86-139123456%02u", ref[0]);
	else if (ref[1] == KEPT && ref[0] < WORDS_MAX)
		buf_z(plain, w.words[ref[0]]);
	else
		buf_z(plain, "明文");
	return plain->err;
}

static enum err keep(void *ctx, struct text plain, unsigned char ref[DESK_REF_BYTES])
{
	(void)ctx;
	assert_true(plain.n > 0);
	memset(ref, 0, DESK_REF_BYTES);
	ref[0] = (unsigned char)++w.n_words;
	ref[1] = KEPT;
	if (ref[0] < WORDS_MAX)
		snprintf(w.words[ref[0]], sizeof(w.words[0]), "%.*s", (int)plain.n, plain.p);
	return ERR_OK;
}

static enum err token(void *ctx, uint8_t kind, struct text plain, struct token *out)
{
	(void)ctx;
	*out = hash_token(&w.key, kind, plain);
	if (kind == DESK_BANK_ACCOUNT && plain.n == 16 && memcmp(plain.p, "62220210", 8) == 0) /* as reveal() tells them */
		*out = token_n(strtoull(plain.p + 8, NULL, 10) - 1);
	return plain.n > 30 ? ERR_FORMAT : ERR_OK;
}

static enum err transfers(void *ctx, uint16_t organisation, const struct outbox_transfer *t, uint32_t n,
                          uint32_t *taken)
{
	(void)ctx;
	assert_int_equal(organisation, BANK);
	*taken = n;
	for (uint32_t i = 0; i < n; i++) {
		bool known = false;

		for (uint32_t k = 0; k < w.n_moved; k++)
			known = known || memcmp(w.moved[k].key, t[i].key, RECORD_KEY_BYTES) == 0;
		if (known)
			continue;
		assert_true(w.n_moved < MOVED_MAX);
		w.moved[w.n_moved] = (struct moved){ .time_us = t[i].time_us, .amount_fen = t[i].amount_fen };
		memcpy(w.moved[w.n_moved].key, t[i].key, RECORD_KEY_BYTES);
		snprintf(w.moved[w.n_moved].payer, 64, "%.*s", (int)t[i].payer.n, t[i].payer.p);
		snprintf(w.moved[w.n_moved++].payee, 64, "%.*s", (int)t[i].payee.n, t[i].payee.p);
	}
	return ERR_OK;
}

static enum err disclose(void *ctx, struct outbox_request *const *r, uint32_t n)
{
	(void)ctx;
	if (w.act_fails != ERR_OK)
		return w.act_fails;
	for (uint32_t i = 0; i < n; i++) {
		size_t at = strlen(w.acts);

		snprintf(w.acts + at, sizeof(w.acts) - at, "[%u %s]", r[i]->receiver, r[i]->revealed);
		w.n_acts++;
	}
	return ERR_OK;
}

static enum err secret(void *ctx, const struct tenant *t, struct sign_secret *out)
{
	(void)ctx;
	(void)t;
	*out = (struct sign_secret){ .n = 16, .p = "0123456789abcdef" };
	return ERR_OK;
}

static enum err refuses(void *ctx, struct token phone, enum refusal *out)
{
	(void)ctx;
	*out = w.no_refusals ? REFUSAL_UNKNOWN : token_eq(phone, w.refused) ? REFUSAL_LISTED : REFUSAL_NONE;
	return w.refusals_fail;
}

static void tenant(struct config *c, uint16_t number, enum connector connector)
{
	struct tenant *t = &c->tenant[c->n_tenants++];

	t->number = number;
	t->connector = connector;
	snprintf(t->name, sizeof(t->name), "org-%u", number);
	snprintf(t->connector_url, sizeof(t->connector_url), "https://org-%u.example/front", number);
	t->connector_timeout_us = US_PER_SECOND;
}

static void start_outbox(void)
{
	struct outbox_options o = { .registry = w.registry,
		                        .delivery = w.delivery,
		                        .live = w.live,
		                        .key = &w.key,
		                        .world = { NULL, now_us, send_one, tell, reveal, text, keep, token, transfers, disclose,
		                                   secret, refuses },
		                        .seed = 7 };

	assert_int_equal(outbox_new(&w.outbox, &o), ERR_OK);
}

static void drop_flying(void)
{
	for (uint32_t i = 0; i < w.n_flying; i++)
		outbox_request_free(w.flying[i]);
	w.n_flying = 0;
}

/* As after kill -9: what is under way is forgotten, the files stay. */
void restart(void)
{
	drop_flying();
	outbox_free(w.outbox);
	start_outbox();
}

static void path_of(char path[96], const char *name)
{
	snprintf(path, 96, "%s/%s", w.folder, name);
}

int set_up(void **state)
{
	struct in_force *f = in_force_new();
	char path[96];
	struct buf why;

	(void)state;
	memset(&w, 0, sizeof(w));
	snprintf(w.folder, sizeof(w.folder), "/tmp/duanka-outbox-XXXXXX");
	assert_non_null(mkdtemp(w.folder));
	config_default(&f->config);
	snprintf(f->config.outbox_text_end, sizeof(f->config.outbox_text_end), "拒收请回复R");
	tenant(&f->config, BANK, CONNECTOR_CASE);
	tenant(&f->config, OTHER, CONNECTOR_CASE);
	tenant(&f->config, OPERATOR, CONNECTOR_COMMANDS);
	tenant(&f->config, SENDER, CONNECTOR_SENDER);
	assert_int_equal(live_new(&w.live, f), ERR_OK);
	buf_init(&why, 1024);
	path_of(path, "registry.sqlite");
	assert_int_equal(registry_open(&w.registry, path, &why), ERR_OK);
	path_of(path, "delivery.sqlite");
	assert_int_equal(delivery_open(&w.delivery, path, &why), ERR_OK);
	buf_release(&why);
	w.desk = mem_alloc(sizeof(*w.desk));
	w.now = T0;
	desk_init(w.desk, registry_world(w.registry), 0);
	assert_int_equal(registry_begin(w.registry), ERR_OK);
	assert_int_equal(desk_start(w.desk), ERR_OK);
	committed();
	start_outbox();
	return 0;
}

int tear_down(void **state)
{
	static const char *const names[] = { "registry.sqlite", "delivery.sqlite" }, *const ends[] = { "", "-wal", "-shm" };
	char path[96], z[112];

	(void)state;
	drop_flying();
	outbox_free(w.outbox);
	delivery_close(w.delivery);
	registry_close(w.registry);
	live_free(w.live);
	mem_free(w.desk);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t k = 0; k < ARRAY_LEN(ends); k++) {
			path_of(path, names[i]);
			snprintf(z, sizeof(z), "%s%s", path, ends[k]);
			unlink(z);
		}
	rmdir(w.folder);
	return 0;
}

/* ---- people and institutions ---- */

struct desk_command *say_to(enum desk_kind kind, uint32_t step, uint64_t object, enum desk_role role)
{
	static struct desk_command c;

	desk_command_init(&c, kind, step, object);
	c.user = 100 + role;
	c.roles = 1u << role;
	c.organisation = role == ROLE_BANK_DESK ? BANK : role == ROLE_OPERATOR_DESK ? OPERATOR : 1;
	return &c;
}

uint64_t done(const struct desk_command *c)
{
	struct desk_outcome out = applied(c);

	if (out.refusal != DESK_OK)
		print_error("refused: %s, field %u\n", desk_refusals[out.refusal].name, out.field);
	assert_int_equal(out.refusal, DESK_OK);
	return out.object;
}

uint64_t stop_order_at(uint64_t account, uint16_t bank)
{
	struct desk_command *c = say_to(DESK_STOP, STOP_DO_DRAFT, 0, ROLE_STOP_SEAT);
	uint64_t id;

	desk_give_token(c, STOP_F_ACCOUNT, token_n(account));
	desk_give_i(c, STOP_F_BANK, bank);
	desk_give_i(c, STOP_F_AMOUNT, 5000000);
	desk_give_i(c, STOP_F_BASIS, BASIS_AFL_20);
	give_evidence(c, STOP_F_EVIDENCE);
	give_ref(c, STOP_F_ACCOUNT_NAME);
	give_ref(c, STOP_F_REASON);
	id = done(c);
	done(say_to(DESK_STOP, STOP_DO_APPROVE, id, ROLE_LEADER));
	return id;
}

struct desk_object object(uint64_t id)
{
	struct desk_object o;

	assert_int_equal(registry_load(w.registry, id, &o), ERR_OK);
	return o;
}

void turn(void)
{
	assert_int_equal(outbox_turn(w.outbox, &w.next), ERR_OK);
}

/* The request under way to this receiver; NULL: none. */
struct outbox_request *to(uint32_t receiver)
{
	for (uint32_t i = 0; i < w.n_flying; i++)
		if (w.flying[i]->receiver == receiver)
			return w.flying[i];
	return NULL;
}

bool holds(const struct outbox_request *r, const char *z)
{
	return r != NULL && memmem(r->body.p, r->body.n, z, strlen(z)) != NULL;
}

void back(struct outbox_request *r, enum outbox_fate fate, int status, const char *body)
{
	uint32_t i = 0;

	while (w.flying[i] != r)
		i++;
	w.flying[i] = w.flying[--w.n_flying];
	r->fate = fate;
	r->status = status;
	buf_z(&r->answer, body);
	outbox_heard(w.outbox, r);
}

const char *message(const char *root, const char *code, uint64_t id, char letter, const char *fields)
{
	static char z[2048];

	snprintf(
		z, sizeof(z),
		"<%s><Head><Mode>01</Mode><To>duanka</To><TxCode>%s</TxCode><TransSerialNumber>1</TransSerialNumber></Head><Body>"
		"<ApplicationID>%c%016llX</ApplicationID>%s</Body></%s>",
		root, code, letter, (unsigned long long)id, fields, root);
	return z;
}
int64_t told_by_itself(uint16_t bank, const char *xml)
{
	static struct case_message m, reply;
	char scratch[2048];

	m.row = NULL;
	assert_int_equal(case_read(text_z(xml), scratch, &m, NULL), ERR_OK);
	assert_int_equal(outbox_case(w.outbox, bank, &m, &reply), ERR_OK);
	assert_true(reply.response);
	return case_number(&reply, CASE_F_RETURN);
}

static bool newest_row(void *ctx, const struct delivery_row *r)
{
	*(struct delivery_row *)ctx = *r;
	return false;
}

/* The newest message of the kind about the object. */
struct delivery_row row_of(uint64_t id, uint8_t kind)
{
	struct delivery_query q = { .object = id, .kinds = (uint64_t)1 << kind };
	struct delivery_row r = { 0 };

	assert_int_equal(delivery_list(w.delivery, &q, 1, newest_row, &r), ERR_OK);
	assert_true(r.id != 0);
	return r;
}
