/* test_script.c - every type's script is whole in both languages, short enough to be spoken, and names no number that could be dialled but 110 and 96110. */
#include "tests/test.h"
#include "desk/desk_int.h"
#include "desk/script.h"
#include "desk/warning.h"

static uint32_t n_lines(uint32_t scam, uint32_t part)
{
	uint32_t n = 0;

	while (script_line(scam, part, n) != NULL)
		n++;
	return n;
}

static uint32_t n_characters(const char *z)
{
	uint32_t n = 0;

	for (; *z != 0; z++)
		n += ((unsigned char)*z & 0xc0) != 0x80;
	return n;
}

/* Digits of any writing: ASCII, and the full-width ones, U+FF10 to U+FF19. */
static void only_known_numbers(const char *z)
{
	while (*z != 0) {
		size_t n = strspn(z, "0123456789");

		assert_true(n == 0 || (n == 3 && memcmp(z, "110", 3) == 0) || (n == 5 && memcmp(z, "96110", 5) == 0));
		assert_false(memcmp(z, "\xef\xbc", strnlen(z, 2)) == 0 && (unsigned char)z[2] >= 0x90 &&
		             (unsigned char)z[2] <= 0x99);
		z += n == 0 ? 1 : n;
	}
}

static void one_line(const struct script_line *l)
{
	bool chinese = false;

	assert_non_null(l->zh);
	assert_non_null(l->en);
	assert_true(text_utf8_valid(text_z(l->zh)));
	assert_in_range(n_characters(l->zh), 5, SCRIPT_ZH_MAX);
	assert_in_range(strlen(l->en), 10, SCRIPT_EN_MAX);
	for (const char *p = l->zh; *p != 0; p++)
		chinese |= (unsigned char)*p >= 0xe4 && (unsigned char)*p <= 0xe9;
	assert_true(chinese);
	for (const char *p = l->en; *p != 0; p++)
		assert_in_range((unsigned char)*p, ' ', '~');
	only_known_numbers(l->zh);
	only_known_numbers(l->en);
	assert_true(l->if_yes < DESK_SCAMS);
}

static void whole(void **state)
{
	(void)state;
	for (uint32_t part = 0; part < SCRIPT_PARTS; part++) {
		assert_non_null(script_parts[part].name);
		assert_non_null(script_parts[part].zh);
		assert_non_null(script_parts[part].en);
		for (uint32_t scam = 0; scam < DESK_SCAMS; scam++) {
			assert_true(n_lines(scam, part) > 0);
			for (uint32_t i = 0; i < n_lines(scam, part); i++) {
				const struct script_line *l = script_line(scam, part, i);

				one_line(l);
				assert_true(part == SCRIPT_ASK || l->if_yes == 0);
			}
		}
	}
}

static bool says(uint32_t scam, uint32_t part, const char *zh)
{
	const struct script_line *l;

	for (uint32_t i = 0; (l = script_line(scam, part, i)) != NULL; i++)
		if (strstr(l->zh, zh) != NULL)
			return true;
	return false;
}

/* What no script may lack, whatever the type. */
static void always_said(void **state)
{
	static const struct {
		uint8_t part;
		const char *zh;
	} must[] = {
		{ SCRIPT_CALL, "96110" }, { SCRIPT_CALL, "验证码" },  { SCRIPT_MACHINE, "自动" },  { SCRIPT_MACHINE, "96110" },
		{ SCRIPT_DOOR, "证件" },  { SCRIPT_CHECK, "挂断" },   { SCRIPT_CHECK, "96110" },   { SCRIPT_CHECK, "派出所" },
		{ SCRIPT_NOW, "不转账" }, { SCRIPT_NOW, "共享屏幕" }, { SCRIPT_NOW, "别删" },      { SCRIPT_NOW, "银行" },
		{ SCRIPT_NOW, "证据" },   { SCRIPT_PAID, "110" },     { SCRIPT_PAID, "银行" },     { SCRIPT_PAID, "越早" },
		{ SCRIPT_NEVER, "身份" }, { SCRIPT_NEVER, "不吓唬" }, { SCRIPT_REFUSES, "96110" }, { SCRIPT_OTHERS, "家人" },
	};

	(void)state;
	for (uint32_t scam = 0; scam < DESK_SCAMS; scam++)
		for (size_t i = 0; i < ARRAY_LEN(must); i++)
			assert_true(says(scam, must[i].part, must[i].zh));
}

