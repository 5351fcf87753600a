/* lang.c - which language, its words, and how wide they are on a terminal. */
#include "show/lang.h"
#include <stdlib.h>

const char *word(enum lang l, enum word w)
{
	static const char *const words[][2] = {
#define X(id, en, zh) { en, zh },
		WORDS(X)
#undef X
	};

	return words[w][l == LANG_ZH];
}

enum lang lang_of_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *z = getenv(names[i]);

		if (z != NULL && *z != 0)
			return strncmp(z, "zh", 2) == 0 ? LANG_ZH : LANG_EN;
	}
	return LANG_EN;
}

bool lang_parse(const char *z, enum lang *out)
{
	*out = strcmp(z, "zh") == 0 ? LANG_ZH : LANG_EN;
	return strcmp(z, "zh") == 0 || strcmp(z, "en") == 0;
}

static uint32_t next_point(struct text t, size_t *at)
{
	unsigned char c = (unsigned char)t.p[*at];
	uint32_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0, point = more ? c & (0x3fu >> more) : c;

	for ((*at)++; more > 0 && *at < t.n; more--, (*at)++)
		point = point << 6 | ((unsigned char)t.p[*at] & 0x3f);
	return point;
}

size_t lang_width(struct text t)
{
	size_t columns = 0;

	for (size_t i = 0; i < t.n;) {
		uint32_t c = next_point(t, &i);
		bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
		            (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
		            (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);

		columns += c < 0x20 || (c >= 0x300 && c <= 0x36f) ? 0 : wide ? 2 : 1;
	}
	return columns;
}
