/* peak.c - runs a command and prints its wall time and its peak of resident memory: for benchmarks.
 * peak COMMAND [ARGUMENT...]: the command's exit status; the figures go to standard error. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec a, b;
	struct rusage use;
	int status = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: peak COMMAND [ARGUMENT...]\n");
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &a);
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0) {
		perror("peak");
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	fprintf(stderr, "%.2f s wall, %.2f s user, %.2f s system, %.1f MiB at most\n",
	        (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9,
	        (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec * 1e-6,
	        (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec * 1e-6, (double)use.ru_maxrss / 1024);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
