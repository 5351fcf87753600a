/* desk_journal.c - see desk_journal.h. */
#include "tests/test.h"
#include "tests/unit/desk_journal.h"
#include "base/clock.h"
#include "base/mem.h"
#include "event/event_build.h"

static const struct hash_key key = { { 8 } };
static const char text[] =
	"entity phone { holder: person }, account { holder: person }, person, device, cell, outlet\n"
	"event call { caller: phone, callee: phone }\n"
	"event transfer { payer: account, payee: account, amount: money }\n"
	"event bind { person: person, phone: phone?, account: account?, district: text? } sets phone.holder = person, account.holder = person\n"
	"event label { by_rule: text, right: bool, person: person?, phone: phone?, device: device? }\n"
	"event open_card { phone: phone, person: person, outlet: outlet?, district: text? }\n"
	"event open_account { account: account, person: person?, phone: phone?, district: text? }\n"
	"event place { outlet: outlet?, cell: cell?, district: text }\n"
	"event seen_at { device: device, cell: cell }\n"
	"rule learned on label about device when right and count(label by device over 1d where right and by_rule = \"sim_box\") >= 1\n"
	"  then alert blue, propose report(device) basis \"AFL Art 14\" because \"{by_rule}\"\n"
	"rule boxed on seen_at about device when device is known\n"
	"  then alert red, propose report(device) basis \"AFL Art 14\" because \"box\"\n"
	"rule shouted on call about caller when count(call by caller over 1h) >= 2\n"
	"  then alert red, score 50, propose bar-outgoing(caller) basis \"反电信网络诈骗法第11条, AFL Art 11\",\n"
	"       propose warn(callee.holder) basis \"AFL Art 34\" because \"{count(call by caller over 1h)} calls: \\\"\"\n"
	"rule paid on transfer about payer when amount >= 1000 yuan\n"
	"  then alert purple, score 90, propose stop-payment(payee) basis \"反电信网络诈骗法第20条, AFL Art 20; 银发〔2016〕86号\",\n"
	"       propose warn(payer.holder) basis \"反电信网络诈骗法第34条, AFL Art 34\" scam \"investment\" because \"{amount}\"\n"
	"rule seen shadow on call about caller when count(call by caller over 1h) >= 2\n"
	"  then alert blue, propose suspend(caller) basis \"AFL Art 11\" because \"seen\"\n";

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void hear(void *ctx, uint64_t position, struct text line)
{
	struct desk_journal *j = ctx;

	if (j->log != NULL)
		alertlog_hear(j->log, position, line);
	if (j->n_alerts > 0 && position <= j->alert[j->n_alerts - 1].position)
		for (uint32_t i = j->n_alerts; i-- > 0;) { /* told again after a recovery */
			if (j->alert[i].position < position)
				break;
			if (j->alert[i].position == position && text_eq(desk_journal_line(j, i), line))
				return;
		}
	assert_true(j->n_alerts < JOURNAL_ALERTS_MAX);
	j->alert[j->n_alerts++] = (struct told_alert){ position, j->lines.n, line.n };
	buf_text(&j->lines, line);
}

