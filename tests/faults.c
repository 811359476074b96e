/* Makes the nth call of a process that changes a file, or talks to another, fail, be cut short, or be its last.

   Loaded before all else (LD_PRELOAD). Nothing is spoiled before fault_begin says which calls count: those on files
   under a folder, and on sockets where it says so. Only calls that a kind of fault can befall are counted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SHORT = -1, KILL = -2 }; /* kinds; all others are an errno */
enum { WRITES, SYNCS, NAMES, REMOVALS }; /* what a call does */

static long calls;
static long at;
static int kind;
static int sockets;
static int log_to = -1;
static char under[PATH_MAX];

/* Count from now on, and spoil the call of this number; none where it is 0. */
void fault_begin(const char *folder, int with_sockets, long number, int what) {
    snprintf(under, sizeof under, "%s", folder);
    sockets = with_sockets;
    at = number;
    kind = what;
    calls = 0;
}

/* Write each call that counts, and the path it is about, into a file. */
void fault_log(const char *file) { log_to = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); }

long fault_calls(void) { return calls; }

static int is_under(const char *path) {
    return *under && path && !strncmp(path, under, strlen(under));
}

/* The path of an open file. */
static const char *path_of(int fd, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = *under ? readlink(link, path, PATH_MAX - 1) : -1;
    path[length < 0 ? 0 : length] = 0;
    return path;
}

static const char *path_at(int folder, const char *name, char path[PATH_MAX]) {
    if (*name == '/' || folder == AT_FDCWD)
        return name;
    size_t length = strlen(path_of(folder, path));
    snprintf(path + length, PATH_MAX - length, "/%s", name);
    return path;
}

static int can_befall(int call) {
    switch (kind) {
    case KILL: return 1;
    case EIO: return 1;
    case ENOSPC: return call != REMOVALS;
    case EINTR: return call == WRITES || call == SYNCS;
    default: return call == WRITES;
    }
}

/* Whether a call is to be spoiled. */
static int now(const char *name, const char *path, int call) {
    if (!(is_under(path) || (sockets && !strncmp(path, "socket:", 7))) || !can_befall(call))
        return 0;
    if (log_to >= 0)
        dprintf(log_to, "%s\t%s\n", name, path);
    if (__atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) != at)
        return 0;
    if (kind == KILL) {
        kill(getpid(), SIGKILL);
        pause();
    }
    errno = kind;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Writing: where it is not to fail, the first half of the data is written. */
#define SPOILED(name, fd, size) \
    char path[PATH_MAX]; \
    if (now(#name, path_of(fd, path), WRITES)) { \
        if (kind != SHORT) \
            return -1; \
        if (size > 1) \
            size /= 2; \
    }

ssize_t write(int fd, const void *data, size_t size) {
    SPOILED(write, fd, size)
    return REAL(write)(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t where) {
    SPOILED(write, fd, size)
    return REAL(pwrite64)(fd, data, size, where);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t where) { return pwrite64(fd, data, size, where); }

ssize_t writev(int fd, const struct iovec *parts, int size) {
    SPOILED(write, fd, size)
    return REAL(writev)(fd, parts, size);
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
    SPOILED(send, fd, size)
    return REAL(send)(fd, data, size, flags);
}

ssize_t recv(int fd, void *data, size_t size, int flags) {
    SPOILED(recv, fd, size)
    return REAL(recv)(fd, data, size, flags);
}

#define ON_FILE(name, call, arguments, ...) \
    int name(int fd, ##__VA_ARGS__) { \
        char path[PATH_MAX]; \
        return now(#name, path_of(fd, path), call) ? -1 : REAL(name) arguments; \
    }
ON_FILE(fsync, SYNCS, (fd))
ON_FILE(fdatasync, SYNCS, (fd))
ON_FILE(ftruncate64, SYNCS, (fd, size), off64_t size)
ON_FILE(fallocate64, SYNCS, (fd, mode, from, size), int mode, off64_t from, off64_t size)
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int fallocate(int fd, int mode, off_t from, off_t size) { return fallocate64(fd, mode, from, size); }

#define ON_PATH(name, call, arguments, ...) \
    int name(__VA_ARGS__) { return now(#name, path, call) ? -1 : REAL(name) arguments; }
ON_PATH(rename, NAMES, (from, path), const char *from, const char *path)
ON_PATH(link, NAMES, (from, path), const char *from, const char *path)
ON_PATH(mkdir, NAMES, (path, mode), const char *path, mode_t mode)
ON_PATH(unlink, REMOVALS, (path), const char *path)
ON_PATH(rmdir, REMOVALS, (path), const char *path)

int unlinkat(int folder, const char *name, int flags) {
    char path[PATH_MAX];
    return now("unlinkat", path_at(folder, name, path), REMOVALS) ? -1 : REAL(unlinkat)(folder, name, flags);
}

/* Opening counts where it makes a file. */
#define MODE \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);
#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        MODE \
        return flags & O_CREAT && now("open", path, NAMES) ? -1 : REAL(name)(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)
#define OPENS_AT(name) \
    int name(int folder, const char *file, int flags, ...) { \
        char path[PATH_MAX]; \
        MODE \
        if (flags & O_CREAT && now("open", path_at(folder, file, path), NAMES)) \
            return -1; \
        return REAL(name)(folder, file, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)
