"""Reads the golden vectors with nothing but the text of the article "Record format".

Takes the file as its argument. Decodes each record, checks it against the CloudEvents JSON beside it, and prints a line
for each. Ends with 1 and a message at the first difference. Needs no packages.
"""

import base64
import json
import struct
import sys
from datetime import datetime, timedelta, timezone

TEXTS = {
    0x02: "tracestate", 0x03: "partitionkey", 0x04: "subject", 0x05: "source", 0x06: "id", 0x07: "datacontenttype",
    0x08: "dataschema", 0x09: "dataref",
}
TIMES = {0x0A: "expirytime", 0x0B: "notbefore"}


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Reader:
    def __init__(self, data):
        self.data = data
        self.position = 0

    def take(self, count):
        assert self.position + count <= len(self.data), "truncated"
        self.position += count
        return self.data[self.position - count : self.position]

    def number(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize(code)))[0]

    def text(self, code):
        return self.take(self.number(code)).decode("utf-8")

    def uuid(self):
        digits = self.take(16).hex()
        return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])

    @property
    def at_end(self):
        return self.position == len(self.data)


def timestamp(microseconds):
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=microseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def attribute(key, value, flow, event, causes):
    if key == 0x01:
        assert len(value) == 25
        event["traceparent"] = "-".join(["00", value[:16].hex(), value[16:24].hex(), value[24:].hex()])
    elif key in TEXTS:
        event[TEXTS[key]] = value.decode("utf-8")
    elif key in TIMES:
        event[TIMES[key]] = timestamp(struct.unpack("<q", value)[0])
    elif key == 0x80:
        reader = Reader(value)
        while not reader.at_end:
            kind = reader.number("B")
            other = {0: lambda: flow, 1: reader.uuid, 2: lambda: reader.text("B")}[kind]()
            causes.append(other + "/" + reader.text("H"))
    elif key == 0x81:
        reader = Reader(value)
        context = {}
        while not reader.at_end:
            name = reader.text("B")
            context[name] = reader.text("H")
        event["context"] = context
    elif key == 0x82:
        reader = Reader(value)
        while not reader.at_end:
            name = reader.text("B")
            kind = reader.number("B")
            event[name] = {
                0: lambda: reader.text("H"),
                1: lambda: reader.number("i"),
                2: lambda: bool(reader.number("B")),
            }[kind]()
    else:
        raise ValueError(f"attribute key {key}")


def decode(record):
    reader = Reader(record)
    assert reader.number("I") == len(record), "length"
    assert reader.number("I") == crc32c(record[8:]), "checksum"
    version, flags, bucket, count = (reader.number("B") for _ in range(4))
    assert version == 1 and flags & ~1 == 0
    time, sequence = reader.number("q"), reader.number("Q")
    flow = reader.text("B") if flags & 1 else reader.uuid()
    event = {"specversion": "1.0", "type": reader.text("B"), "time": timestamp(time), "correlationid": flow}
    serial = event["serial"] = reader.text("H")
    parent, _, last = serial.rpartition("/")
    event["id"] = flow + "/" + serial
    event["source"] = "troupe:" + (last.split(".")[0] if parent else "ingress")
    causes = [flow + "/" + parent] if parent else []
    if sequence:
        event["sequence"] = f"{sequence:020}"
    last_key = 0
    for _ in range(count):
        key = reader.number("B")
        assert key > last_key, "order of keys"
        last_key = key
        value = reader.take(reader.number("I" if key >= 0x80 else "H"))
        attribute(key, value, flow, event, causes)
    if causes:
        event["causationid"] = causes[0]
    if len(causes) > 1:
        event["causes"] = " ".join(causes)
    assert bucket == crc32c(event.get("partitionkey", flow).encode("utf-8")) & 0xFF, "bucket"
    return event, record[reader.position :]


def data_of(members):
    """The data that a JSON event says, and whether it is JSON, which is compared as values."""
    if "data_base64" in members:
        return base64.b64decode(members.pop("data_base64")), False
    if "data" not in members:
        return b"", False
    data = members.pop("data")
    if members.get("datacontenttype", "application/json") == "application/json":
        return data, True
    return data.encode("utf-8"), False


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        vectors = json.load(file)
    for name, vector in vectors["records"].items():
        try:
            event, data = decode(bytes.fromhex(vector["record"]))
            members = vector["event"]
            expected, is_json = data_of(members)
            if "context" in members:
                members["context"] = json.loads(members["context"])
            assert event == members, f"{event} is not {members}"
            assert (json.loads(data) if is_json else data) == expected, f"{data} is not {expected}"
        except Exception as error:
            sys.exit(f"{name}: {error}")
        print(f"{name}: {event['id']}")
    frame = vectors["frame"]
    topic, _, rest = bytes.fromhex(frame["frame"]).partition(b"\0")
    reader = Reader(rest)
    assert topic.decode() == frame["topic"] and reader.number("B") == 1
    assert reader.text("B") == frame["publisher"]
    assert [reader.number("Q"), reader.number("Q"), reader.number("I")] == [
        frame["epoch"], frame["firstSequence"], frame["count"],
    ]
    records = b"".join(bytes.fromhex(vectors["records"][name]["record"]) for name in frame["records"])
    assert rest[reader.position :] == records
    print("frame")


sys.stdout.reconfigure(encoding="utf-8")
main()
