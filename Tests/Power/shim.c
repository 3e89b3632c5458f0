/* Between an executable and the C library: tells of each system call below some directories, and lets the n-th fail, or ends
   the process there. Preloaded (LD_PRELOAD); SQLite and Swift's runtime, linked in, call through it as well.

     POWER_UNDER   directories, joined by ':'; what is elsewhere is passed on unseen. Standard input and output count always.
     POWER_TRACE   a file that gets a record of each call that changes something and succeeded, with its data:
                       WORD <TAB> INODE <TAB> NUMBER <TAB> LENGTH <TAB> PATH <TAB> PATH <NL> and LENGTH bytes
     POWER_LIST    a file that gets WORD <TAB> PATH of each call that was counted
     POWER_COUNT   a file of 8 bytes that holds how many were counted, by all processes of a pipe; or one is kept in memory
     POWER_ALL     count all calls, and not only those that change something
     POWER_AT      the n-th of those counted (1 is the first) is the one that ...
     POWER_DO      ... `before SIGNAL` or `after SIGNAL`, sent to this process; `group-before`, `group-after`, to all of its
                   group; `fail ERRNO` once; `fail-on ERRNO`, and all later ones of the same word; `short`, a read or write
                   of half the bytes
     POWER_DONE    a file that gets WORD <TAB> PATH of the call that this was done to

   Everything is done by raw system calls: nothing here depends on what the process has initialised. Traced calls are taken one
   at a time, so that the trace's order is the file system's. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <dlfcn.h>

typedef char Path[PATH_MAX];

static const char *under;
static int trace = -1, list = -1, done = -1, all, action_errno, action_signal;
static long at;
static enum { NOTHING, BEFORE, AFTER, FAIL, FAIL_ON, SHORT } action;
static int group;
static char failing[32];
static atomic_long own, *count = &own;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

static int high(const char *variable, int flags) {
  const char *path = getenv(variable);
  if (!path) return -1;
  long fd = syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  long moved = syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 200);
  syscall(SYS_close, fd);
  return (int)moved;
}

__attribute__((constructor)) static void begin(void) {
  under = getenv("POWER_UNDER");
  if (!under) return;
  trace = high("POWER_TRACE", O_WRONLY | O_CREAT | O_APPEND);
  list = high("POWER_LIST", O_WRONLY | O_CREAT | O_APPEND);
  done = high("POWER_DONE", O_WRONLY | O_CREAT | O_APPEND);
  all = getenv("POWER_ALL") != NULL;
  int shared = high("POWER_COUNT", O_RDWR);
  if (shared >= 0) {
    void *page = (void *)syscall(SYS_mmap, NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    if (page != MAP_FAILED) count = page;
  }
  const char *place = getenv("POWER_AT"), *what = getenv("POWER_DO");
  if (!place || !what) return;
  at = atol(place);
  const char *number = strchr(what, ' ');
  int value = number ? atoi(number + 1) : 0;
  action_errno = action_signal = value;
  if (!strncmp(what, "group-", 6)) group = 1, what += 6;
  if (!strncmp(what, "before", 6)) action = BEFORE;
  else if (!strncmp(what, "after", 5)) action = AFTER;
  else if (!strncmp(what, "fail-on", 7)) action = FAIL_ON;
  else if (!strncmp(what, "fail", 4)) action = FAIL;
  else if (!strncmp(what, "short", 5)) action = SHORT;
}

static void tell(int fd, const char *word, const char *path) {
  if (fd < 0) return;
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%s\t%s\n", word, path);
  syscall(SYS_write, fd, line, length);
}

/* The path of an open file, or "" for what is none of ours. */
static int ours(const char *path) {
  if (!under) return 0;
  for (const char *start = under; *start;) {
    size_t length = strcspn(start, ":");
    if (!strncmp(path, start, length) && (path[length] == '/' || !path[length] || path[length] == ' ')) return 1;
    start += length + (start[length] == ':');
  }
  return 0;
}

static int path_of(int fd, Path path) {
  if (fd == 0 || fd == 1) {
    strcpy(path, fd ? "standard output" : "standard input");
    return under != NULL;
  }
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  path[length > 0 ? length : 0] = 0;
  return ours(path);
}

