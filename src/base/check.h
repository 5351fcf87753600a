/* check.h - bugs abort, operating errors are returned.
 *
 * CHECK stays in release builds and belongs on cold paths; CHECK_HOT costs nothing outside debug builds. A failed check
 * is a bug in duanka, never a consequence of input. Errors that the world can cause are an enum err instead. */
#ifndef DUANKA_BASE_CHECK_H
#define DUANKA_BASE_CHECK_H

#define CHECK(cond) ((cond) ? (void)0 : check_failed(__FILE__, __LINE__, #cond))
#ifdef DUANKA_DEBUG
#define CHECK_HOT(cond) CHECK(cond)
#else
#define CHECK_HOT(cond) ((void)0)
#endif

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

_Noreturn void check_failed(const char *file, int line, const char *what);

#endif
