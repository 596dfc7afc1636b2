"""Reads a home, written from the article *Writing a peer* alone: python3 read_home.py HOME

Prints what every journal has said, as far as it is released, whether its handler runs or not.
"""

import fcntl
import json
import os
import struct
import sys

HEADER, ENTRY = struct.Struct("<8sIIQQQqIIHH"), struct.Struct("<IIQQQqBBHII")
MARK, OLD_MARK = struct.Struct("<8sHHI16sQQQQQQq"), struct.Struct("<8sHHI16sQQQQ")
EPOCH, IDLE, OLD_SLOT, SLOT = 1, 2, 16, 17
QUERY = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)  # the whole file
TABLE = list(range(256))
for _ in range(8):
    TABLE = [value >> 1 ^ (0x82F63B78 if value & 1 else 0) for value in TABLE]


def crc32c(data, start=0):
    crc = start ^ 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def boot_id():
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return bytes.fromhex(file.read().strip().replace("-", ""))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        if self.at > len(self.data):
            raise ValueError("ends early")
        return self.data[self.at - count : self.at]

    def number(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def block(self, code="I"):
        return self.take(self.number(code))

    def text(self, code="B"):
        return self.block(code).decode()

    def stream(self):
        return self.text(), self.text()

    def items(self):
        while self.at < len(self.data):
            yield self.number("B"), Reader(self.block())

    def counts(self):
        return {self.text(): self.number("Q") for _ in range(self.number("I"))}


def bases(folder):
    return sorted(int(name[:-4], 16) for name in os.listdir(folder) if name.endswith(".seg"))


class Segment:
    def __init__(self, folder, base):
        with open(os.path.join(folder, f"{base:016x}.seg"), "rb") as file:
            self.data = data = file.read()
        magic, version, self.begin, self.base, self.number, self.epoch, _, size, crc, name, _ = HEADER.unpack_from(data)
        self.salt, self.checkpoint = struct.unpack_from("<I", data, 60 + name)[0], data[64 + name : self.begin]
        if magic != b"TROUPSEG" or version not in (1, 2) or base != self.base or crc32c(data[: 60 + name]) != self.salt:
            raise ValueError(f"{folder}: the segment at {base} is damaged, or of a later version")
        if self.begin != 64 + name + size or crc32c(self.checkpoint) != crc:
            raise ValueError(f"{folder}: the checkpoint at {base} is damaged")

    def entry(self, at):
        """A good entry: its end, number, epoch, durable offset, kind and sections; None if there is none at `at`."""
        if at + ENTRY.size > len(self.data):
            return None
        crc, length, number, epoch, durable, _, kind, _, _, heard, said = ENTRY.unpack_from(self.data, at)
        end, said = at + length, at + 52 + heard + said
        if said > end or end > len(self.data) or durable > self.base + at:
            return None
        if crc32c(self.data[at + 4 : end], self.salt) != crc:
            return None
        cut = at + 52 + heard
        return end, number, epoch, durable, kind, self.data[at + 52 : cut], self.data[cut:said], self.data[said:end]

    def entries(self, limit=1 << 63):
        at, number, epoch = self.begin, self.number, self.epoch
        while self.base + at < limit and (entry := self.entry(at)) and entry[1] == number and entry[2] >= epoch:
            yield entry
            at, number, epoch = entry[0], number + 1, entry[2]

    def durable(self):
        """What any good entry states, behind a bad one too."""
        found, at = self.base + self.begin, self.begin
        while at + ENTRY.size <= len(self.data):
            number = struct.unpack_from("<Q", self.data, at + 8)[0] - self.number
            entry = self.entry(at) if 0 <= number <= len(self.data) // ENTRY.size else None
            found, at = (max(found, entry[3]), entry[0]) if entry else (found, at + 1)
        return found


class Mark:
    """Nothing is proved without one, or by a damaged one."""

    def __init__(self, folder):
        self.everything, self.durable, self.epoch, self.released, self.boot = False, 0, 0, 0, b""
        for _ in range(16 if os.path.exists(folder + "/mark") else 0):
            with open(folder + "/mark", "rb", buffering=0) as file:
                data, found = file.read(), os.fstat(file.fileno())
            form = MARK if data[8:10] == b"\2\0" else OLD_MARK
            if len(data) >= form.size + 4 and struct.unpack_from("<I", data, form.size)[0] == crc32c(data[: form.size]):
                _, _, flags, _, self.boot, self.epoch, _, durable, self.released, *place = form.unpack_from(data)
                here = not place or place[:2] == [found.st_dev, found.st_ino]
                near = place and (flags & 2 or abs(found.st_ctime_ns // 1000 - place[2]) <= 50_000)
                self.everything = bool(here and near and self.boot == boot_id())
                self.durable = durable if here else 0
                return


def released(folder):
    """How far a journal may be read."""
    is_held = False
    if os.path.exists(folder + "/lock"):
        with open(folder + "/lock", "rb") as file:
            is_held = struct.unpack_from("h", fcntl.fcntl(file, 36, QUERY))[0] != fcntl.F_UNLCK
    mark = Mark(folder)
    if mark.boot == boot_id() if is_held else mark.everything:
        return mark.released
    return max(mark.durable, Segment(folder, bases(folder)[-1]).durable())


def checkpoint(data):
    """Cursors by stream, each an epoch and a low mark; the next sequences by topic; items."""
    if not data:
        return {}, {}, Reader(b"")
    reader, cursors, version = Reader(data), {}, 1
    count = reader.number("I")
    if count == 0xFFFFFFFF:
        version, count = reader.number("B"), reader.number("I")
    for _ in range(count):
        stream = reader.stream()
        cursors[stream] = [reader.number("Q"), reader.number("Q")]
        reader.take(12 if version == 2 else 0)
        reader.take(16 * reader.number("I"))
    return cursors, reader.counts(), Reader(reader.block())


class Event:
    """A record; what is wrong with it is its `problem`, and no reason not to read the next one."""

    def __init__(self, record):
        self.record, self.problem, self.attributes, self.data = record, None, {}, b""
        self.topic = self.flow = self.serial = ""
        _, self.checksum, version, self.flags, _, count, self.time, self.sequence = struct.unpack_from("<IIBBBBqQ", record)
        try:
            reader = Reader(record)
            reader.take(28)
            raw = reader.block("B") if self.flags & 1 else reader.take(16)
            digits = raw.hex()
            dashed = "-".join(digits[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
            self.identity = bytes([len(raw)]) + raw if self.flags & 1 else raw
            self.topic, self.flow = reader.text(), raw.decode() if self.flags & 1 else dashed
            self.serial = reader.text("H")
            if version != 1 or self.flags > 1 or crc32c(record[8:]) != self.checksum:
                raise ValueError("the record is damaged, or of another version")
            for _ in range(count):
                key = reader.number("B")
                self.attributes[key] = reader.block("H" if key < 0x80 else "I")
            self.data = record[reader.at :]
            if 0x07 not in self.attributes:
                json.loads(self.data or b"null")
            if self.serial.count("/") > 64:
                raise ValueError("its serial is deeper than 64 steps")
        except (ValueError, struct.error) as error:
            self.problem = str(error)

    def time_of(self, key):
        return struct.unpack("<q", self.attributes[key])[0] if key in self.attributes else None


def events(said):
    at = 0
    while at < len(said):
        length = struct.unpack_from("<I", said, at)[0]
        if length < 28 or at + length > len(said):
            raise ValueError(f"no record at {at} of what was said")
        yield Event(said[at : at + length])
        at += length


class Follower:
    """Reads on in somebody's journal, as far as it is released."""

    def __init__(self, folder):
        self.folder, self.place, self.tip, self.told = folder, None, 0, set()

    def tell(self, message):
        """Each thing once."""
        if message not in self.told:
            self.told.add(message)
            print(f"{self.folder}: {message}", file=sys.stderr)

    def forget(self, message):
        """Reads from the beginning again next time."""
        self.place = None
        self.tell(message)

    def poll(self):
        """Yields what is live where reading begins, and then the sections of each entry with its epoch."""
        end = released(self.folder)
        if self.place and end < self.place[1]:
            self.place = None  # It was put back: what it has now is read from its beginning.
        if not self.place:
            segment = Segment(self.folder, bases(self.folder)[0])
            self.place, self.tip = (segment.base, segment.base + segment.begin, segment.number, segment.epoch), 0
            yield checkpoint(segment.checkpoint), None
        elif end > self.place[1]:
            segment = Segment(self.folder, self.place[0])
        while (at := self.place[1]) < end:
            base, _, number, epoch = self.place
            if at != base and at in bases(self.folder):
                segment = Segment(self.folder, at)
                self.place = (at, at + segment.begin, number, epoch)
                continue
            entry = segment.entry(at - base)
            kind = entry[4] if entry else 0
            before = struct.unpack_from("<Q", entry[7])[0] if kind == EPOCH else 0
            if not entry or entry[1] != number or epoch not in (entry[2], before):
                # A recovery cut it, or it was put back; if neither, it is damaged.
                return self.forget(f"does not go on at {at}")
            self.place = (base, base + entry[0], number + 1, entry[2])
            if kind in (OLD_SLOT, SLOT):
                yield None, entry


def main(home):
    for name in sorted(os.listdir(home + "/journals")):
        folder = f"{home}/journals/{name}"
        if os.path.isdir(folder) and bases(folder):
            for _, entry in Follower(folder).poll():
                for event in events(entry[6]) if entry else ():
                    place = f"{name} {event.topic}#{event.sequence}"
                    print(place, f"{event.flow}/{event.serial}", event.data.decode(errors="replace"))


if __name__ == "__main__":
    main(*sys.argv[1:])
