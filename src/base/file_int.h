/* file_int.h - file.c's counted system calls, for outfile.c and disk.c. */
#ifndef DUANKA_BASE_FILE_INT_H
#define DUANKA_BASE_FILE_INT_H
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool file_refused(void); /* counts one changing operation; true, with errno, if it is the one that shall fail */
int file_open_new(const char *path, int flags); /* -1 and errno */
enum err file_write_fd(int fd, const char *p, size_t n, uint64_t *written_bytes);
enum err file_close_fd(int fd);

#endif
