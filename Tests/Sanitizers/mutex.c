// Tells ThreadSanitizer what it cannot see: when a contended `Synchronization.Mutex` is acquired and released.
//
// The uncontended path of a Mutex is inlined into our instrumented code. The contended one lies in the toolchain's
// libswiftSynchronization.so and in the kernel (futex(2), FUTEX_LOCK_PI), where nothing is instrumented, so that
// whatever a contended lock protects would look like a race. scripts/sanitize preloads this before that library; it
// changes nothing but what the sanitizer knows. Where the sanitizer's runtime is missing (swift test, python3), it only
// passes the calls on.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// Members of Synchronization._MutexHandle; `self` is the handle's address.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

SWIFT void troupe_lock_slow(uint32_t owner, SELF) __asm__(LOCK_SLOW);
SWIFT bool troupe_try_lock_slow(SELF) __asm__(TRY_LOCK_SLOW);
SWIFT void troupe_unlock_slow(SELF) __asm__(UNLOCK_SLOW);

static void *next(const char *name, void **known) {
    void *function = __atomic_load_n(known, __ATOMIC_RELAXED);
    if (!function) {
        function = dlsym(RTLD_NEXT, name);
        if (!function) abort();
        __atomic_store_n(known, function, __ATOMIC_RELAXED);
    }
    return function;
}

SWIFT void troupe_lock_slow(uint32_t owner, SELF) {
    static void *known;
    ((SWIFT void (*)(uint32_t, SELF))next(LOCK_SLOW, &known))(owner, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool troupe_try_lock_slow(SELF) {
    static void *known;
    bool isHeld = ((SWIFT bool (*)(SELF))next(TRY_LOCK_SLOW, &known))(self);
    if (isHeld && __tsan_acquire) __tsan_acquire(self);
    return isHeld;
}

SWIFT void troupe_unlock_slow(SELF) {
    static void *known;
    if (__tsan_release) __tsan_release(self);
    ((SWIFT void (*)(SELF))next(UNLOCK_SLOW, &known))(self);
}
