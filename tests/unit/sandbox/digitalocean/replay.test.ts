// The real provider's conversation, recorded once: the stand-in must still give the answers that it was content with.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseConversation, replay } from "../../../../sandbox/digitalocean/recording.ts";

const text = readFileSync(new URL("../../../golden/digitalocean-conversation.jsonl", import.meta.url), "utf8");
const conversation = parseConversation(text);

test("each request of the recorded conversation gets the recorded answer", async () => {
  expect(await replay(conversation)).toEqual([]);
});

test("it is whole: every kind of thing is made, changed where it can be, and deleted; and it holds no token", () => {
  const said = conversation.exchanges.map(({ method, url }) => `${method} ${url.replace(/\?.*/, "")}`);
  const kinds = [
    ...["account/keys", "tags", "firewalls", "droplets", "reserved_ips", "reserved_ipv6", "projects"],
    ...["domains/example.com/records", "monitoring/alerts", "uptime/checks"],
  ];
  for (const kind of kinds) {
    expect(said).toContain(`POST /v2/${kind}`);
    expect(said.some((call) => call.startsWith(`DELETE /v2/${kind}/`))).toBe(true);
  }
  for (const kind of ["firewalls", "monitoring/alerts", "uptime/checks", "domains/example.com/records"]) {
    expect(said.some((call) => call.startsWith(`PUT /v2/${kind}/`))).toBe(true);
  }
  const asked = conversation.exchanges.map(({ body }) => body.type);
  for (const type of ["assign", "unassign", "shutdown", "power_off", "resize", "power_on", "rename"]) {
    expect(asked).toContain(type);
  }
  expect(text).not.toMatch(/dop_v1|authorization|bearer/i);
});

test("a changed answer, a changed request and a gap are each found", async () => {
  const { heading, exchanges } = conversation;
  const at = exchanges.findIndex(({ method, url }) => method === "POST" && url === "/v2/droplets");
  const changed = exchanges.slice(0, at + 1).map((exchange) => ({ ...exchange }));
  changed[at] = { ...changed[at]!, status: 201 };
  const [difference, ...others] = await replay({ heading, exchanges: changed });
  expect(others).toEqual([]);
  expect(difference).toMatchObject({ line: at + 2, request: "POST /v2/droplets", recorded: { status: 201 } });
  changed[at] = { ...exchanges[at]!, body: { ...exchanges[at]!.body, size: "s-9vcpu" } };
  expect((await replay({ heading, exchanges: changed }))[0]).toMatchObject({ now: { status: 422 } });
  const gap = { atMs: 0, method: "GET", url: "/v2/vpcs", body: {}, status: 404, answer: undefined };
  expect((await replay({ heading, exchanges: [gap] })).at(-1)).toMatchObject({ now: "GET /v2/vpcs" });
});
