import { beforeAll, describe, expect, test } from "vitest";
import { generationPlugin } from "../../src/codegen/generations/generation-plugin.js";
import { Image } from "./image.js";

const OPTIONS = `syntax = "proto3";
package shop.v1;
import "google/protobuf/descriptor.proto";
extend google.protobuf.MessageOptions {
  string event_type = 50001;
  string closed_since = 50002;
  bool closed = 50003;
}
extend google.protobuf.FieldOptions {
  repeated FieldChange changed = 50004;
  string added_in = 50005;
}
message FieldChange {
  string since = 1;
  string name = 2;
  optional bool required = 3;
  optional uint64 min_len = 4;
  string absent_means = 5;
  string comment = 6;
}
`;

type Refused = readonly [body: string, ...refused: (readonly [element: string, why: string])[]];

const notWritten = "cannot be written in another generation yet";
const inItself = `a message inside itself ${notWritten}`;
const open =
  'closed_since is missing, and would leave payloads open: write option (closed_since) = "3.0.0";';
/** The declarations of a file, and what is refused in them, by the element. */
const refusedFiles: readonly Refused[] = [
  [
    "message A { oneof which { string one = 1; int64 two = 2; } optional string three = 3; }",
    ["A.which", `a oneof ${notWritten}`],
  ],
  [
    "enum E { E_UNSPECIFIED = 0; } message A { message B { repeated E list = 1; } E one = 1; }",
    ["A.one", `an enum ${notWritten}`],
    ["A.B.list", `an enum ${notWritten}`],
  ],
  [
    "message A { repeated int32 a = 1 [packed = false, deprecated = true]; }",
    ["A.a", `the option packed ${notWritten}`],
  ],
  ["message A { A a = 1; }", ["A", inItself]],
  [
    "message A { repeated B b = 1; C c = 2; } message B { map<string, A> a = 1; } message C {}",
    ["A", inItself],
    ["B", inItself],
  ],
  [
    `message Free {}
    message A { option (event_type) = "A"; message C {} B b = 1; google.protobuf.Struct s = 2; }
    message B { option (closed_since) = "3.0.0"; map<string, A.C> c = 1; }`,
    ["A", open],
    ["A.C", open],
  ],
  [
    `message A {
      option (closed_since) = "yes";
      string a = 1 [(added_in) = "3"];
      string b = 2 [(changed) = { since: "v3.0.0" name: "c" }];
      string d = 3 [(changed) = { since: "3.0.0" min_len: 1 }, (changed) = { name: "e" }];
      string f = 4 [(added_in) = "3.0.0.1"];
    }`,
    ["A", 'closed_since = "yes" is no generation, such as 3.0.0'],
    ["A.a", 'added_in = "3" is no generation, such as 3.0.0'],
    ["A.b", 'changed.since = "v3.0.0" is no generation, such as 3.0.0'],
    ["A.d", 'changed.since = "" is no generation, such as 3.0.0'],
    ["A.f", 'added_in = "3.0.0.1" is no generation, such as 3.0.0'],
  ],
  [
    `message A {
      string a = 1 [(changed) = { since: "3.0.0" name: "b" }];
      string b = 2 [(changed) = { since: "3.0.0" name: "c" }];
      string d = 3 [(changed) = { since: "4.0.0" name: "c" }];
      string e = 4 [(changed) = { since: "3.0.0" name: "bad-name" }];
      string f = 5 [(changed) = { since: "3.0.0" name: "g" }, (changed) = { since: "4.0.0" name: "f" }];
      reserved "old";
      string h = 6 [(changed) = { since: "3.0.0" name: "old" }];
    }`,
    ["A.a", 'changed.name = "b" is a name of b, too'],
    ["A.b", 'changed.name = "c" is a name of d, too'],
    ["A.d", 'changed.name = "c" is a name of b, too'],
    ["A.e", 'changed.name = "bad-name" is no identifier: letters, digits and _, no digit first'],
    ["A.h", 'changed.name = "old" is a reserved name'],
  ],
];

const LONG = "a/long/path".repeat(9);
/** The declarations of a file, and what its source in the later generation has of them. */
const writtenFiles: readonly (readonly [what: string, body: string, written: RegExp])[] = [
  [
    "plain JSON, which contains itself by nature",
    "message A { google.protobuf.Struct s = 1; google.protobuf.Value v = 2; }",
    /google\.protobuf\.Struct s = 1 .*google\.protobuf\.Value v = 2/s,
  ],
  [
    "a message whose name another one hides, by its full name",
    "message B {} message A { message B {} message C { .PACKAGE.B outer = 1; B inner = 2; } }",
    /\.shop\.v3\.B outer = 1 .*\nA\.B inner = 2/s,
  ],
  [
    "what is reserved, and what is deprecated",
    `message A {
      option deprecated = true;
      reserved 7, 9 to 11, 1000 to max;
      reserved "old", "older";
      optional string a = 1 [deprecated = true];
    }`,
    /option deprecated = true;\nreserved 7, 9 to 11, 1000 to max;\nreserved "old", "older";.*a = 1 \[\s*json_name = "a",\s*deprecated = true/s,
  ],
  [
    "each word of a comment, however long it is",
    `// See ${LONG} and more.
    message A {}`,
    new RegExp(`// See\n// ${LONG}\n// and more\\.\n`),
  ],
  [
    "no field and no change of a generation after it",
    `message A {
      option (closed_since) = "10.0.0";
      optional string a = 1 [(added_in) = "3.0.0", (changed) = { since: "3.1.0" name: "later" }];
      optional string b = 2 [(added_in) = "3.0.1"];
    }`,
    /message A \{\s*optional string a = 1 \[\s*json_name = "a"\s*\];\s*\}/,
  ],
];

let image: Image;
beforeAll(async () => {
  const bodies = [...refusedFiles.map(([body]) => body), ...writtenFiles.map(([, body]) => body)];
  image = await Image.ofFiles({
    "shop/v1/options.proto": OPTIONS,
    ...Object.fromEntries(
      bodies.map((body, index) => [
        `shop/v1/m${index}.proto`,
        `syntax = "proto3";
package shop.v1.m${index};
import "google/protobuf/struct.proto";
import "shop/v1/options.proto";
${body.replaceAll("PACKAGE", `shop.v1.m${index}`)}
`,
      ]),
    ),
  });
});

function generate(index: number): Map<string, string> {
  return image.generate(
    generationPlugin,
    `shop/v1/m${index}.`,
    "generation=3.0.0",
    "package=shop.v3",
    ...["event_type", "closed_since", "closed", "changed", "added_in"].map(
      (name) => `${name}=shop.v1.${name}`,
    ),
  );
}

describe("what would be lost or wrong in a later generation is refused, all at once", () => {
  test.for(refusedFiles.map((row, index) => [row[0], index, row] as const))(
    "%s",
    ([_, index, [, ...refused]]) => {
      const lines = refused.map(
        ([element, why]) => `shop/v1/m${index}.proto: shop.v1.m${index}.${element}: ${why}`,
      );
      expect(() => generate(index)).toThrow(
        expect.objectContaining({
          name: "UnsupportedContractError",
          message: lines.join("\n"),
        }),
      );
    },
  );
});

describe("the source of a later generation has", () => {
  test.for(writtenFiles.map((row, index) => [...row, refusedFiles.length + index] as const))(
    "%s",
    ([_what, _body, written, index]) => {
      expect(generate(index).get(`proto/shop/v3/m${index}.proto`)).toMatch(written);
    },
  );
});
