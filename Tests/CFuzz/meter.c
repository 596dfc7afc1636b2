// Counts each thread's heap: these definitions take the place of the C library's in a program that is linked with them.
#define _GNU_SOURCE
#include "CFuzz.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static __thread int64_t held;
static __thread int64_t start;
static __thread int64_t peak;

void troupe_fuzz_begin(void) { start = peak = held; }

uint64_t troupe_fuzz_peak(void) { return (uint64_t)(peak - start); }

#ifdef SANITIZED

bool troupe_fuzz_counts(void) { return false; }

#else

bool troupe_fuzz_counts(void) { return true; }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

// One allocation of more is refused, as by a machine without the memory; Swift then traps, and the input is known.
static const size_t most = (size_t)1 << 30;

static void *counted(void *block) {
    if (block) {
        held += (int64_t)malloc_usable_size(block);
        if (held > peak) peak = held;
    } else {
        errno = ENOMEM;
    }
    return block;
}

void *malloc(size_t size) { return counted(size > most ? NULL : __libc_malloc(size)); }

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > most) return counted(NULL);
    return counted(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size) {
    if (size > most) return counted(NULL);
    int64_t before = block ? (int64_t)malloc_usable_size(block) : 0;
    void *moved = __libc_realloc(block, size);
    if (!moved && size) return counted(NULL);
    // For a moment both may have been held.
    if (moved) counted(moved);
    held -= before;
    return moved;
}

void *memalign(size_t alignment, size_t size) {
    return counted(size > most ? NULL : __libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    void *made = memalign(alignment, size);
    if (!made) return ENOMEM;
    *block = made;
    return 0;
}

void free(void *block) {
    if (!block) return;
    held -= (int64_t)malloc_usable_size(block);
    __libc_free(block);
}

#endif
