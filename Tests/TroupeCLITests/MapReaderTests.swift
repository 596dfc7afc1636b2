internal import Foundation
internal import Testing
internal import TroupeTesting

@testable internal import TroupeCLI

extension CommandLineTests {
    @Suite("Readers of maps") struct MapReaders {
        @Test("Graphviz reads DOT, an XML parser SVG, and asyncapi3 AsyncAPI", .timeLimit(.minutes(2)))
        func readers() async throws {
            let script = """
                import json, sys, warnings, xml.dom.minidom, jsonschema
                warnings.simplefilter("ignore")
                from asyncapi3.models.asyncapi import AsyncAPI3
                given = json.load(sys.stdin)
                for picture in given["svg"]:
                    assert xml.dom.minidom.parseString(picture).documentElement.tagName == "svg"
                for text in given["asyncapi"]:
                    document = json.loads(text)
                    AsyncAPI3.model_validate(document)
                    def follow(place):
                        node = document
                        for part in place.removeprefix("#/").split("/"):
                            node = node[part]
                    def walk(node):
                        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
                            if key == "$ref":
                                follow(value)
                            elif isinstance(value, (dict, list)):
                                walk(value)
                    walk(document)
                    for message in document["components"]["messages"].values():
                        jsonschema.Draft7Validator.check_schema(message.get("payload", {}))
                print("all read")
                """
            let maps = [ChoreographyMap.shop(.declared), .shop(.observed), .shop(.diff), .shaped, .hundred]
            let given = try JSONEncoder().encode([
                "svg": maps.map { MapSVG($0).text() }, "asyncapi": maps.map { try MapAsyncAPI($0).json() },
            ])
            try await withProcessStage { stage in
                let output = try await stage.run("/usr/bin/env", ["python3", "-c", script], input: Array(given))
                #expect(output.standardOutput == "all read\n", "\(output); scripts/setup --tests installs asyncapi3")
                for map in maps {
                    let dot = try await stage.run(
                        "/usr/bin/env", ["dot", "-Tsvg"], input: Array(MapDiagrams(map).dot().utf8))
                    #expect(
                        dot.status == .exited(0) && dot.standardError == "",
                        "\(dot); scripts/setup --tests installs dot")
                    let edges = dot.standardOutput.split(separator: "class=\"edge\"").count - 1
                    #expect(edges == map.sayings.count + map.hearings.count)
                }
            }
        }
    }
}
