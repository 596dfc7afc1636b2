#!/usr/bin/env python3
"""Reads OTLP JSON lines with the messages that OpenTelemetry publishes (PyPI opentelemetry-proto), and prints each span.

    read_otlp.py < traces.jsonl

Prints `trace span parent kind name` for each span, by line and as they stand. Exits with 1 when a line is no TracesData,
with 3 when the package is missing. OTLP/JSON writes ids in hexadecimal where protobuf's JSON has Base64
(opentelemetry.io/docs/specs/otlp, JSON Protobuf Encoding), so they are turned over first.
"""

import base64
import json
import sys

try:
    from google.protobuf import json_format
    from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData
except ImportError:
    print("opentelemetry-proto is not installed: python3 -m pip install opentelemetry-proto", file=sys.stderr)
    sys.exit(3)

IDS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}


def turn_over(value):
    if isinstance(value, list):
        return [turn_over(item) for item in value]
    if not isinstance(value, dict):
        return value
    turned = {}
    for name, item in value.items():
        if name in IDS:
            raw = bytes.fromhex(item)
            if len(raw) != IDS[name] or not any(raw):
                sys.exit(f"{name} {item} is not {IDS[name]} bytes, not all zero")
            turned[name] = base64.b64encode(raw).decode()
        else:
            turned[name] = turn_over(item)
    return turned


def main():
    for line in sys.stdin:
        try:
            if not isinstance(json.loads(line), dict):
                raise ValueError("not an object")
            data = json_format.ParseDict(turn_over(json.loads(line)), TracesData(), ignore_unknown_fields=False)
        except (json_format.ParseError, ValueError) as error:
            sys.exit(f"no TracesData: {error}")
        for resource in data.resource_spans:
            names = [a.value.string_value for a in resource.resource.attributes if a.key == "service.name"]
            if len(names) != 1 or not names[0]:
                sys.exit("a resource has no service.name")
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                if not 0 < span.start_time_unix_nano <= span.end_time_unix_nano:
                    sys.exit(f"{span.name} ends before it begins")
                kind = Span.SpanKind.Name(span.kind)
                parent = span.parent_span_id.hex() or "-"
                print(span.trace_id.hex(), span.span_id.hex(), parent, kind, names[0], span.name)


if __name__ == "__main__":
    main()
