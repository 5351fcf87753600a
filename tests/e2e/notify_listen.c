/* notify_listen.c - a service manager's ear for tests: notify_listen PATH makes a datagram socket there, says "bound", then each line it hears. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char z[4096];
	ssize_t n;

	if (argc != 2 || fd < 0)
		return 1;
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", argv[1]);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		return 1;
	puts("bound");
	while (fflush(stdout) == 0 && (n = recv(fd, z, sizeof(z) - 1, 0)) > 0) {
		z[n] = 0;
		puts(z);
	}
	return 0;
}
