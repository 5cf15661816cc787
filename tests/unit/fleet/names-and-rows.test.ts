import { describe, expect, it } from "vitest";
import { mistakesOf, sampleWith, sampleYaml } from "./sample.ts";

const mistakesAfter = (replace: Record<string, string>): string[] => mistakesOf(sampleWith(replace));
const rows = (csv: string): string[] => mistakesOf(sampleYaml, csv);

describe("a name", () => {
  it("is one person's or one service's", () => {
    expect(mistakesAfter({ "  ana:": "  dashboard:" })).toEqual([
      'fleet.yaml:12:3  people.dashboard: "dashboard" is also the service dashboard (fleet.yaml:10); rename one',
    ]);
  });

  it("is not that of a service's second connection", () => {
    expect(mistakesAfter({ "  ana:": "  dashboard-2:" })).toEqual([
      'fleet.yaml:12:3  people.dashboard-2: "dashboard-2" is also connection 2 of service dashboard (fleet.yaml:10); rename one',
    ]);
    expect(mistakesAfter({ "people:": "  dashboard-2: {}\npeople:" })).toEqual([
      'fleet.yaml:11:3  services.dashboard-2: "dashboard-2" is also connection 2 of service dashboard (fleet.yaml:10); rename one',
    ]);
  });

  it("is not a device's and a person's at once", () => {
    expect(rows("id,class\nana,sensor\n")).toEqual([
      'devices.csv:2:1  id: "ana" is also the person ana (fleet.yaml:12); rename one',
    ]);
  });

  it("does not begin like bednet's own", () => {
    expect(mistakesAfter({ "  ana:": "  bednet-ana:" })).toEqual([
      'fleet.yaml:12:3  people.bednet-ana: "bednet-ana": names that begin with bednet- are bednet\'s own; choose another',
    ]);
    expect(rows("id,class\nBednet-1,sensor\n")).toEqual([
      'devices.csv:2:1  id: "Bednet-1": names that begin with bednet- are bednet\'s own; choose another',
    ]);
  });

  it("leaves room for the number of a connection", () => {
    const long = "d".repeat(63);
    expect(mistakesAfter({ "  dashboard:": `  ${long}:` })).toEqual([
      `fleet.yaml:10:3  services.${long}: its connection ${JSON.stringify(`${"d".repeat(57)}...`)} has 65 characters, the limit is 64; shorten it`,
    ]);
  });
});

describe("a row", () => {
  it.each([
    ["without a class", "soil-1", 'devices.csv:2:1  (row): "soil-1" has no class; write id,class'],
    ["with an empty class", "soil-1,", "devices.csv:2:8  class: is empty; write the device's class"],
    ["with an empty id", ",sensor", "devices.csv:2:1  id: is empty; write the device's id"],
    [
      "with three columns",
      "soil-1,sensor,note",
      "devices.csv:2:1  (row): has 3 columns, expected id,class; remove the rest",
    ],
    [
      "with a blank",
      "soil 1,sensor",
      'devices.csv:2:1  id: "soil 1": use letters, digits, - and _, starting with a letter or digit, 64 at most',
    ],
    [
      "with a colon",
      "soil:1,sensor",
      'devices.csv:2:1  id: "soil:1": use letters, digits, - and _, starting with a letter or digit, 64 at most',
    ],
    ["of an unknown class", "soil-1,sensors", 'devices.csv:2:8  class: "sensors" is not a class; did you mean sensor?'],
    [
      "of a class that only JavaScript knows",
      "soil-1,constructor",
      'devices.csv:2:8  class: "constructor" is not a class; use sensor or add it below classes',
    ],
    [
      "with a line break in quotes",
      '"soil\n1",sensor',
      'devices.csv:2:1  id: "soil\\n1": use letters, digits, - and _, starting with a letter or digit, 64 at most',
    ],
    [
      "with an open quotation mark",
      '"soil-1,sensor',
      "devices.csv:2:1  (row): a quotation mark is out of place; ids and classes need none",
    ],
  ])("%s", (_, row, mistake) => expect(rows(`id,class\n${row}\n`)).toEqual([mistake]));

  it("with a stray quotation mark hides no other mistake, in whichever line it is", () => {
    const says = "(row): a quotation mark is out of place; ids and classes need none";
    const others = 'soil 2,sensor\n"soil-3","sensor"\nsoil-3,sensors\n';
    expect(rows(`id,class\nsoil"1,sensor\n${others}soil-4,"sensor\nsoil-5\n`)).toEqual([
      `devices.csv:2:1  ${says}`,
      expect.stringMatching(/^devices\.csv:3:1 {2}id: "soil 2": use letters/),
      'devices.csv:5:1  id: "soil-3" is already in line 4; remove one or rename it',
      'devices.csv:5:8  class: "sensors" is not a class; did you mean sensor?',
      `devices.csv:6:1  ${says}`,
      'devices.csv:7:1  (row): "soil-5" has no class; write id,class',
    ]);
    expect(rows('\ufeff\n"id,class\nsoil-5\n')).toEqual([
      `devices.csv:2:1  ${says}`,
      'devices.csv:3:1  (row): "soil-5" has no class; write id,class',
    ]);
  });

  it("names both lines of an id that stands twice, whatever ends the lines", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      expect(rows(["id,class", "a,sensor", "", "b,sensor", "a,sensor", ""].join(end))).toEqual([
        'devices.csv:5:1  id: "a" is already in line 2; remove one or rename it',
      ]);
    }
  });

  it("is not read below a header of another shape", () => {
    expect(rows("soil-1,sensor\n")).toEqual([
      'devices.csv:1:1  (header): "soil-1,sensor", expected "id,class"; put it in the first line',
    ]);
    expect(rows("id;class\nsoil-1;sensor\n")).toEqual([
      'devices.csv:1:1  (header): "id;class", expected "id,class"; separate the columns with commas',
    ]);
    expect(rows("")).toEqual(['devices.csv:1:1  (file): is empty; begin with the line "id,class", or remove the file']);
  });
});
