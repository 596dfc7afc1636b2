internal import Testing
internal import ZeroMQ

@testable internal import TroupeCLI

@Suite("The doctor") struct DoctorTests {
    @Test("an old libzmq is a problem, the tried one is not")
    func library() {
        #expect(Diagnosis.library(LibraryVersion(4, 3, 3)).verdict == .problem)
        #expect(Diagnosis.library(LibraryVersion(4, 3, 4)).verdict == .ok)
        #expect(Diagnosis.library(LibraryVersion(4, 10, 0)).verdict == .ok)
        #expect(Diagnosis.library(.loaded).verdict == .ok)
    }

    @Test("few descriptors are a problem, for libzmq aborts without them")
    func descriptors() {
        #expect(Diagnosis.descriptors(soft: 100, hard: 100).verdict == .problem)
        #expect(Diagnosis.descriptors(soft: 100, hard: 1024).verdict == .warning)
        #expect(Diagnosis.descriptors(soft: 1024, hard: 524_288).verdict == .ok)
    }

    @Test("a socket path over the system's limit says by how much")
    func socketPath() {
        #expect(Diagnosis.socketPath(length: 107, home: "/h").verdict == .ok)
        let finding = Diagnosis.socketPath(length: 110, home: "/h")
        #expect(finding.verdict == .problem)
        #expect(finding.advice.contains("3 bytes shorter"))
    }

    @Test("file systems that lie about durability are named")
    func fileSystems() {
        #expect(Diagnosis.fileSystem(kind: "ext4").verdict == .ok)
        #expect(Diagnosis.fileSystem(kind: "tmpfs").verdict == .warning)
        #expect(Diagnosis.fileSystem(kind: "nfs4").verdict == .problem)
        #expect(Diagnosis.fileSystem(kind: "something").verdict == .warning)
    }

    @Test("a sync that is too fast, or too slow, is a warning")
    func sync() {
        #expect(Diagnosis.sync(medianMicroseconds: 0).verdict == .warning)
        #expect(Diagnosis.sync(medianMicroseconds: 80).verdict == .ok)
        #expect(Diagnosis.sync(medianMicroseconds: 50_000).verdict == .warning)
    }

    @Test("little room and a clock behind the journals are told")
    func diskAndClock() {
        #expect(Diagnosis.disk(freeBytes: 1 << 20).verdict == .problem)
        #expect(Diagnosis.disk(freeBytes: 500 << 20).verdict == .warning)
        #expect(Diagnosis.disk(freeBytes: 5 << 30).verdict == .ok)
        #expect(Diagnosis.clock(aheadSeconds: 3600).verdict == .warning)
        #expect(Diagnosis.clock(aheadSeconds: -10).verdict == .ok)
    }

    @Test("the mount that holds a path is the longest, and the last of equal ones")
    func mounts() {
        let table = MountTable(
            """
            22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw
            30 22 0:25 / /mnt/data rw,noatime shared:2 master:1 - xfs /dev/sdb1 rw
            31 22 0:26 / /mnt/data rw - tmpfs tmpfs rw
            not a mount
            """)
        #expect(table.kind(of: "/mnt/data/home") == "tmpfs")
        #expect(table.kind(of: "/mnt/database") == "ext4")
        #expect(table.kind(of: "/") == "ext4")
        #expect(MountTable("").kind(of: "/x") == "unknown")
    }
}
