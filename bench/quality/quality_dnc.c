/* quality_dnc.c - US Do-Not-Call complaints by date, real: how many of a day's complaints are about numbers that had been
 * reported before, which is the most that a blacklist alone can do. Counted here directly and by duanka's windows and risk, and
 * compared call by call. Prints Markdown. Usage: quality_dnc FOLDER [FEATURES]; `quality_dnc --events FOLDER` writes the
 * events that FEATURES is to be made from (real.sh does it). Precision and lift are not to be had: nobody recorded the calls that
 * no one complained about. */
#include "measures.h"
#include "sheet.h"
#include "base/mem.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *const days[] = {
	"2025-10-28", "2025-11-14", "2025-11-20", "2025-11-21", "2025-11-25", "2025-11-26"
};
static const uint32_t lines[] = { 1, 2, 5 };

enum {
	DAYS = ARRAY_LEN(days),
	LINES = ARRAY_LEN(lines)
};

struct data {
	struct buf file[DAYS];
	struct sheet_codes codes;
	uint32_t *before; /* complaints of earlier days, by number */
	uint32_t *today;  /* of this day */
	struct buf features;
	struct text features_rest;
	size_t compared, different, different_risk;
	bool with_features;
};

static void path_of(const char *folder, size_t day, char *path, size_t n)
{
	snprintf(path, n, "%s/ftc_dnc/%s_%s.csv", folder, day ? "added" : "base", days[day]);
}

static bool load(struct data *d, const char *folder)
{
	size_t bytes = 0;
	for (size_t i = 0; i < DAYS; i++) {
		char path[4096];
		path_of(folder, i, path, sizeof path);
		if (!sheet_read_file(path, &d->file[i]))
			return false;
		bytes += d->file[i].n;
	}
	uint32_t most = (uint32_t)(bytes / 2) + 1; /* a number and a line end */
	d->before = mem_alloc_array(most, sizeof *d->before);
	d->today = mem_alloc_array(most, sizeof *d->today);
	return d->before && d->today && sheet_codes_init(&d->codes, most);
}

static void release(struct data *d)
{
	for (size_t i = 0; i < DAYS; i++)
		buf_release(&d->file[i]);
	buf_release(&d->features);
	sheet_codes_release(&d->codes);
	mem_free(d->before);
	mem_free(d->today);
}

static void write_events(const struct data *d)
{
	printf("kind,when,number\n");
	for (size_t i = 0; i < DAYS; i++)
		for (int evening = i == 0; evening < 2; evening++) {
			struct text rest = buf_view(&d->file[i]), line;
			while (sheet_line(&rest, &line))
				if (line.n)
					printf("%s,%sT%02d:00:00Z,%.*s\n", evening ? "report" : "call", days[i], evening ? 20 : 8,
					       (int)line.n, line.p);
		}
}

/* The next call's values as duanka has them, against our own count. */
static bool compare(struct data *d, uint32_t before)
{
	struct text line;
	do {
		if (!sheet_line(&d->features_rest, &line))
			return false;
	} while (line.n == 0);
	json_t *object = json_loadb(line.p, line.n, 0, NULL);
	const json_t *reports = json_object_get(object, "reports_before"), *risk = json_object_get(object, "risk_before");
	bool good = json_is_number(reports) && json_is_number(risk);
	if (good) {
		double expected = before >= 5 ? 50 : before >= 2 ? 20 : 0;
		d->compared++;
		d->different += json_number_value(reports) != before;
		d->different_risk += json_number_value(risk) != expected;
	}
	json_decref(object);
	return good;
}

struct counts {
	size_t complaints, numbers;
	size_t hit[LINES], hit_numbers[LINES];
	size_t once; /* numbers complained about for the first time, and only once this day */
};

static bool count_day(struct data *d, size_t day, struct counts *c)
{
	struct text rest = buf_view(&d->file[day]), line;
	bool good = true;
	while (good && sheet_line(&rest, &line)) {
		if (line.n == 0)
			continue;
		uint32_t code = sheet_code(&d->codes, line), before = d->before[code];
		bool first = d->today[code]++ == 0;
		c->complaints++;
		c->numbers += first;
		for (size_t l = 0; l < LINES; l++) {
			c->hit[l] += before >= lines[l];
			c->hit_numbers[l] += first && before >= lines[l];
		}
		if (day > 0 && d->with_features)
			good = compare(d, before);
	}
	for (uint32_t i = 0; i < d->codes.n; i++) {
		c->once += d->before[i] == 0 && d->today[i] == 1;
		d->before[i] += d->today[i];
		d->today[i] = 0;
	}
	return good;
}

static void part(size_t hits, size_t n)
{
	struct measure_range r = measure_wilson(hits, n);
	printf(" %.1f %% (%.1f-%.1f) |", n ? 100 * (double)hits / (double)n : 0, 100 * r.low, 100 * r.high);
}

static void print_day(size_t day, const struct counts *c)
{
	printf("| %s | %zu |", days[day], c->complaints);
	for (size_t l = 0; l < LINES; l++)
		part(c->hit[l], c->complaints);
	printf(" %zu |", c->numbers);
	for (size_t l = 0; l < LINES; l++)
		part(c->hit_numbers[l], c->numbers);
	part(c->once, c->numbers);
	printf("\n");
}

static bool judge(struct data *d)
{
	struct counts base = { 0 }, sum = { 0 };
	bool good = count_day(d, 0, &base);
	printf(
		"### Complaints about numbers reported before\n\nBase of %s: %zu complaints about %zu numbers. A complaint counts as hit "
		"if its number had that many complaints on earlier dates; those of its own date don't count.\n\n",
		days[0], base.complaints, base.numbers);
	printf("| date | complaints | hit: >= 1 before | >= 2 | >= 5 | numbers | hit: >= 1 before | >= 2 | >= 5 | new and "
	       "once only |\n|---|---:|---|---|---|---:|---|---|---|---|\n");
	for (size_t day = 1; good && day < DAYS; day++) {
		struct counts c = { 0 };
		good = count_day(d, day, &c);
		print_day(day, &c);
		sum.complaints += c.complaints;
		for (size_t l = 0; l < LINES; l++)
			sum.hit[l] += c.hit[l];
	}
	printf("| all | %zu |", sum.complaints);
	for (size_t l = 0; l < LINES; l++)
		part(sum.hit[l], sum.complaints);
	printf(" | | | | |\n\n");
	if (d->with_features)
		printf("duanka over the same events: %zu calls compared, %zu with another count of reports, %zu with another "
		       "risk.\n",
		       d->compared, d->different, d->different_risk);
	return good;
}

int main(int argc, char **argv)
{
	bool events = argc > 2 && strcmp(argv[1], "--events") == 0;
	const char *folder = events ? argv[2] : argc > 1 ? argv[1] : NULL;
	char path[4096];
	if (!folder) {
		fprintf(stderr, "usage: quality_dnc [--events] FOLDER [FEATURES]\n");
		return 1;
	}
	path_of(folder, 0, path, sizeof path);
	if (sheet_absent(path))
		return 0;
	struct data d = { 0 };
	d.with_features = !events && argc > 2;
	bool good = load(&d, folder) && (!d.with_features || sheet_read_file(argv[2], &d.features));
	if (good) {
		d.features_rest = buf_view(&d.features);
		if (events)
			write_events(&d);
		else
			good = judge(&d);
	}
	if (!good)
		fprintf(stderr, "%s: can't be judged (files lack or differ from what is expected, or no memory)\n", path);
	release(&d);
	return good ? 0 : 1;
}
