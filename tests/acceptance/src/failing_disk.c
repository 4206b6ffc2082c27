/* Lets writes, or syncs, of files in one folder fail, as on a disk that is full or broken.
 *
 * Loaded into the real binary with LD_PRELOAD.
 *
 * FAILING_DISK_RULE  a file; while it exists, it holds "write N END" or "sync N END": writes (or syncs) of files whose path ends with END
 *                    fail with the error number N
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALL(name, ...) ({ static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); real(__VA_ARGS__); })

/* The error number that this deed has to fail with, or 0. */
static int has_to_fail(const char *deed, int fd) {
    const char *file = getenv("FAILING_DISK_RULE");
    int rule = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    if (rule < 0) return 0;
    char text[512], failing[16], end[256], link[64], path[4096];
    ssize_t length = read(rule, text, sizeof text - 1);
    close(rule);
    int number;
    text[length < 0 ? 0 : length] = 0;
    if (sscanf(text, "%15s %d %255s", failing, &number, end) != 3 || strcmp(failing, deed)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < (ssize_t)strlen(end)) return 0;
    path[length] = 0;
    return strcmp(path + length - strlen(end), end) ? 0 : number;
}

#define FAIL(deed, fd) { int before = errno, number = has_to_fail(deed, fd); errno = number ? number : before; if (number) return -1; }

ssize_t write(int fd, const void *data, size_t length) {
    FAIL("write", fd)
    return CALL(write, fd, data, length);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    FAIL("write", fd)
    return CALL(pwrite, fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    FAIL("write", fd)
    return CALL(pwrite64, fd, data, length, offset);
}

int fsync(int fd) {
    FAIL("sync", fd)
    return CALL(fsync, fd);
}

int fdatasync(int fd) {
    FAIL("sync", fd)
    return CALL(fdatasync, fd);
}