/* Three to five questions; those of an unknown type each lead to another known one; a type's own speak for it, but for look-alikes. No two types break the spell with the same words. */
static void own(void **state)
{
	(void)state;
	for (uint32_t scam = 0; scam < DESK_SCAMS; scam++) {
		uint32_t n = n_lines(scam, SCRIPT_ASK), for_it = 0, led = 0;

		assert_in_range(n, 3, 5);
		for (uint32_t i = 0; i < n; i++) {
			uint32_t to = script_if_yes(scam, script_line(scam, SCRIPT_ASK, i));

			assert_int_equal(led >> to & 1, scam != SCRIPT_UNKNOWN && to == scam && for_it > 0);
			led |= 1u << to;
			for_it += to == scam;
		}
		assert_true(scam == SCRIPT_UNKNOWN ? for_it == 0 : for_it >= 3);
		for (uint32_t other = 0; other < scam; other++)
			assert_string_not_equal(script_line(scam, SCRIPT_SPELL, 0)->zh, script_line(other, SCRIPT_SPELL, 0)->zh);
	}
}

static void found(void **state)
{
	(void)state;
	for (uint32_t scam = 0; scam < DESK_SCAMS; scam++) {
		assert_int_equal(script_find(text_z(script_name(scam))), scam);
		assert_true(strlen(script_zh(scam)) > 0);
	}
	assert_int_equal(script_find(TEXT("")), DESK_SCAMS);
	assert_int_equal(script_find(TEXT("task")), DESK_SCAMS);
	assert_int_equal(script_find(TEXT("tasks-")), DESK_SCAMS);
}

/* Kinds that have a type of scam have a script, others have none. */
static void of_objects(void **state)
{
	static struct desk_object o;

	(void)state;
	for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
		memset(&o, 0, sizeof(o));
		o.kind = (uint8_t)kind;
		assert_int_equal(script_of(&o),
		                 desk_field_find(desk_machine(kind), TEXT("scam")) != 0 ? SCRIPT_UNKNOWN : DESK_SCAMS);
	}
	o.kind = DESK_WARNING;
	desk_set_i(&o, WARNING_F_SCAM, SCAM_POLICE);
	assert_int_equal(script_of(&o), SCAM_POLICE);
}

/* What a script says itself reads like its type; what people write to each other, like none. */
static void like(void **state)
{
	static const char *const innocent[] = { "",
		                                    "今晚回家吃饭吗？我买了菜。",
		                                    "明天下午三点在会议室开会，请带上合同。",
		                                    "快递放门口了，谢谢。",
		                                    "生日快乐！祝你天天开心。",
		                                    "您的验证码是一二三四五六，请勿告诉他人。",
		                                    "Your parcel is waiting.",
		                                    "\xe5\x85",
		                                    "公安" };
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	for (uint32_t scam = 1; scam < SCAM_OTHER; scam++) {
		const struct script_line *l;

		buf_clear(&b);
		for (uint32_t i = 0; (l = script_line(scam, SCRIPT_ASK, i)) != NULL; i++)
			if (script_if_yes(scam, l) == scam)
				buf_z(&b, l->zh);
		for (uint32_t i = 0; (l = script_line(scam, SCRIPT_SPELL, i)) != NULL; i++)
			buf_z(&b, l->zh);
		if (script_like(buf_view(&b)) != scam)
			fail_msg("%s reads like %s", script_name(scam), script_name(script_like(buf_view(&b))));
	}
	buf_release(&b);
	for (size_t i = 0; i < ARRAY_LEN(innocent); i++)
		assert_int_equal(script_like(text_z(innocent[i])), SCRIPT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole), cmocka_unit_test(always_said), cmocka_unit_test(own),
		cmocka_unit_test(found), cmocka_unit_test(of_objects),  cmocka_unit_test(like),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