static void open_shard(struct desk_journal *j)
{
	struct shard_found found;
	struct buf why;

	buf_init(&why, 1 << 16);
	if (shard_open(&j->shard, &j->o, &found, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
}

void desk_journal_open(struct desk_journal *j, const char *folder)
{
	struct policy_file f = { TEXT("0.dk"), TEXT(text) };
	struct buf errors;

	memset(j, 0, sizeof(*j));
	buf_init(&errors, 1 << 16);
	if (policy_load(&j->loaded, &f, 1, no_zone, NULL, &errors) != ERR_OK)
		fail_msg("%s", errors.p);
	buf_release(&errors);
	buf_init(&j->policy, RECORD_PAYLOAD_MAX);
	edition_put_files(&j->policy, &f, 1);
	buf_init(&j->lines, (size_t)1 << 30);
	buf_init(&j->commands, (size_t)1 << 26);
	j->alert = mem_alloc_array(JOURNAL_ALERTS_MAX, sizeof(*j->alert));
	j->now_us = (int64_t)1772323200 * US_PER_SECOND;
	if (folder != NULL) {
		assert_int_equal(disk_real_open(&j->disk, folder), ERR_OK);
	} else {
		j->v = disk_virtual_new(1);
		j->disk = disk_virtual_disk(j->v);
	}
	j->o = (struct shard_options){ .disk = &j->disk,
		                           .key = &key,
		                           .read_zone = no_zone,
		                           .lateness_us = US_PER_DAY,
		                           .now_us = j->now_us,
		                           .engine = { .state_bytes_max = 1 << 24, .entities_max = 100000 },
		                           .segment_bytes_max = 1 << 13,
		                           .snapshots_kept = 1,
		                           .evidence_max = 3,
		                           .policy = buf_view(&j->policy),
		                           .alert = hear,
		                           .ctx = j };
	open_shard(j);
}

void desk_journal_again(struct desk_journal *j)
{
	shard_close(j->shard);
	open_shard(j);
}

void desk_journal_close(struct desk_journal *j)
{
	shard_close(j->shard);
	if (j->v != NULL)
		disk_virtual_free(j->v);
	else
		disk_real_close(&j->disk);
	buf_release(&j->policy);
	buf_release(&j->lines);
	buf_release(&j->commands);
	policy_release(&j->loaded);
	mem_free(j->alert);
}

struct built { /* an event with what it points into; begins with the event */
	struct event event;
	char bytes[EVENT_BUILD_BYTES];
};

struct shard_item desk_journal_event(struct desk_journal *j, const char *type, const char *a, const char *a_value,
                                     const char *b, const char *b_value, const char *amount)
{
	struct built *e = mem_alloc(sizeof(*e));
	struct event_builder builder = {
		.schema = &j->loaded.schema, .key = &key, .bytes = e->bytes, .cap = sizeof(e->bytes)
	};
	char time[32];
	struct event_pair p[] = { { TEXT("event"), text_z(type) },
		                      { TEXT("time"), TEXT("") },
		                      { text_z(a), text_z(a_value) },
		                      { text_z(b), text_z(b_value) },
		                      { TEXT("amount"), text_z(amount != NULL ? amount : "") } };
	struct text wrong;

	snprintf(time, sizeof(time), "%lld", (long long)j->now_us);
	p[1].value = text_z(time);
	if (amount != NULL && strchr(amount, ':') != NULL) {
		p[4].name = text_of(amount, (size_t)(strchr(amount, ':') - amount));
		p[4].value = text_z(strchr(amount, ':') + 1);
	}
	assert_int_equal(event_build(&builder, p, amount != NULL ? 5 : 4, &e->event, &wrong), BAD_NONE);
	return (struct shard_item){ .event = &e->event };
}

struct shard_item desk_journal_command(struct desk_journal *j, const struct desk_command *c)
{
	struct buf b;
	struct shard_item it = { .time_us = j->now_us, .organisation = c->organisation };

	buf_init(&b, DESK_COMMAND_BYTES_MAX);
	desk_command_put(&b, c);
	it.command = text_of(b.p, b.n); /* given back by desk_journal_items */
	return it;
}

void desk_journal_items(struct shard_item *item, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		mem_free(item[i].event);
		mem_free((void *)(uintptr_t)item[i].command.p);
	}
}

void desk_journal_apply(struct desk_journal *j, struct shard_item *item, uint32_t n)
{
	assert_int_equal(shard_apply(j->shard, item, n), ERR_OK);
}

void desk_journal_tick(struct desk_journal *j, int64_t us)
{
	j->now_us += us;
	assert_int_equal(shard_note(j->shard, RECORD_TICK, j->now_us, 0, TEXT("")), ERR_OK);
}

struct text desk_journal_line(const struct desk_journal *j, uint32_t i)
{
	return text_of(j->lines.p + j->alert[i].at, j->alert[i].n);
}

static enum err source_begin(void *ctx, uint64_t position)
{
	struct desk_journal *j = ctx;

	for (j->next = 0; j->next < j->n_alerts && j->alert[j->next].position < position;)
		j->next++;
	return ERR_OK;
}

static enum err source_next(void *ctx, struct buf *line, uint64_t *position)
{
	struct desk_journal *j = ctx;

	if (j->next == j->n_alerts)
		return ERR_ABSENT;
	buf_clear(line);
	buf_text(line, desk_journal_line(j, j->next));
	*position = j->alert[j->next++].position;
	return line->err;
}

struct alert_source desk_journal_alerts(struct desk_journal *j)
{
	return (struct alert_source){ .begin = source_begin, .next = source_next, .ctx = j };
}
