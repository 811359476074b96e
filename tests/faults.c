/* Makes the nth call that changes a file fail, be cut short, or be the last of the process.

   Loaded before all else (LD_PRELOAD). Only calls on files under the folder FAULT_UNDER count. FAULT_AT is n, 0 for
   none; FAULT_KIND is enospc, eio, eintr, short or kill. At its end the process writes how many calls there were to the
   file FAULT_COUNT. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long calls;
static long at;
static int kind; /* an errno, -1 for a short write, -2 for a kill, -3 for an interruption that passes */
static const char *under;

static void __attribute__((constructor)) begin(void) {
    const char *n = getenv("FAULT_AT"), *what = getenv("FAULT_KIND");
    at = n ? atol(n) : 0;
    under = getenv("FAULT_UNDER");
    kind = !what ? 0 : !strcmp(what, "enospc") ? ENOSPC : !strcmp(what, "eio") ? EIO : !strcmp(what, "eintr") ? EINTR
         : !strcmp(what, "short") ? -1 : -2;
}

static void __attribute__((destructor)) end(void) {
    const char *name = getenv("FAULT_COUNT");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", calls);
        fclose(file);
    }
}

static int is_under(const char *path) {
    return under && path && !strncmp(path, under, strlen(under));
}

static int is_under_fd(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_under(path);
}

/* Whether this call is to be spoiled. */
static int now(void) {
    if (__atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) != at)
        return 0;
    if (kind == -2) {
        kill(getpid(), SIGKILL);
        pause();
    }
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t spoiled_write(size_t size, ssize_t (*rest)(size_t, void *), void *with) {
    if (kind == -1)
        return rest(size > 1 ? size / 2 : size, with);
    errno = kind;
    return -1;
}

struct written { int fd; const void *data; off_t where; };

static ssize_t plain(size_t size, void *with) {
    struct written *w = with;
    return REAL(write)(w->fd, w->data, size);
}

static ssize_t placed(size_t size, void *with) {
    struct written *w = with;
    return REAL(pwrite64)(w->fd, w->data, size, w->where);
}

ssize_t write(int fd, const void *data, size_t size) {
    struct written w = {fd, data, 0};
    return is_under_fd(fd) && now() ? spoiled_write(size, plain, &w) : REAL(write)(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t where) {
    struct written w = {fd, data, where};
    return is_under_fd(fd) && now() ? spoiled_write(size, placed, &w) : REAL(pwrite64)(fd, data, size, where);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t where) {
    return pwrite64(fd, data, size, where);
}

#define ON_FD(name) \
    int name(int fd) { \
        if (is_under_fd(fd) && now() && kind > 0) { errno = kind; return -1; } \
        return REAL(name)(fd); \
    }
ON_FD(fsync)
ON_FD(fdatasync)

int ftruncate64(int fd, off64_t size) {
    if (is_under_fd(fd) && now() && kind > 0) { errno = kind; return -1; }
    return REAL(ftruncate64)(fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

#define ON_TWO(name) \
    int name(const char *from, const char *to) { \
        if (is_under(to) && now() && kind > 0) { errno = kind; return -1; } \
        return REAL(name)(from, to); \
    }
ON_TWO(rename)
ON_TWO(link)

int mkdir(const char *path, mode_t mode) {
    if (is_under(path) && now() && kind > 0) { errno = kind; return -1; }
    return REAL(mkdir)(path, mode);
}
