/* sample_day_format.c - a record as a line of its file, and the bad lines that show quarantine.
 *
 * Times are local (+08:00) ISO 8601, money is yuan with two decimals, talk is whole seconds. A field that is absent is
 * empty in CSV and left out in NDJSON. */
#include "sim/sample_day_int.h"
#include "base/clock.h"

enum {
	LOCAL_S = 8 * HOUR_S
};

static const char *const channels[CHANNELS] = { "mobile", "online", "wallet", "counter", "atm" };

enum out_file format_file(const struct rec *r)
{
	static const uint8_t file[] = {
		OUT_CALLS, OUT_SMS, OUT_TRANSFERS, OUT_CASH, OUT_OPENINGS, OUT_OPENINGS, OUT_BINDS
	};
	return (enum out_file)file[r->type];
}

const char *format_header(enum out_file f)
{
	static const char *const header[OUT_FILES] = {
		[OUT_CALLS] = "time,caller,callee,talk,device,cell,roaming\n",
		[OUT_SMS] = "",
		[OUT_TRANSFERS] = "time,payer,payee,amount,channel,device\n",
		[OUT_CASH] = "time,account,amount,bank,place\n",
		[OUT_OPENINGS] = "event,time,phone,account,person,outlet,agent,iot\n",
		[OUT_BINDS] = "event,time,person,phone,account\n",
		[OUT_TRUTH] = "kind,identifier,role,scenario\n",
	};
	return header[f];
}

static void add_padded(struct buf *out, uint64_t v, int digits)
{
	char t[20];
	for (int i = digits - 1; i >= 0; i--, v /= 10)
		t[i] = (char)('0' + v % 10);
	buf_add(out, t, (size_t)digits);
}

void format_time(int64_t time_s, struct buf *out)
{
	struct civil c;
	clock_to_civil((time_s + LOCAL_S) * US_PER_SECOND, 0, &c);
	char t[25] = "0000-00-00T00:00:00+08:00";
	const int32_t part[] = { c.year, c.month, c.day, c.hour, c.minute, c.second };
	static const uint8_t end[] = { 3, 6, 9, 12, 15, 18 };
	for (size_t i = 0; i < ARRAY_LEN(part); i++) {
		int32_t v = part[i];
		for (uint8_t k = end[i]; v; k--, v /= 10)
			t[k] = (char)('0' + v % 10);
	}
	buf_add(out, t, sizeof(t));
}

static void add_phone(struct buf *out, uint64_t phone)
{
	char t[24];
	if (phone)
		buf_add(out, t, ident_phone_text(phone, t));
}

static void add_person(struct buf *out, uint64_t person)
{
	char t[18];
	if (person)
		buf_add(out, t, ident_person_text(person - 1, t));
}

static void add_number(struct buf *out, uint64_t v)
{
	if (v)
		buf_int(out, (int64_t)v);
}

static void add_yuan(struct buf *out, int64_t fen)
{
	buf_int(out, fen / 100);
	buf_char(out, '.');
	add_padded(out, (uint64_t)(fen % 100), 2);
}

static void add_cell(struct buf *out, uint32_t cell)
{
	if (!cell)
		return;
	buf_z(out, "532-");
	add_padded(out, cell / 3, 5);
	buf_char(out, '-');
	buf_char(out, (char)('1' + cell % 3));
}

static void add_tagged(struct buf *out, const char *tag, uint64_t v)
{
	if (!v)
		return;
	buf_z(out, tag);
	add_padded(out, v, 4);
}

static void format_call(const struct rec *r, struct buf *out)
{
	add_phone(out, r->a);
	buf_char(out, ',');
	add_phone(out, r->b);
	buf_char(out, ',');
	buf_int(out, r->v);
	buf_char(out, ',');
	add_number(out, r->device);
	buf_char(out, ',');
	add_cell(out, r->cell);
	buf_z(out, r->flag ? ",true\n" : ",\n");
}

static void format_sms(const struct rec *r, struct buf *out)
{
	buf_z(out, "{\"event\":\"sms\",\"time\":\"");
	format_time(r->time_s, out);
	buf_z(out, "\",\"sender\":\"");
	add_phone(out, r->a);
	buf_z(out, "\",\"receiver\":\"");
	add_phone(out, r->b);
	buf_z(out, "\",\"body\":\"");
	text_body(r->template, r->v, out);
	size_t before = out->n;
	buf_z(out, "\",\"url\":\"");
	size_t bare = out->n;
	text_url(r->template, r->v, out);
	if (out->n == bare)
		out->n = before;
	if (r->cell) {
		buf_z(out, "\",\"cell\":\"");
		add_cell(out, r->cell);
	}
	buf_z(out, "\"}\n");
}

static void format_transfer(const struct rec *r, struct buf *out)
{
	buf_int(out, (int64_t)r->a);
	buf_char(out, ',');
	buf_int(out, (int64_t)r->b);
	buf_char(out, ',');
	add_yuan(out, r->v);
	buf_char(out, ',');
	buf_z(out, channels[r->channel % CHANNELS]);
	buf_char(out, ',');
	add_number(out, r->device);
	buf_char(out, '\n');
}

