/* peer_told.c - what a simulated bank tells about accounts and customers; see peer.h. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/wire_case.h"
#include "peer/peer.h"

enum {
	LIE_NOTHING = 1,
	LIE_OTHER = 2,
	LIE_TOMORROW = 3,
	ROWS = 3
};

/* With the check digit of GB 11643. */
static void make_id(uint64_t draw, char z[19])
{
	static const uint8_t weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	uint32_t sum = 0;

	snprintf(z, 19, "3702021990030%u%03u", (unsigned)(1 + draw % 9), (unsigned)(draw / 16 % 1000));
	for (uint32_t i = 0; i < 17; i++)
		sum += weight[i] * (uint32_t)(z[i] - '0');
	z[17] = "10X98765432"[sum % 11];
	z[18] = 0;
}

static void put(struct case_message *m, uint32_t row, enum case_row_field f, const char *z)
{
	m->row[row].value[f] = case_keep(m, text_z(z));
}

static void put_yuan(struct case_message *m, uint32_t row, enum case_row_field f, uint64_t fen)
{
	char z[32];

	snprintf(z, sizeof(z), "%" PRIu64 ".%02" PRIu64, fen / 100, fen % 100);
	put(m, row, f, z);
}

static void put_time(struct case_message *m, uint32_t row, int64_t us)
{
	struct civil c;
	char z[80];

	clock_to_civil(us, 8 * 3600, &c);
	snprintf(z, sizeof(z), "%04d%02d%02d%02d%02d%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
	put(m, row, CASE_R_TIME, z);
}

/* In, out, and a fee without another account, which is no transfer. */
static void put_movements(struct case_message *m, const struct peer_order *o, uint32_t lie)
{
	int64_t at = o->at_us + (lie == LIE_TOMORROW ? US_PER_DAY : 0);
	char z[32];

	for (uint32_t i = 0; i < ROWS; i++) {
		uint64_t d = o->draw >> 8 * i;

		put_time(m, i, at - (ROWS - i) * US_PER_MINUTE);
		put(m, i, CASE_R_DIRECTION, i == 0 ? "1" : "0");
		put_yuan(m, i, CASE_R_AMOUNT, 1 + d % 5000000);
		put_yuan(m, i, CASE_R_BALANCE, d % 90000000);
		snprintf(z, sizeof(z), "62220299%010" PRIu64, d % 10000000000);
		if (i < 2)
			put(m, i, CASE_R_ACCOUNT, z);
		put(m, i, CASE_R_CHANNEL, i < 2 ? "app" : "fee");
	}
	m->n_rows = ROWS;
}

static void put_accounts(struct case_message *m, const struct peer_order *o)
{
	char z[32];

	for (uint32_t i = 0; i < ROWS; i++) {
		snprintf(z, sizeof(z), "62220288%010" PRIu64, (o->draw >> 8 * i) % 10000000000);
		put(m, i, CASE_R_ACCOUNT, z);
		put(m, i, CASE_R_BANK, "bank");
		put(m, i, CASE_R_CLASS, i == 0 ? "1" : "2");
		put(m, i, CASE_R_STATUS, "open");
	}
	m->n_rows = ROWS;
}

static void put_holder(struct case_message *m, const struct peer_order *o)
{
	char z[32];

	case_put(m, CASE_F_HOLDER, TEXT("仿真客户"));
	case_put(m, CASE_F_HOLDER_TYPE, TEXT("01"));
	make_id(o->draw, z);
	case_put(m, CASE_F_HOLDER_ID, text_z(z));
	snprintf(z, sizeof(z), "139%08u", (unsigned)(o->draw % 100000000));
	case_put(m, CASE_F_HOLDER_PHONE, text_z(z));
}

void bank_tell(struct case_message *m, const struct peer_order *o, uint32_t lie)
{
	if (lie == LIE_NOTHING)
		return;
	m->row = mem_alloc_array(CASE_ROWS_MAX, sizeof(*m->row));
	if (m->row == NULL)
		return;
	if (m->code != CASE_ACCOUNTS_TOLD)
		case_put(m, CASE_F_ACCOUNT, lie == LIE_OTHER ? TEXT("6222029999999999999") : text_z(o->subject));
	switch (m->code) {
	case CASE_HOLDER_TOLD: put_holder(m, o); break;
	case CASE_MOVEMENTS_TOLD:
	case CASE_FOLLOW_TOLD:
		case_put_yuan(m, CASE_F_BALANCE, (int64_t)(o->draw % 10000000));
		put_movements(m, o, lie);
		break;
	default: put_accounts(m, o); break;
	}
}
