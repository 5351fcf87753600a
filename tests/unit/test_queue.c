/* test_queue.c - everything pushed is popped once, in each pusher's order, whatever the threads do; closing wakes all. */
#include "tests/test.h"
#include "base/mem.h"
#include "base/queue.h"

enum {
	PUSHERS = 3,
	POPPERS = 2,
	EACH = 20000
};

struct item {
	int from, number;
};

struct shared {
	struct queue q;
	struct item *item; /* PUSHERS * EACH */
	int next_pusher;
	pthread_mutex_t lock;
	uint64_t sum;
	uint64_t popped;
	int disorder;
};

static void *push_all(void *arg)
{
	struct shared *s = arg;
	pthread_mutex_lock(&s->lock);
	int me = s->next_pusher++;
	pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < EACH; i++) {
		struct item *it = &s->item[me * EACH + i];
		*it = (struct item){ me, i + 1 };
		if (!queue_push(&s->q, it))
			return NULL;
	}
	return s;
}

static void *pop_all(void *arg)
{
	struct shared *s = arg;
	int last[PUSHERS] = { 0 };
	uint64_t sum = 0, popped = 0;
	int disorder = 0;
	for (struct item *it; (it = queue_pop(&s->q)) != NULL;) {
		disorder += it->number <= last[it->from];
		last[it->from] = it->number;
		sum += (uint64_t)it->number;
		popped++;
	}
	pthread_mutex_lock(&s->lock);
	s->sum += sum;
	s->popped += popped;
	s->disorder += disorder;
	pthread_mutex_unlock(&s->lock);
	return s;
}

static void test_threads(void **state)
{
	(void)state;
	struct shared s = { .lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_t pusher[PUSHERS], popper[POPPERS];
	s.item = mem_alloc_array(PUSHERS * EACH, sizeof *s.item);
	assert_non_null(s.item);
	assert_int_equal(queue_init(&s.q, 5), ERR_OK);
	for (int i = 0; i < POPPERS; i++)
		assert_int_equal(pthread_create(&popper[i], NULL, pop_all, &s), 0);
	for (int i = 0; i < PUSHERS; i++)
		assert_int_equal(pthread_create(&pusher[i], NULL, push_all, &s), 0);
	for (int i = 0; i < PUSHERS; i++) {
		void *done = NULL;
		pthread_join(pusher[i], &done);
		assert_ptr_equal(done, &s);
	}
	queue_close(&s.q);
	for (int i = 0; i < POPPERS; i++)
		pthread_join(popper[i], NULL);
	assert_int_equal(s.popped, PUSHERS * EACH);
	assert_int_equal(s.sum, (uint64_t)PUSHERS * EACH * (EACH + 1) / 2);
	assert_int_equal(s.disorder, 0);
	queue_release(&s.q);
	mem_free(s.item);
}

static void *push_until_closed(void *arg)
{
	struct shared *s = arg;
	static int x;
	while (queue_push(&s->q, &x))
		s->popped++; /* only this thread, until it is joined */
	return s;
}

static void test_close_wakes(void **state)
{
	(void)state;
	struct shared s = { .popped = 0 };
	pthread_t t;
	assert_int_equal(queue_init(&s.q, 4), ERR_OK);
	assert_int_equal(pthread_create(&t, NULL, push_until_closed, &s), 0);
	for (int i = 0; i < 100; i++)
		assert_non_null(queue_pop(&s.q));
	queue_close(&s.q); /* the pusher may be asleep in a full queue */
	pthread_join(t, NULL);
	uint64_t left = 0;
	while (queue_pop(&s.q))
		left++;
	assert_true(left <= 4 && s.popped == 100 + left);
	assert_null(queue_pop(&s.q));
	assert_false(queue_push(&s.q, &s));
	queue_release(&s.q);
	queue_release(&s.q);
}

static void test_memory(void **state)
{
	(void)state;
	struct queue q;
	mem_fail_at(1);
	assert_int_equal(queue_init(&q, 4), ERR_MEMORY);
	mem_fail_at(0);
	queue_release(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_close_wakes),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
