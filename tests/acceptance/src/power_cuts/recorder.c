/* Records what a process writes, syncs, makes, renames and removes in one folder, in the order in which it happens, and lets syncs fail.
 *
 * Loaded into the real binary with LD_PRELOAD. Nothing is really synced: what is on disk after a cut is worked out from the recording
 * (disk.rs). Shared memory is left out, since no process finds anything there after the loss of power.
 *
 * RECORDER_FOLDER   the folder, as an absolute path without links
 * RECORDER_LOG      the file that is appended to
 * RECORDER_FAILING  a file; while it exists, syncs of files whose name ends with its content fail
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 65536

struct __attribute__((packed)) head {
    uint8_t kind;
    uint8_t failed;
    uint64_t inode;
    uint64_t offset;
    uint32_t path, other, data;
};

static char *paths[MOST_FILES];
static const char *folder, *failing;
static int recording = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define CALL(name, ...) ({ static __typeof__(&name) real; if (!real) real = REAL(name); real(__VA_ARGS__); })

__attribute__((constructor)) static void begin(void) {
    folder = getenv("RECORDER_FOLDER");
    failing = getenv("RECORDER_FAILING");
    const char *file = getenv("RECORDER_LOG");
    if (!folder || !file) return;
    int low = CALL(open, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    /* Out of the way of everything that the process counts. */
    recording = fcntl(low, F_DUPFD_CLOEXEC, 1000);
    CALL(close, low);
}

static void lock(void) {
    pthread_mutex_lock(&mutex);
    flock(recording, LOCK_EX);
}

static void unlock(void) {
    int before = errno;
    flock(recording, LOCK_UN);
    pthread_mutex_unlock(&mutex);
    errno = before;
}

/* To be called with the lock held, after what is recorded has happened. */
static void record(char kind, int failed, uint64_t inode, uint64_t offset, const char *path, const char *other, const void *data, size_t length) {
    int before = errno;
    struct head head = {kind, failed, inode, offset, path ? strlen(path) : 0, other ? strlen(other) : 0, length};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)other, head.other}, {(void *)data, length}};
    ssize_t whole = sizeof head + head.path + head.other + length;
    if (writev(recording, parts, 4) != whole) abort();
    errno = before;
}

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), of_end = strlen(end);
    return of_end > 0 && length >= of_end && !strcmp(text + length - of_end, end);
}

/* The path below the folder, or nothing when it is elsewhere or shared memory. To be freed. */
static char *inside(const char *path) {
    if (recording < 0) return NULL;
    char whole[8192];
    size_t room = sizeof whole;
    if (path[0] == '/') {
        if (strlen(path) >= room) return NULL;
        strcpy(whole, path);
    } else {
        if (!getcwd(whole, room) || strlen(whole) + strlen(path) + 2 > room) return NULL;
        strcat(strcat(whole, "/"), path);
    }
    size_t length = strlen(folder);
    if (strncmp(whole, folder, length) || (whole[length] && whole[length] != '/') || ends_with(whole, "-shm")) return NULL;
    return strdup(whole[length] ? whole + length + 1 : "");
}

static uint64_t inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : found.st_ino;
}

static const char *recorded(int fd) { return fd >= 0 && fd < MOST_FILES ? paths[fd] : NULL; }

static int opened(const char *path, int flags, mode_t mode) {
    char *below = inside(path);
    if (!below) return CALL(open64, path, flags, mode);
    lock();
    struct stat before;
    int was_there = !lstat(path, &before);
    int fd = CALL(open64, path, flags, mode);
    if (fd >= 0 && fd < MOST_FILES) {
        free(paths[fd]);
        paths[fd] = below;
        if (!was_there) record('C', 0, inode_of(fd), 0, below, NULL, NULL, 0);
        else if ((flags & O_TRUNC) && before.st_size > 0) record('T', 0, inode_of(fd), 0, NULL, NULL, NULL, 0);
    } else {
        free(below);
    }
    unlock();
    return fd;
}

