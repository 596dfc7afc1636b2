internal import Glibc
internal import Testing
internal import Troupe

@Suite("A small file") struct AtomicFileTests {
    @Test("is written whole, replaced whole, and leaves no temporary name")
    func replace() async throws {
        try await withHome { home in
            let path = home.directory + "/a.json"
            #expect(try AtomicFile.read(path) == nil)
            try AtomicFile.write([1, 2, 3], to: path)
            try AtomicFile.write([4], to: path)
            #expect(try AtomicFile.read(path) == [4])
            #expect(access(path, F_OK) == 0)
        }
    }

    @Test("of a size that nobody writes is refused, not read")
    func huge() async throws {
        try await withHome { home in
            let path = home.directory + "/a.json"
            try AtomicFile.write([], to: path)
            #expect(truncate(path, 1 << 40) == 0)
            #expect(throws: (any Error).self) { try AtomicFile.read(path) }
        }
    }

    @Test("that a killed writer left is removed once it is old, not before")
    func sweep() async throws {
        try await withHome { home in
            let (old, new) = (home.directory + "/a.json.1.1.tmp", home.directory + "/b.json.2.2.tmp")
            try AtomicFile.write([1], to: old)
            try AtomicFile.write([1], to: new)
            var times = [
                timespec(tv_sec: time(nil) - 3600, tv_nsec: 0), timespec(tv_sec: time(nil) - 3600, tv_nsec: 0),
            ]
            #expect(utimensat(AT_FDCWD, old, &times, 0) == 0)
            AtomicFile.sweep(home.directory)
            #expect(access(old, F_OK) != 0)
            #expect(access(new, F_OK) == 0)
        }
    }
}
