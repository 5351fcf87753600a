/* fuzz_outlet.c - any bytes as a table of outlets or of kits: each line is taken with values within their ranges, or refused with a reason in one line; lines count on, and there is an end. */
#include "outreach/outlet_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_line(const struct outlet_lines *o, const struct outlet_line *l)
{
	CHECK(l->type > 0 && l->type < OUTLET_TYPES && l->value[COLUMN_CODE].n <= OUTLET_CODE_MAX);
	CHECK(o->kits || (l->value[COLUMN_CODE].n > 0 && l->value[COLUMN_NAME].n > 0));
	CHECK(text_utf8_valid(l->value[COLUMN_NAME]) && text_utf8_valid(l->value[COLUMN_REASON]));
	for (uint32_t i = 1; i < KIT_ITEMS; i++)
		CHECK(l->number[COLUMN_ITEM + i] >= -1 && l->number[COLUMN_ITEM + i] <= KIT_PIECES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct outlet_line line;

	for (int kits = 0; kits < 2; kits++) {
		struct outlet_lines o;
		struct outlet_fault f;
		enum outlet_got got = OUTLET_LINE;
		uint64_t before = 0;

		if (!outlet_lines_open(&o, kits, text_of((const char *)p, n), &f)) {
			CHECK(f.why[0] != 0);
			continue;
		}
		while (got != OUTLET_END) {
			got = outlet_lines_next(&o, &line, &f);
			if (got == OUTLET_END)
				break;
			CHECK((got == OUTLET_LINE ? line.line : f.line) > before);
			before = got == OUTLET_LINE ? line.line : f.line;
			if (got == OUTLET_LINE)
				check_line(&o, &line);
			else
				CHECK(f.why[0] != 0 && f.raw.n <= OUTLET_LINE_MAX);
		}
	}
	return 0;
}