#define OPEN(name, ...) \
    int name(__VA_ARGS__, int flags, ...) { \
        mode_t mode = 0; \
        if (flags & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
        return
OPEN(open, const char *path) opened(path, flags, mode); }
OPEN(open64, const char *path) opened(path, flags, mode); }
OPEN(openat, int at, const char *path) (at == AT_FDCWD || path[0] == '/') ? opened(path, flags, mode) : CALL(openat, at, path, flags, mode); }
OPEN(openat64, int at, const char *path) (at == AT_FDCWD || path[0] == '/') ? opened(path, flags, mode) : CALL(openat64, at, path, flags, mode); }
int creat(const char *path, mode_t mode) { return opened(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return opened(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }

int close(int fd) {
    if (recorded(fd)) {
        free(paths[fd]);
        paths[fd] = NULL;
    }
    return CALL(close, fd);
}

ssize_t write(int fd, const void *data, size_t length) {
    if (!recorded(fd)) return CALL(write, fd, data, length);
    lock();
    ssize_t written = CALL(write, fd, data, length);
    if (written > 0) record('W', 0, inode_of(fd), lseek(fd, 0, SEEK_CUR) - written, NULL, NULL, data, written);
    unlock();
    return written;
}

#define PWRITE(name) \
    ssize_t name(int fd, const void *data, size_t length, off_t offset) { \
        if (!recorded(fd)) return CALL(name, fd, data, length, offset); \
        lock(); \
        ssize_t written = CALL(name, fd, data, length, offset); \
        if (written > 0) record('W', 0, inode_of(fd), offset, NULL, NULL, data, written); \
        unlock(); \
        return written; \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define TRUNCATE(name) \
    int name(int fd, off_t length) { \
        if (!recorded(fd)) return CALL(name, fd, length); \
        lock(); \
        int failed = CALL(name, fd, length); \
        if (!failed) record('T', 0, inode_of(fd), length, NULL, NULL, NULL, 0); \
        unlock(); \
        return failed; \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

static int has_to_fail(const char *path) {
    char end[256];
    int fd = failing ? CALL(open64, failing, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    ssize_t length = read(fd, end, sizeof end - 1);
    CALL(close, fd);
    if (length <= 0) return 0;
    end[length] = 0;
    return ends_with(path, end);
}

static int synced(int fd) {
    lock();
    struct stat found;
    int failed = has_to_fail(recorded(fd)) ? EIO : 0;
    if (!fstat(fd, &found) && S_ISDIR(found.st_mode)) record('D', failed, 0, 0, recorded(fd), NULL, NULL, 0);
    else record('S', failed, found.st_ino, 0, recorded(fd), NULL, NULL, 0);
    unlock();
    errno = failed;
    return failed ? -1 : 0;
}

int fsync(int fd) { return recorded(fd) ? synced(fd) : CALL(fsync, fd); }
int fdatasync(int fd) { return recorded(fd) ? synced(fd) : CALL(fdatasync, fd); }

/* Names that change: of one path, or of two. */
static int renamed(char kind, const char *path, const char *other, int result) {
    char *below = inside(path), *also = other ? inside(other) : NULL;
    if (!result && (below || also)) record(kind, 0, 0, 0, below ? below : "", also, NULL, 0);
    free(below);
    free(also);
    return result;
}

#define NAMES(kind, path, other, call) { if (recording < 0) return call; lock(); int result = renamed(kind, path, other, call); unlock(); return result; }
int rename(const char *from, const char *to) NAMES('R', from, to, CALL(rename, from, to))
int link(const char *from, const char *to) NAMES('L', from, to, CALL(link, from, to))
int linkat(int a, const char *from, int b, const char *to, int flags) NAMES('L', from, to, CALL(linkat, a, from, b, to, flags))
int unlink(const char *path) NAMES('U', path, NULL, CALL(unlink, path))
int unlinkat(int at, const char *path, int flags) NAMES('U', path, NULL, CALL(unlinkat, at, path, flags))
int rmdir(const char *path) NAMES('U', path, NULL, CALL(rmdir, path))
int mkdir(const char *path, mode_t mode) NAMES('M', path, NULL, CALL(mkdir, path, mode))