static int path_at(int directory, const char *name, Path path) {
  if (!under) return 0;
  if (!name) return path_of(directory, path);
  size_t start = 0;
  if (name[0] != '/') {
    if (directory == AT_FDCWD) {
      if (syscall(SYS_getcwd, path, PATH_MAX) < 0) return 0;
    } else {
      Path base;
      if (!path_of(directory, base)) return 0;
      strcpy(path, base);
    }
    start = strlen(path);
    while (!strncmp(name, "./", 2)) name += 2;
    if (!strcmp(name, ".")) name = "";
    if (*name) path[start++] = '/';
  }
  snprintf(path + start, PATH_MAX - start, "%s", name);
  for (char *twice = path; (twice = strstr(twice, "//"));) memmove(twice, twice + 1, strlen(twice));
  size_t length = strlen(path);
  if (length > 1 && path[length - 1] == '/') path[length - 1] = 0;
  return ours(path);
}

static void strike(void) {
  if (group) syscall(SYS_kill, 0, action_signal);
  syscall(SYS_kill, getpid(), action_signal);
}

/* What a call is: whether it changes something, and whether it may wait for another process. */
enum { LOOKS = 0, CHANGES = 1, WAITS = 2 };

/* One call of ours, from its count to its record. */
typedef struct {
  const char *word;
  const char *path;
  int counted, chosen, failed, halved, held;
} Call;

static void enter(Call *call, const char *word, const char *path, int kind) {
  *call = (Call){.word = word, .path = path, .counted = kind & CHANGES || all};
  call->held = trace >= 0 && !(kind & WAITS) && pthread_mutex_lock(&one) == 0;
  if (!call->counted) return;
  long number = atomic_fetch_add(count, 1) + 1;
  tell(list, word, path);
  call->chosen = at && number == at;
  int again = action == FAIL_ON && at && number > at && !strcmp(failing, word);
  if (call->chosen) tell(done, word, path);
  if (call->chosen && action == BEFORE) strike();
  if (call->chosen && action == FAIL_ON) snprintf(failing, sizeof failing, "%s", word);
  call->failed = again || (call->chosen && (action == FAIL || action == FAIL_ON));
  call->halved = call->chosen && action == SHORT;
}

static long leave(Call *call, long result) {
  int code = errno;
  if (call->chosen && action == AFTER) strike();
  if (call->held) pthread_mutex_unlock(&one);
  errno = code;
  return result;
}

static long refuse(Call *call) {
  errno = action_errno;
  return leave(call, -1);
}

static void record(const char *word, unsigned long inode, long number, const struct iovec *data, int pieces, long length,
                   const char *path, const char *other) {
  if (trace < 0) return;
  char head[2 * PATH_MAX + 128];
  struct iovec all[8] = {{head, 0}};
  all[0].iov_len =
      snprintf(head, sizeof head, "%s\t%lu\t%ld\t%ld\t%s\t%s\n", word, inode, number, length, path, other ? other : "");
  int used = 1;
  for (int i = 0; i < pieces && used < 8 && length > 0; i++) {
    all[used] = data[i];
    if ((long)all[used].iov_len > length) all[used].iov_len = length;
    length -= all[used++].iov_len;
  }
  int code = errno;
  syscall(SYS_writev, trace, all, used);
  errno = code;
}

static int look(int directory, const char *name, struct stat *status, int flags) {
  int code = errno;
  long result = syscall(SYS_newfstatat, directory, name, status, flags);
  errno = code;
  return result == 0;
}

static unsigned long inode_of(int fd) {
  struct stat status;
  return look(fd, "", &status, AT_EMPTY_PATH) ? status.st_ino : 0;
}

static unsigned long inode_at(int directory, const char *name) {
  struct stat status;
  return look(directory, name, &status, AT_SYMLINK_NOFOLLOW) ? status.st_ino : 0;
}

/* MARK: opening and closing */

