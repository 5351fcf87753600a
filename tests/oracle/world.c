/* world.c - the schema of all cases, who and what lives in it, and the paths from each event to typed values. */
#include "tests/oracle/oracle.h"
#include <stdio.h>
#include "base/file.h"
#include "base/mem.h"
#include "event/ident.h"
#include "tests/test.h"

const char world_text[] =
	"entity phone { holder: person, opened: time, tier: number, vip: bool, label: text, main: account },\n"
	"  account { holder: person, opened: time, quota: money, hold: duration, via: device },\n"
	"  person { mobile: phone, city: text }, device\n"
	"event call { caller: phone, callee: phone?, talk: duration?, answered: bool, note: text?, handset: device? }\n"
	"event sms { sender: phone, receiver: phone, body: text?, parts: number, urgent: bool? }\n"
	"event transfer { payer: account, payee: account?, amount: money, memo: text?, machine: device?, due: time? }\n"
	"event 取现 { payer: account, atm: device, 金额: money?, pin_ok: bool, tries: number? }\n"
	"event bind { phone: phone, owner: person?, level: number?, gold: bool?, label: text?, main: account? }\n"
	"  sets phone.holder = owner, phone.opened = time, phone.tier = abs(level), phone.vip = not gold,\n"
	"  phone.label = label, phone.main = main\n"
	"event open { account: account, keeper: person?, mobile: phone?, quota: money?, hold: duration?, via: device?,\n"
	"  city: text?, since: time? } sets account.holder = keeper, account.opened = since else time,\n"
	"  account.quota = quota, account.hold = hold, account.via = via, keeper.mobile = mobile, keeper.city = city\n"
	"list \"phones\" of phone from \"phones.csv\"\n"
	"list \"words\" of text from \"words.csv\"\n"
	"list \"people\" of person from \"people.csv\"\n";

const char *const world_lists[WORLD_LISTS] = { "phones", "words", "people" };
const char *const world_tags[WORLD_TAGS] = { "a",  "ab 12", "ab 999 http://x.cn/q", "灰度", "灰度 88 元", "it's",
	                                         "%_", "Ab" };
const int64_t world_start_us = (int64_t)1772323200 * US_PER_SECOND; /* 2026-03-01 in Shanghai, 08:00 */

enum {
	KIND_PHONE,
	KIND_ACCOUNT,
	KIND_PERSON
};

void world_plain(const struct world *w, uint32_t kind, int64_t i, char *out)
{
	static const char *const stem[] = { "1380000", "6222000", "37020219900101", "8612340" };

	(void)w;
	snprintf(out, WORLD_PLAIN_BYTES, "%s%04u", stem[kind], (unsigned)i % 10000);
}

void world_ident(const struct world *w, uint32_t kind, int64_t i, struct ident *out)
{
	uint32_t n = (uint32_t)i;

	memset(out, 0, sizeof(*out));
	world_plain(w, kind, i, out->shown);
	out->token = hash_token(&w->key, kind, text_z(out->shown));
	if (kind == KIND_PHONE)
		out->attrs = (struct ident_attrs){ .kind = (uint8_t)(n % NUMBER_KINDS),
			                               .carrier = (uint8_t)(n % ident_carrier_count()),
			                               .region = (uint16_t)(n % 3) };
	else if (kind == KIND_ACCOUNT)
		out->attrs.bank = (uint16_t)(n % 3);
	else if (kind == KIND_PERSON && n % 3 != 0)
		out->attrs.birth_year = (uint16_t)(1950 + n);
}

int64_t world_entry(uint32_t list, uint32_t i, int64_t *until_us)
{
	*until_us = i == 0 ? INT64_MAX : world_start_us + ((int64_t)i * 40 + list) * US_PER_SECOND;
	return (int64_t)i + list;
}

enum err world_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	const char *root = getenv("SOURCE_DIR");
	char path[1024];
	struct buf b;
	enum err e = ERR_ABSENT;

	(void)ctx;
	if (!text_eq(name, TEXT("Europe/Dublin")))
		return ERR_ABSENT;
	buf_init(&b, 1 << 16);
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/zone/dublin", root ? root : ".");
	e = file_read_all(path, 1 << 16, &b);
	if (e == ERR_OK) {
		*out = arena_text(a, buf_view(&b));
		e = out->p == NULL ? ERR_MEMORY : ERR_OK;
	}
	buf_release(&b);
	return e;
}

static void add_path(struct world *w, uint32_t event, const struct path *from, struct text name, struct type t,
                     bool ident)
{
	struct path *p = &w->path[event][w->n_paths[event]];

	assert_true(w->n_paths[event] < WORLD_PATHS_MAX);
	if (from == NULL)
		snprintf(p->text, sizeof(p->text), "%.*s", (int)name.n, name.p);
	else
		assert_true(strlen(from->text) + name.n + 2 <= sizeof(p->text)), memcpy(p->text, from->text, sizeof(p->text)),
			snprintf(p->text + strlen(from->text), SCHEMA_NAME_MAX / 2, ".%.*s", (int)name.n, name.p);
	p->type = t;
	p->steps = from == NULL ? 1 : (uint8_t)(from->steps + 1);
	p->ident = ident;
	w->n_paths[event]++;
}

static void add_attributes(struct world *w, uint32_t event, const struct path *from)
{
	static const char *const phone[] = { "kind", "region", "carrier" };
	const struct schema_entity *en = &w->policy.schema.entity[from->type.entity];
	struct type text = { .dim = DIM_TEXT }, number = { .dim = DIM_NUMBER };

	for (uint32_t i = 0; i < en->n_attrs; i++)
		add_path(w, event, from, en->attr[i].name, en->attr[i].type, false);
	for (uint32_t i = 0; i < 3 && from->type.entity == KIND_PHONE; i++)
		add_path(w, event, from, text_z(phone[i]), text, true);
	if (from->type.entity == KIND_ACCOUNT)
		add_path(w, event, from, TEXT("bank"), text, true);
	if (from->type.entity == KIND_PERSON)
		add_path(w, event, from, TEXT("birth_year"), number, true);
}

void world_init(struct world *w)
{
	struct policy_file file = { TEXT("world.dk"), text_z(world_text) };
	const struct schema *s = &w->policy.schema;
	struct buf b;

	memset(w, 0, sizeof(*w));
	for (int i = 0; i < HASH_KEY_BYTES; i++)
		w->key.k[i] = (unsigned char)(3 * i + 1);
	buf_init(&b, 1 << 20);
	if (policy_load(&w->policy, &file, 1, NULL, NULL, &b) != ERR_OK)
		fail_msg("%s", b.p);
	for (uint32_t i = 0; i < s->n_events; i++) {
		for (uint32_t k = 0; k < s->event[i].n_fields; k++)
			add_path(w, i, NULL, s->event[i].field[k].name, s->event[i].field[k].type, false);
		for (uint32_t k = 0; k < w->n_paths[i]; k++)
			if (w->path[i][k].type.dim == DIM_ENTITY && w->path[i][k].steps < 3)
				add_attributes(w, i, &w->path[i][k]);
	}
	buf_release(&b);
}

void world_release(struct world *w)
{
	policy_release(&w->policy);
}
