/* args.c - options; see args.h. */
#include "app/args.h"
#include "base/clock.h"
#include <stdio.h>

static int wrong(const struct args *a, const char *what, const char *which, const char *right)
{
	fprintf(stderr, "duanka %s: %s %s; %s\n", a->command, what, which, right);
	return ARGS_WRONG;
}

static int take(struct args *a, const struct args_option *o, const char *name, const char *attached, const char **value)
{
	*value = attached;
	if (!o->takes_value)
		return attached == NULL ? o->number : wrong(a, "no value goes with", name, "leave out what follows =");
	if (attached == NULL) {
		if (a->at >= a->argc)
			return wrong(a, "a value is missing after", name, "see --help");
		*value = a->argv[a->at++];
	}
	return o->number;
}

int args_next(struct args *a, const struct args_option *o, size_t n, const char **value)
{
	const char *z;
	size_t name_n;

	if (a->at >= a->argc)
		return ARGS_END;
	z = a->argv[a->at++];
	*value = z;
	if (z[0] != '-' || z[1] == 0)
		return ARGS_OPERAND;
	name_n = strcspn(z, "=");
	for (size_t i = 0; i < n; i++) {
		if (strncmp(z, "--", 2) == 0 && strlen(o[i].name) == name_n && strncmp(z, o[i].name, name_n) == 0)
			return take(a, &o[i], o[i].name, z[name_n] == '=' ? z + name_n + 1 : NULL, value);
		if (z[1] != '-' && z[1] == o[i].letter)
			return take(a, &o[i], o[i].name, z[2] != 0 ? z + 2 : NULL, value);
	}
	return wrong(a, "there is no option", z, "see --help");
}

struct unit_scale {
	const char *name;
	int64_t scale;
};

static bool scaled(const char *z, const struct unit_scale *u, size_t n, int64_t *out)
{
	size_t digits = strspn(z, "0123456789");

	if (digits == 0 || text_to_int(text_of(z, digits), out) != ERR_OK)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(z + digits, u[i].name) == 0)
			return !__builtin_mul_overflow(*out, u[i].scale, out);
	return false;
}

bool args_duration_of(const char *z, int64_t *out_us)
{
	static const struct unit_scale units[] = {
		{ "s", US_PER_SECOND }, { "min", US_PER_MINUTE }, { "h", US_PER_HOUR }, { "d", US_PER_DAY }, { "ms", 1000 }
	};

	return scaled(z, units, ARRAY_LEN(units), out_us);
}

bool args_duration(const struct args *a, const char *option, const char *z, int64_t *out_us)
{
	if (args_duration_of(z, out_us) && *out_us <= 7 * US_PER_DAY)
		return true;
	wrong(a, option, "takes a duration of at most 7 days", "write 30s, 10min, 2h or 1d");
	return false;
}

bool args_bytes(const struct args *a, const char *option, const char *z, size_t *out)
{
	static const struct unit_scale units[] = { { "MiB", 1 << 20 }, { "GiB", 1 << 30 }, { "KiB", 1 << 10 } };
	int64_t v;

	if (scaled(z, units, ARRAY_LEN(units), &v) && v >= 1 << 20 && v <= (int64_t)60 << 30) {
		*out = (size_t)v;
		return true;
	}
	wrong(a, option, "takes a size from 1MiB to 60GiB", "write 512MiB or 4GiB");
	return false;
}

bool args_number(const struct args *a, const char *option, const char *z, int64_t least, int64_t most, int64_t *out)
{
	char right[80];

	if (text_to_int(text_z(z), out) == ERR_OK && *out >= least && *out <= most)
		return true;
	snprintf(right, sizeof(right), "write a number from %lld to %lld", (long long)least, (long long)most);
	wrong(a, option, "does not take that value", right);
	return false;
}

bool args_time(const struct args *a, const char *option, const char *z, bool last, int64_t *out_us)
{
	bool date = strlen(z) == 10;
	char whole[64], what[96];

	snprintf(whole, sizeof(whole), "%.32s%s", z, !date ? "" : last ? "T23:59:59.999999" : "T00:00:00");
	if (strlen(z) <= 32 && clock_parse(text_z(whole), &clock_shanghai, out_us) == ERR_OK)
		return true;
	snprintf(what, sizeof(what), "does not take %.40s", z);
	wrong(a, option, what, "write 2026-03-01 or 2026-03-01T08:00:00");
	return false;
}
