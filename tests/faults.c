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
static char under[PATH_MAX];

/* Count from now on, and spoil the call of this number; none where it is 0. */
void fault_begin(const char *folder, int with_sockets, long number, int what) {
    snprintf(under, sizeof under, "%s", folder);
    sockets = with_sockets;
    at = number;
    kind = what;
    calls = 0;
}

long fault_calls(void) { return calls; }

static int is_under(const char *path) {
    return *under && path && !strncmp(path, under, strlen(under));
}

static int is_under_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!*under)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_under(path) || (sockets && !strncmp(path, "socket:", 7));
}

static int is_under_at(int folder, const char *path) {
    return *path == '/' || folder == AT_FDCWD ? is_under(path) : is_under_fd(folder);
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

/* Whether this call is to be spoiled. */
static int now(int call) {
    if (!can_befall(call) || __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) != at)
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
#define SPOILED(fd, size) if (is_under_fd(fd) && now(WRITES)) { if (kind != SHORT) return -1; if (size > 1) size /= 2; }

ssize_t write(int fd, const void *data, size_t size) {
    SPOILED(fd, size)
    return REAL(write)(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t where) {
    SPOILED(fd, size)
    return REAL(pwrite64)(fd, data, size, where);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t where) { return pwrite64(fd, data, size, where); }

ssize_t writev(int fd, const struct iovec *parts, int size) {
    SPOILED(fd, size)
    return REAL(writev)(fd, parts, size);
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
    SPOILED(fd, size)
    return REAL(send)(fd, data, size, flags);
}

ssize_t recv(int fd, void *data, size_t size, int flags) {
    SPOILED(fd, size)
    return REAL(recv)(fd, data, size, flags);
}

#define WHERE(place, call) if (place && now(call)) return -1;

int fsync(int fd) { WHERE(is_under_fd(fd), SYNCS) return REAL(fsync)(fd); }
int fdatasync(int fd) { WHERE(is_under_fd(fd), SYNCS) return REAL(fdatasync)(fd); }
int ftruncate64(int fd, off64_t size) { WHERE(is_under_fd(fd), SYNCS) return REAL(ftruncate64)(fd, size); }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int fallocate64(int fd, int mode, off64_t from, off64_t size) {
    WHERE(is_under_fd(fd), SYNCS)
    return REAL(fallocate64)(fd, mode, from, size);
}
int fallocate(int fd, int mode, off_t from, off_t size) { return fallocate64(fd, mode, from, size); }

int rename(const char *from, const char *to) { WHERE(is_under(to), NAMES) return REAL(rename)(from, to); }
int link(const char *from, const char *to) { WHERE(is_under(to), NAMES) return REAL(link)(from, to); }
int mkdir(const char *path, mode_t mode) { WHERE(is_under(path), NAMES) return REAL(mkdir)(path, mode); }
int unlink(const char *path) { WHERE(is_under(path), REMOVALS) return REAL(unlink)(path); }
int rmdir(const char *path) { WHERE(is_under(path), REMOVALS) return REAL(rmdir)(path); }
int unlinkat(int folder, const char *path, int flags) {
    WHERE(is_under_at(folder, path), REMOVALS)
    return REAL(unlinkat)(folder, path, flags);
}

/* Opening counts where it makes a file. */
#define OPENS(name, path, call, ...) \
    int name(__VA_ARGS__, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        if (flags & O_CREAT) \
            WHERE(path, NAMES) \
        return call; \
    }
OPENS(open, is_under(path), REAL(open)(path, flags, mode), const char *path)
OPENS(open64, is_under(path), REAL(open64)(path, flags, mode), const char *path)
OPENS(openat, is_under_at(folder, path), REAL(openat)(folder, path, flags, mode), int folder, const char *path)
OPENS(openat64, is_under_at(folder, path), REAL(openat64)(folder, path, flags, mode), int folder, const char *path)
