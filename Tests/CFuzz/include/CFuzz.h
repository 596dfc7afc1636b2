#ifndef CFUZZ_H
#define CFUZZ_H

#include <stdbool.h>
#include <stdint.h>

/// Whether this program counts its allocations; not under a sanitizer, which has an allocator of its own.
bool troupe_fuzz_counts(void);

/// Begins to measure this thread's heap from what it is now.
void troupe_fuzz_begin(void);

/// The most bytes by which this thread's heap exceeded what it was at the beginning.
uint64_t troupe_fuzz_peak(void);

/// From now on a signal that ends the program first prints how to run its input again, and exits with 3; so does an
/// input that takes longer than `seconds`, with 4.
void troupe_fuzz_watch(unsigned seconds);

/// Notes which input is run now; costs four stores. The target's name must stay valid.
void troupe_fuzz_note(const char *target, uint64_t seed, uint64_t number);

#endif
