/* fuzz_scene.c - a scenario file: what is refused says why in whole lines of text, and what is taken can be played: spans
 * in order, each repeat and its end naming each other, something to choose from wherever a choice is drawn. */
#include "base/mem.h"
#include "sim/scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_dial(const struct dial *d)
{
	for (int k = 0; k < DIFFICULTIES; k++)
		CHECK(0 <= d->d[k].lo && d->d[k].lo <= d->d[k].hi && d->d[k].hi <= 100000000000);
}

static uint32_t sum(const uint16_t *weight, int n)
{
	uint32_t v = 0;
	for (int i = 0; i < n; i++)
		v += weight[i];
	return v;
}

static void check_block(const struct scene_block *b)
{
	uint32_t open = 0;

	CHECK(b->name[0] && b->title[0] && strlen(b->name) <= SCENE_NAME_MAX && strlen(b->title) <= SCENE_TITLE_MAX);
	CHECK(text_utf8_valid(text_z(b->title)) && strpbrk(b->title, ",\"\\\n\r") == NULL);
	for (int k = 0; k < SCENE_KEYS; k++)
		check_dial(&b->key[k]);
	CHECK(sum(b->typology, TYPOLOGIES) > 0 && sum(b->way, WAYS) > 0);
	CHECK(b->kind != BLOCK_SCAM || (sum(b->group, GROUPS) > 0 && b->n_steps > 0));
	for (uint32_t i = 0; i < b->n_steps; i++) {
		const struct scene_step *s = &b->step[i];
		check_dial(&s->a);
		check_dial(&s->b);
		if (s->op == STEP_REPEAT) {
			CHECK(++open <= SCENE_NEST_MAX && s->jump > i && s->jump < b->n_steps);
			CHECK(b->step[s->jump].op == STEP_END && b->step[s->jump].jump == i);
		}
		if (s->op == STEP_END) {
			CHECK(open-- > 0 && s->jump < i && b->step[s->jump].op == STEP_REPEAT);
		}
	}
	CHECK(open == 0);
}

static void check_errors(struct text t)
{
	size_t lines = 0;

	CHECK(t.n > 0 && t.p[t.n - 1] == '\n' && text_utf8_valid(t));
	for (size_t i = 0, from = 0; i < t.n; i++) {
		CHECK((unsigned char)t.p[i] >= 0x20 || t.p[i] == '\n');
		if (t.p[i] != '\n')
			continue;
		struct text line = text_of(t.p + from, i - from);
		CHECK(text_starts(line, text_z("f:")) && text_contains(line, text_z(": error: ")));
		from = i + 1;
		lines++;
	}
	CHECK(lines <= 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct scene *s = mem_alloc(sizeof(*s));
	struct buf errors;

	CHECK(s);
	buf_init(&errors, 1 << 16);
	if (scene_parse(s, "f", text_of((const char *)p, n), &errors)) {
		CHECK(errors.n == 0 && s->n_blocks > 0 && s->n_blocks <= SCENE_BLOCKS_MAX);
		for (uint32_t i = 0; i < s->n_blocks; i++)
			check_block(&s->block[i]);
	} else {
		check_errors(buf_view(&errors));
	}
	buf_release(&errors);
	mem_free(s);
	return 0;
}
