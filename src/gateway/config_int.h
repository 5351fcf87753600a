/* config_int.h - what the parts of the settings share: a TOML file as items (config_toml.c), a value into its field (config_value.c), and
 * messages with their place. */
#ifndef DUANKA_GATEWAY_CONFIG_INT_H
#define DUANKA_GATEWAY_CONFIG_INT_H
#include "gateway/config.h"

enum {
	CONFIG_ROWS_MAX = 128, /* settings of one table, their end among them; config_table.c sees to it */
	TOML_NAMES_MAX = 2,
	TOML_TEXTS_MAX = TENANT_SEES_MAX,
	TOML_SCRATCH_BYTES = 16 << 10, /* for the texts of one item */
	TOML_MESSAGE_BYTES = 256,
	SHOWN_BYTES = 40 /* of the user's words in a message */
};

struct toml_word {
	struct text text;
	uint32_t line, col; /* col counts characters, from 1 */
};

enum toml_kind {
	TOML_TEXT,
	TOML_NUMBER, /* the digits, without _ */
	TOML_SWITCH, /* true or false */
	TOML_TEXTS
};

/* [a.b], or a = value. */
struct toml_item {
	bool header;
	uint32_t n_names;
	struct toml_word name[TOML_NAMES_MAX];
	enum toml_kind kind;
	uint32_t n_values; /* 1, but for TOML_TEXTS */
	struct toml_word value[TOML_TEXTS_MAX], value_at;
};

struct toml {
	struct text in;
	size_t at, line_start;
	uint32_t line;
	bool in_list;
	struct toml_word wrong; /* text: message */
	char message[TOML_MESSAGE_BYTES];
	char scratch[TOML_SCRATCH_BYTES];
	size_t scratch_n;
};

enum toml_next {
	TOML_ITEM,
	TOML_WRONG, /* wrong says where and what; the next call goes on behind it */
	TOML_END
};

void toml_start(struct toml *t, struct text in);
/* The item's texts are good until the next call. */
enum toml_next toml_next(struct toml *t, struct toml_item *out);

/* Puts a plain text into the field. False: what is wrong; what would be right is added to message, and base is as it was. For SETTING_TEXTS
 * it adds one. */
bool setting_put(const struct setting *s, void *base, struct text value, struct buf *message);
void setting_default(const struct setting *s, void *base);
bool setting_same(const struct setting *s, const void *a, const void *b);
const struct setting *setting_find(const struct setting *table, struct text name);
/* As much of the user's words as a message shows, no character cut in two. */
struct text config_shown(struct text t);
#define SHOWN(t) (int)config_shown(t).n, config_shown(t).p

#endif