static int open_at(int directory, const char *name, int flags, mode_t mode) {
  Path path;
  if (!path_at(directory, name, path)) return syscall(SYS_openat, directory, name, flags, mode);
  Call call;
  enter(&call, flags & O_CREAT ? "create" : "open", path, flags & (O_CREAT | O_TRUNC) ? CHANGES : LOOKS);
  if (call.failed) return refuse(&call);
  int existed = inode_at(directory, name) != 0;
  long fd = syscall(SYS_openat, directory, name, flags, mode);
  if (fd >= 0 && flags & O_CREAT && !existed) record("create", inode_of(fd), 0, NULL, 0, 0, path, NULL);
  if (fd >= 0 && flags & O_TRUNC && existed) record("truncate", inode_of(fd), 0, NULL, 0, 0, path, NULL);
  return leave(&call, fd);
}

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & O_CREAT || ((flags) & O_TMPFILE) == O_TMPFILE) { \
    va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *name, int flags, ...) { MODE(flags) return open_at(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return open_at(AT_FDCWD, name, flags, mode); }
int openat(int at, const char *name, int flags, ...) { MODE(flags) return open_at(at, name, flags, mode); }
int openat64(int at, const char *name, int flags, ...) { MODE(flags) return open_at(at, name, flags, mode); }
int creat(const char *name, mode_t mode) { return open_at(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int __open_2(const char *name, int flags) { return open_at(AT_FDCWD, name, flags, 0); }
int __open64_2(const char *name, int flags) { return open_at(AT_FDCWD, name, flags, 0); }
int __openat_2(int at, const char *name, int flags) { return open_at(at, name, flags, 0); }

int close(int fd) {
  Path path;
  if (fd > 199 && (fd == trace || fd == list || fd == done)) return errno = EBADF, -1;
  if (fd < 2 || !path_of(fd, path)) return syscall(SYS_close, fd);
  Call call;
  enter(&call, "close", path, LOOKS);
  long result = syscall(SYS_close, fd);
  return call.failed ? refuse(&call) : leave(&call, result);
}

/* MARK: reading */

#define READS(name, word, fd, parameters, number, ...) \
  ssize_t name parameters { \
    Path path; \
    if (!path_of(fd, path)) return syscall(number, __VA_ARGS__); \
    Call call; \
    enter(&call, word, path, fd ? LOOKS : WAITS); \
    if (call.failed) return refuse(&call); \
    if (call.halved && length > 1) length /= 2; \
    return leave(&call, syscall(number, __VA_ARGS__)); \
  }
READS(read, "read", fd, (int fd, void *to, size_t length), SYS_read, fd, to, length)
READS(pread, "pread", fd, (int fd, void *to, size_t length, off_t from), SYS_pread64, fd, to, length, from)
READS(pread64, "pread", fd, (int fd, void *to, size_t length, off_t from), SYS_pread64, fd, to, length, from)

static int stat_at(int directory, const char *name, struct stat *to, int flags) {
  Path path;
  if (!path_at(directory, name && *name ? name : NULL, path)) return syscall(SYS_newfstatat, directory, name, to, flags);
  Call call;
  enter(&call, "stat", path, LOOKS);
  if (call.failed) return refuse(&call);
  return leave(&call, syscall(SYS_newfstatat, directory, name, to, flags));
}
int stat(const char *name, struct stat *to) { return stat_at(AT_FDCWD, name, to, 0); }
int lstat(const char *name, struct stat *to) { return stat_at(AT_FDCWD, name, to, AT_SYMLINK_NOFOLLOW); }
int fstat(int fd, struct stat *to) { return stat_at(fd, "", to, AT_EMPTY_PATH); }
int fstatat(int at, const char *name, struct stat *to, int flags) { return stat_at(at, name, to, flags); }
int stat64(const char *name, struct stat64 *to) { return stat_at(AT_FDCWD, name, (void *)to, 0); }
int lstat64(const char *name, struct stat64 *to) { return stat_at(AT_FDCWD, name, (void *)to, AT_SYMLINK_NOFOLLOW); }
int fstat64(int fd, struct stat64 *to) { return stat_at(fd, "", (void *)to, AT_EMPTY_PATH); }
int fstatat64(int at, const char *name, struct stat64 *to, int flags) { return stat_at(at, name, (void *)to, flags); }

int access(const char *name, int mode) {
  Path path;
  if (!path_at(AT_FDCWD, name, path)) return syscall(SYS_faccessat, AT_FDCWD, name, mode);
  Call call;
  enter(&call, "access", path, LOOKS);
  if (call.failed) return refuse(&call);
  return leave(&call, syscall(SYS_faccessat, AT_FDCWD, name, mode));
}

static void *map(void *place, size_t length, int protection, int flags, int fd, off_t from) {
  Path path;
  if (flags & MAP_ANONYMOUS || fd < 3 || !path_of(fd, path))
    return (void *)syscall(SYS_mmap, place, length, protection, flags, fd, from);
  Call call;
  enter(&call, "mmap", path, LOOKS);
  if (call.failed) return (void *)refuse(&call);
  void *result = (void *)syscall(SYS_mmap, place, length, protection, flags, fd, from);
  /* What is written through a mapping is seen by nobody here. */
  if (flags & MAP_SHARED && protection & PROT_WRITE) record("shared-map", inode_of(fd), 0, NULL, 0, 0, path, NULL);
  leave(&call, 0);
  return result;
}
void *mmap(void *place, size_t length, int protection, int flags, int fd, off_t from) {
  return map(place, length, protection, flags, fd, from);
}
void *mmap64(void *place, size_t length, int protection, int flags, int fd, off_t from) {
  return map(place, length, protection, flags, fd, from);
}

static int lock(const char *word, int fd, long number, long operation, long argument) {
  Path path;
  if (!path_of(fd, path)) return syscall(number, fd, operation, argument);
  Call call;
  enter(&call, word, path, WAITS);
  if (call.failed) return refuse(&call);
  return leave(&call, syscall(number, fd, operation, argument));
}
int flock(int fd, int operation) {
  return lock(operation & LOCK_UN ? "unlock" : "flock", fd, SYS_flock, operation, 0);
}
static int control(int fd, int operation, long argument) {
  int locks = operation == F_SETLK || operation == F_SETLKW || operation == F_DUPFD_CLOEXEC;
  if (!locks) return syscall(SYS_fcntl, fd, operation, argument);
  return lock(operation == F_DUPFD_CLOEXEC ? "dup" : "lock", fd, SYS_fcntl, operation, argument);
}
int fcntl(int fd, int operation, ...) {
  va_list rest;
  va_start(rest, operation);
  long argument = va_arg(rest, long);
  va_end(rest);
  return control(fd, operation, argument);
}
int fcntl64(int fd, int operation, ...) {
  va_list rest;
  va_start(rest, operation);
  long argument = va_arg(rest, long);
  va_end(rest);
  return control(fd, operation, argument);
}

struct dirent *readdir(DIR *stream) {
  static struct dirent *(*real)(DIR *);
  if (!real) real = (struct dirent * (*)(DIR *)) dlsym(RTLD_NEXT, "readdir");
  Path path;
  if (!path_of(dirfd(stream), path)) return real(stream);
  Call call;
  enter(&call, "readdir", path, LOOKS);
  if (call.failed) return refuse(&call), NULL;
  struct dirent *entry = real(stream);
  leave(&call, 0);
  return entry;
}
struct dirent64 *readdir64(DIR *stream) { return (struct dirent64 *)readdir(stream); }

/* MARK: writing */

static ssize_t put(const char *word, int fd, const struct iovec *data, int pieces, off_t offset) {
  Path path;
  int seen = path_of(fd, path);
  size_t length = 0;
  for (int i = 0; i < pieces; i++) length += data[i].iov_len;
  if (!seen)
    return offset < 0 ? syscall(SYS_writev, fd, data, pieces) : syscall(SYS_pwritev, fd, data, pieces, offset, 0);
  Call call;
  enter(&call, word, path, CHANGES);
  if (call.failed) return refuse(&call);
  struct iovec half = data[0];
  if (call.halved && length > 1) {
    half.iov_len = half.iov_len > 1 ? half.iov_len / 2 : 1;
    data = &half;
    pieces = 1;
  }
  long place = offset;
  if (offset < 0 && fd != 1) {
    struct stat status;
    long flags = syscall(SYS_fcntl, fd, F_GETFL);
    place = flags & O_APPEND && look(fd, "", &status, AT_EMPTY_PATH) ? status.st_size : syscall(SYS_lseek, fd, 0, SEEK_CUR);
  }
  ssize_t result =
      offset < 0 ? syscall(SYS_writev, fd, data, pieces) : syscall(SYS_pwritev, fd, data, pieces, offset, 0);
  if (result > 0) record(fd == 1 ? "print" : "write", inode_of(fd), place, data, pieces, result, path, NULL);
  return leave(&call, result);
}
ssize_t write(int fd, const void *from, size_t length) {
  struct iovec data = {(void *)from, length};
  return put("write", fd, &data, 1, -1);
}
ssize_t pwrite(int fd, const void *from, size_t length, off_t offset) {
  struct iovec data = {(void *)from, length};
  return put("write", fd, &data, 1, offset);
}
ssize_t pwrite64(int fd, const void *from, size_t length, off_t offset) { return pwrite(fd, from, length, offset); }
ssize_t writev(int fd, const struct iovec *data, int pieces) { return put("write", fd, data, pieces, -1); }
ssize_t pwritev(int fd, const struct iovec *data, int pieces, off_t offset) { return put("write", fd, data, pieces, offset); }

static int sync_file(const char *word, int fd, long number) {
  Path path;
  if (!path_of(fd, path)) return syscall(number, fd);
  Call call;
  enter(&call, word, path, CHANGES);
  if (call.failed) return refuse(&call);
  long result = syscall(number, fd);
  if (result == 0) record("sync", inode_of(fd), 0, NULL, 0, 0, path, NULL);
  return leave(&call, result);
}
int fsync(int fd) { return sync_file("fsync", fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file("fsync", fd, SYS_fdatasync); }

int ftruncate(int fd, off_t length) {
  Path path;
  if (!path_of(fd, path)) return syscall(SYS_ftruncate, fd, length);
  Call call;
  enter(&call, "truncate", path, CHANGES);
  if (call.failed) return refuse(&call);
  long result = syscall(SYS_ftruncate, fd, length);
  if (result == 0) record("truncate", inode_of(fd), length, NULL, 0, 0, path, NULL);
  return leave(&call, result);
}
int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

int futimens(int fd, const struct timespec times[2]) {
  Path path;
  if (!path_of(fd, path)) return syscall(SYS_utimensat, fd, NULL, times, 0);
  Call call;
  enter(&call, "times", path, CHANGES);
  if (call.failed) return refuse(&call);
  return leave(&call, syscall(SYS_utimensat, fd, NULL, times, 0));
}
int fchmod(int fd, mode_t mode) { return lock("chmod", fd, SYS_fchmod, mode, 0); }

/* MARK: names */

int renameat(int from, const char *old, int to, const char *new) {
  Path a, b;
  int seen = path_at(from, old, a) | path_at(to, new, b);
  if (!seen) return syscall(SYS_renameat2, from, old, to, new, 0);
  Call call;
  enter(&call, "rename", b, CHANGES);
  if (call.failed) return refuse(&call);
  long result = syscall(SYS_renameat2, from, old, to, new, 0);
  if (result == 0) record("rename", inode_at(to, new), 0, NULL, 0, 0, a, b);
  return leave(&call, result);
}
int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int linkat(int from, const char *old, int to, const char *new, int flags) {
  Path b;
  if (!path_at(to, new, b)) return syscall(SYS_linkat, from, old, to, new, flags);
  Call call;
  enter(&call, "link", b, CHANGES);
  if (call.failed) return refuse(&call);
  long result = syscall(SYS_linkat, from, old, to, new, flags);
  if (result == 0) record("link", inode_at(to, new), 0, NULL, 0, 0, b, NULL);
  return leave(&call, result);
}

int unlinkat(int directory, const char *name, int flags) {
  Path path;
  if (!path_at(directory, name, path)) return syscall(SYS_unlinkat, directory, name, flags);
  Call call;
  enter(&call, "unlink", path, CHANGES);
  if (call.failed) return refuse(&call);
  unsigned long inode = inode_at(directory, name);
  long result = syscall(SYS_unlinkat, directory, name, flags);
  if (result == 0) record("unlink", inode, 0, NULL, 0, 0, path, NULL);
  return leave(&call, result);
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdirat(int directory, const char *name, mode_t mode) {
  Path path;
  if (!path_at(directory, name, path)) return syscall(SYS_mkdirat, directory, name, mode);
  Call call;
  enter(&call, "mkdir", path, CHANGES);
  if (call.failed) return refuse(&call);
  long result = syscall(SYS_mkdirat, directory, name, mode);
  if (result == 0) record("mkdir", inode_at(directory, name), 0, NULL, 0, 0, path, NULL);
  return leave(&call, result);
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

/* mkstemp(3) opens beneath us. */
int mkstemp(char *template) {
  char *end = template + strlen(template) - 6;
  for (unsigned try = 0; try < 1000; try++) {
    snprintf(end, 7, "p%05u", (unsigned)(getpid() * 31u + try) % 100000u);
    int fd = open_at(AT_FDCWD, template, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}
int mkstemp64(char *template) { return mkstemp(template); }
