/* config_print.c - settings as a file that reads back as the same settings, each with its meaning: what `duanka serve --settings` shows. */
#include "base/mem.h"
#include "gateway/config_int.h"

static const char top[] =
	"# duanka.toml - settings of duanka serve / duanka 服务设置\n"
	"#\n"
	"# A setting behind # has its default; remove the # to change it. Meanings are told in English and Chinese; then come the name in the\n"
	"# environment and the option on the command line (both override this file), what it takes, and whether a running service\n"
	"# takes a change at SIGHUP or only at its next start.\n"
	"# 行首 # 表示采用默认值，去掉 # 即可修改。各项依次为英文和中文说明、环境变量名与命令行选项（二者优先于本文件）、\n"
	"# 取值范围，以及运行中收到 SIGHUP 时即生效（reload）还是重启后生效（restart）。\n";

static const char tenants[] =
	"\n# Organisations: one table each, with a name as in duanka keys add --tenant NAME. Without any table every\n"
	"# key sees everything; where there are some, an organisation without one has number 0, no limits, and sees no alerts.\n"
	"# 机构：每个机构一张表，名称与 duanka keys add --tenant NAME 一致。一张表也没有时，所有密钥都可查看全部；\n"
	"# 有表时，没有表的机构编号为 0、不限速、看不到任何预警。\n"
	"#[tenant.bank-1]\n";

static void meaning(const struct setting *s, struct buf *out)
{
	buf_printf(out, "\n# %s\n# %s\n", s->en, s->zh);
}

static void row(const struct setting *s, const struct config *c, const struct config *standard, struct buf *out)
{
	meaning(s, out);
	buf_z(out, "# DUANKA_");
	for (const char *p = s->name; *p != 0; p++)
		buf_char(out, *p == '.' ? '_' : *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
	if (s->option != NULL)
		buf_printf(out, "; %s", s->option);
	buf_z(out, "; ");
	config_range(s, out);
	buf_z(out, s->live ? "; reload\n" : "; restart\n");
	buf_printf(out, "%s%s = ", setting_same(s, c, standard) ? "#" : "", strchr(s->name, '.') + 1);
	config_value(s, c, out);
	buf_char(out, '\n');
}

static void tenant_name(struct text name, struct buf *out)
{
	bool bare = true;

	for (size_t i = 0; i < name.n; i++)
		bare = bare && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", name.p[i]) != NULL;
	buf_z(out, bare ? "" : "\"");
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			buf_char(out, '\\');
		buf_char(out, name.p[i]);
	}
	buf_z(out, bare ? "" : "\"");
}

static void tenant(const struct tenant *t, const struct tenant *standard, struct buf *out)
{
	buf_z(out, "\n[tenant.");
	tenant_name(text_z(t->name), out);
	buf_z(out, "]\n");
	for (const struct setting *s = config_tenant_settings; s->name != NULL; s++)
		if (!setting_same(s, t, standard)) {
			buf_printf(out, "%s = ", s->name);
			config_value(s, t, out);
			buf_char(out, '\n');
		}
}

void config_print(const struct config *c, struct buf *out)
{
	struct config *standard = mem_alloc(sizeof(*standard));
	struct tenant *plain = standard == NULL ? NULL : &standard->tenant[0];
	const char *table = "";

	if (standard == NULL) {
		out->err = ERR_MEMORY;
		return;
	}
	config_default(standard);
	buf_z(out, top);
	for (const struct setting *s = config_settings; s->name != NULL; s++) {
		size_t n = strcspn(s->name, ".");

		if (strncmp(table, s->name, n + 1) != 0)
			buf_printf(out, "\n[%.*s]", (int)n, s->name);
		if (strncmp(table, s->name, n + 1) != 0)
			buf_char(out, '\n');
		table = s->name;
		row(s, c, standard, out);
	}
	buf_z(out, tenants);
	for (const struct setting *s = config_tenant_settings; s->name != NULL; s++) {
		setting_default(s, plain);
		meaning(s, out);
		buf_z(out, "# ");
		config_range(s, out);
		buf_printf(out, "\n#%s = ", s->name);
		if (s->standard == NULL)
			buf_z(out, "1");
		else
			config_value(s, plain, out);
		buf_char(out, '\n');
	}
	for (uint32_t i = 0; i < c->n_tenants; i++)
		tenant(&c->tenant[i], plain, out);
	mem_free(standard);
}
