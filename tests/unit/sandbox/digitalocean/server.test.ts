// The stand-in as a server: who may ask, how much, in which pages, and what goes wrong on request.
import { expect, test } from "vitest";
import { aDroplet, startRig } from "./rig.ts";

test("without the token nothing is answered; what it answers with has the rate limit", async () => {
  const rig = await startRig({ account: { requestsPerHour: 2 } });
  const stranger = await fetch(`${rig.url}/v2/account`);
  expect([stranger.status, await stranger.json()]).toEqual([
    401,
    { id: "unauthorized", message: "Unable to authenticate you" },
  ]);
  const first = await rig.ask("GET /v2/account");
  expect(first.body.account).toMatchObject({ status: "active", droplet_limit: 10, email_verified: true });
  expect(first.headers.get("ratelimit-limit")).toBe("2");
  expect(first.headers.get("ratelimit-remaining")).toBe("1");
  await rig.ask("GET /v2/account");
  const refused = await rig.ask("GET /v2/account");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  await rig.pass(3_600_000);
  expect((await rig.ask("GET /v2/account")).status).toBe(200);
});

test("lists come in pages, with links to the others", async () => {
  const rig = await startRig();
  for (let n = 0; n < 45; n++) await rig.get("POST /v2/tags", { name: `tag-${n}` });
  const first = await rig.get("GET /v2/tags");
  expect([first.tags.length, first.meta.total]).toEqual([20, 45]);
  expect(first.links.pages).toEqual({
    next: "https://api.digitalocean.com/v2/tags?page=2&per_page=20",
    last: "https://api.digitalocean.com/v2/tags?page=3&per_page=20",
  });
  const last = await rig.get("GET /v2/tags?page=3");
  expect([last.tags.length, Object.keys(last.links.pages)]).toEqual([5, ["first", "prev"]]);
  expect((await rig.get("GET /v2/tags?per_page=200")).links).toEqual({});
  expect(await rig.refusal("GET /v2/tags?page=0")).toBe("422 page must be a positive number");
});

test("the catalogue is the one of the plan: sizes with prices, regions, images by slug", async () => {
  const rig = await startRig();
  const { sizes } = await rig.get("GET /v2/sizes?per_page=200");
  expect(sizes.find(({ slug }: { slug: string }) => slug === "s-1vcpu-1gb")).toMatchObject({
    ...{ memory: 1024, vcpus: 1, disk: 25, price_monthly: 6, price_hourly: 0.00893, available: true },
  });
  expect((await rig.get("GET /v2/regions")).regions).toHaveLength(16);
  expect((await rig.get("GET /v2/images/debian-13-x64")).image.distribution).toBe("Debian");
  expect((await rig.ask("GET /v2/images/debian-12-x64")).status).toBe(404);
  expect((await rig.get("GET /v2/images?private=true")).images).toEqual([]);
});

test("what is not imitated is 404 and noted as a gap", async () => {
  const rig = await startRig();
  expect((await rig.ask("GET /v2/kubernetes/clusters?page=1")).status).toBe(404);
  expect((await rig.ask("PUT /v2/tags/x", {})).status).toBe(404);
  expect((await rig.ask("GET /v2/tags/x")).status).toBe(404);
  expect(rig.cloud.gaps).toEqual(["GET /v2/kubernetes/clusters", "PUT /v2/tags/x"]);
});

test("a body that is not JSON is 400", async () => {
  const rig = await startRig();
  const headers = { authorization: `Bearer ${rig.token}` };
  const answer = await fetch(`${rig.url}/v2/tags`, { method: "POST", headers, body: "name=x" });
  expect(answer.status).toBe(400);
});

test("faults meet the n-th call, before or after the effect", async () => {
  const call = "POST /v2/droplets";
  const rig = await startRig({ faults: [{ call, nth: 2, times: 2, kind: "error-before" }] });
  rig.addFault({ call: "GET /v2/droplets/*", nth: 1, kind: "too-many-requests" });
  const statuses = async () => (await rig.ask(call, aDroplet)).status;
  expect([await statuses(), await statuses(), await statuses(), await statuses()]).toEqual([202, 500, 500, 202]);
  expect(rig.cloud.droplets).toHaveLength(2);
  rig.addFault({ call, nth: 1, kind: "error-after" });
  expect([await statuses(), await statuses()]).toEqual([500, 202]);
  expect(rig.cloud.droplets).toHaveLength(4);
  const [id] = rig.cloud.droplets.map((droplet) => droplet.id);
  const one = `GET /v2/droplets/${id}`;
  expect([(await rig.ask(one)).status, (await rig.ask(one)).status]).toEqual([429, 200]);
});

test.each([
  ["hang-before", 0],
  ["hang-after", 1],
] as const)("%s: no answer ever, and %i tags", async (kind, tags) => {
  const rig = await startRig({ faults: [{ call: "POST /v2/tags", nth: 1, kind }] });
  const hung = rig.ask("POST /v2/tags", { name: "x" }).then(
    () => "answered",
    () => "cut",
  );
  expect((await rig.ask("GET /v2/account")).status).toBe(200);
  await expect.poll(() => rig.cloud.tags.length).toBe(tags);
  expect(await Promise.race([hung, new Promise((done) => setTimeout(done, 100, "hangs"))])).toBe("hangs");
  expect(await rig.close()).toEqual([]);
  expect(await hung).toBe("cut");
});

test("what is recorded has every request that took effect, in order, and no token", async () => {
  const rig = await startRig();
  await rig.ask("POST /v2/tags", { name: "a" });
  await Promise.all(["b", "c"].map((name) => rig.ask("POST /v2/tags", { name })));
  await rig.pass(250);
  await rig.ask("DELETE /v2/tags/a");
  expect(rig.recorded.map(({ method, status }) => `${method} ${status}`)).toEqual([
    ...["POST 201", "POST 201", "POST 201"],
    "DELETE 204",
  ]);
  expect(rig.recorded.at(-1)).toMatchObject({ atMs: 250, url: "/v2/tags/a", body: {} });
  expect(rig.cloud.tags).toEqual(rig.recorded.slice(1, 3).map(({ body }) => body.name));
  expect(JSON.stringify(rig.recorded)).not.toContain(rig.token);
});