static void format_cash(const struct rec *r, struct buf *out)
{
	buf_int(out, (int64_t)r->a);
	buf_char(out, ',');
	add_yuan(out, r->v);
	buf_char(out, ',');
	buf_z(out, ident_bank_title(r->bank));
	buf_char(out, ',');
	add_tagged(out, "ATM", r->cell);
	buf_char(out, '\n');
}

static void format_opening(const struct rec *r, struct buf *out)
{
	add_phone(out, r->a);
	buf_char(out, ',');
	add_number(out, r->b);
	buf_char(out, ',');
	add_person(out, r->person);
	buf_char(out, ',');
	add_tagged(out, r->type == REC_OPEN_CARD ? "YYT" : "WD", r->outlet);
	buf_char(out, ',');
	add_tagged(out, "DL", r->agent);
	buf_z(out, r->flag ? ",true\n" : ",\n");
}

void format_rec(const struct rec *r, struct buf *out)
{
	if (r->type == REC_SMS) {
		format_sms(r, out);
		return;
	}
	if (r->type == REC_OPEN_CARD)
		buf_z(out, "open_card,");
	if (r->type == REC_BIND)
		buf_z(out, "bind,");
	if (r->type == REC_OPEN_ACCOUNT)
		buf_z(out, "open_account,");
	format_time(r->time_s, out);
	buf_char(out, ',');
	switch ((enum rec_type)r->type) {
	case REC_CALL: format_call(r, out); break;
	case REC_TRANSFER: format_transfer(r, out); break;
	case REC_CASH: format_cash(r, out); break;
	case REC_OPEN_CARD:
	case REC_OPEN_ACCOUNT: format_opening(r, out); break;
	default:
		add_person(out, r->person);
		buf_char(out, ',');
		add_phone(out, r->a);
		buf_char(out, ',');
		add_number(out, r->b);
		buf_char(out, '\n');
		break;
	}
}

const char *format_bad(enum out_file f, uint32_t i)
{
	static const char *const calls[] = {
		"@,13705320001,13705320002,65,864123040000014,532-00001-1,,,\n",
		"@,13705320001\n",
		"2026-02-30T10:00:00+08:00,13705320001,13705320002,65,,,\n",
		"2026-03-02T25:00:00+08:00,13705320001,13705320002,65,,,\n",
		"yesterday,13705320001,13705320002,65,,,\n",
		"@,13705320001,13705320002,-5,,,\n",
		"@,13705320001,13705320002,ten,,,\n",
		"@,,13705320002,65,,,\n",
		"@,137053\377\3760001,13705320002,65,,,\n",
		"@,13705320001,13705320002,65,,532-\x01-1,\n",
		"@,unknown caller,13705320002,65,,,\n",
		"@,13705320001,13705320002,99999999999999999999,,,\n",
		"\"@\",\"13705320001,13705320002,65,,,\n",
		"",
	};
	static const char *const sms[] = {
		"{\"event\":\"sms\",\"time\":\"@\",\"sender\":\"1370532\n",
		"not JSON at all\n",
		"{\"event\":\"sms\",\"time\":\"@\",\"sender\":\"13705320001\"}\n",
		"{\"event\":\"fax\",\"time\":\"@\",\"sender\":\"13705320001\"}\n",
		"{\"event\":\"sms\",\"time\":\"2026-13-02T09:00:00+08:00\",\"sender\":\"13705320001\",\"receiver\":\"13705320002\",\"body\":\"x\"}\n",
		"{\"event\":\"sms\",\"time\":\"@\",\"sender\":\"13705320001\",\"receiver\":\"13705320002\",\"body\":\"\xc3\x28\"}\n",
		"[1,2,3]\n",
		"",
	};
	static const char *const transfers[] = {
		"@,6228480402564890018,6217001210024455220,12.345,mobile,\n",
		"@,6228480402564890018,6217001210024455220,0x14,mobile,\n",
		"@,6228480402564890018,6217001210024455220,one hundred,mobile,\n",
		"@,6228480402564890018,6217001210024455220,99999999999999999999.00,mobile,\n",
		"@,6228480402564890018,,20.00,mobile,\n",
		"@,6228480402564890018,6217001210024455220,20.00,mobile,,extra\n",
		"2026/03/02 9am,6228480402564890018,6217001210024455220,20.00,mobile,\n",
		"@,6228****0018,6217001210024455220,20.00,mobile,\n",
		"",
	};
	static const char *const openings[] = {
		"open_account,@,,6228480402564890018,370202199002300011,WD0001,,\n",
		"open_account,@,,6228480402564890018,370202199002200010,WD0001,,\n",
		"open_card,@,13705320001\n",
		"open_door,@,13705320001,,,,,\n",
	};
	static const struct {
		const char *const *line;
		size_t n;
	} bad[OUT_FILES] = {
		[OUT_CALLS] = { calls, ARRAY_LEN(calls) },
		[OUT_SMS] = { sms, ARRAY_LEN(sms) },
		[OUT_TRANSFERS] = { transfers, ARRAY_LEN(transfers) },
		[OUT_OPENINGS] = { openings, ARRAY_LEN(openings) },
	};
	return i < bad[f].n ? bad[f].line[i] : NULL;
}
