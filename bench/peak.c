/* peak.c - runs a command and prints, on standard error, how long it took and how much memory it held at most. Nothing like
 * it is installed everywhere; the shell's `time` knows no memory.
 *
 *   peak COMMAND ARGUMENTS...    ends with the command's exit status; 127 if it could not be run */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct timespec from, to;
	struct rusage use;
	int status;

	if (argc < 2) {
		fputs("Usage: peak COMMAND ARGUMENTS...\n", stderr);
		return 127;
	}
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid_t child = fork();
	if (child == 0) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || getrusage(RUSAGE_CHILDREN, &use)) {
		perror("peak");
		return 127;
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	double wall_s = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	fprintf(stderr, "wall_s %.3f cpu_s %.3f peak_kib %ld\n", wall_s, seconds(use.ru_utime) + seconds(use.ru_stime),
	        use.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
