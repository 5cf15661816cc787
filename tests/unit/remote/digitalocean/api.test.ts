// What is asked again and what never is, and the words for what the API refuses.
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ApiRefusal, openApi, orNone } from "../../../../remote/digitalocean/api.ts";
import { startApiRig } from "./rig.ts";

describe("a question", () => {
  test.each(["too-many-requests", "error-before", "error-after"] as const)("is asked again after %s", async (kind) => {
    // The stand-in's retry-after is a whole second.
    const { api, standIn, calls } = await startApiRig();
    standIn.addFault({ call: "GET /v2/account", nth: 1, times: kind === "too-many-requests" ? 1 : 2, kind });
    expect(await api.get("/v2/account")).toMatchObject({ account: { status: "active" } });
    expect(calls.length).toBe(kind === "too-many-requests" ? 2 : 3);
  });

  test("is asked again when nobody answers, and ends as could not tell", async () => {
    const { api, standIn, calls } = await startApiRig({}, 300);
    standIn.addFault({ call: "GET /v2/account", nth: 1, kind: "hang-before" });
    expect(await api.get("/v2/account")).toMatchObject({ account: { status: "active" } });
    standIn.addFault({ call: "GET /v2/account", nth: 1, times: 9, kind: "hang-before" });
    await expect(api.get("/v2/account")).rejects.toMatchObject({
      message: `${standIn.url} does not answer GET /v2/account: no answer within 0.3 s`,
      fix: "Check the network, and https://status.digitalocean.com, then run the command again.",
      exitCode: 2,
    });
    expect(calls.length).toBeGreaterThan(0);
  });

  test("takes every page", async () => {
    const { api, standIn } = await startApiRig();
    for (let i = 0; i < 450; i++) standIn.cloud.tags.push(`tag-${i}`);
    expect((await api.all<{ name: string }>("/v2/tags", "tags")).map(({ name }) => name)).toEqual(standIn.cloud.tags);
  });
});

test.each(["too-many-requests", "error-after", "hang-after"] as const)(
  "a command is sent once, whatever happens: %s",
  async (kind) => {
    const { api, standIn, calls } = await startApiRig({}, 300);
    standIn.addFault({ call: "POST /v2/tags", nth: 1, kind });
    await expect(api.post("/v2/tags", { name: "a" })).rejects.toMatchObject({ exitCode: 2 });
    expect(calls.filter((call) => call.startsWith("POST")).length).toBeLessThanOrEqual(1);
  },
);

describe("what is refused", () => {
  test("a token", async () => {
    const { standIn } = await startApiRig();
    const api = openApi({ env: { DIGITALOCEAN_TOKEN: "dop_v1_wrong", DIGITALOCEAN_API_URL: `${standIn.url}/` } });
    await expect(api.get("/v2/account")).rejects.toMatchObject({
      message: "DigitalOcean refuses the token in DIGITALOCEAN_TOKEN (401: Unable to authenticate you)",
      fix: "Make a new one at https://cloud.digitalocean.com/account/api/tokens and put it into the environment; nothing was changed.",
      exitCode: 1,
    });
    expect(inspect(api, { depth: 9 })).not.toContain("dop_v1_wrong");
  });

  test("no token at all", () => {
    expect(() => openApi({ env: {} })).toThrow("DIGITALOCEAN_TOKEN is not set");
  });

  test("what is not there is told from what is refused", async () => {
    const { api } = await startApiRig();
    await expect(api.get("/v2/droplets/1")).rejects.toMatchObject({
      message: "DigitalOcean refuses GET /v2/droplets/1 (404: The resource you were accessing could not be found.)",
      status: 404,
    });
    expect(await api.get("/v2/droplets/1").catch(orNone)).toBeUndefined();
    await expect(api.post("/v2/droplets", { name: "a", size: "huge" }).catch(orNone)).rejects.toMatchObject({
      message: "DigitalOcean refuses POST /v2/droplets (422: You specified an invalid size for Droplet creation.)",
      fix: "Settle what it says, then run the command again: it does what is left.",
      exitCode: 1,
    });
  });
});

test("the caller's signal ends it with its own reason", async () => {
  const { standIn } = await startApiRig();
  standIn.addFault({ call: "GET /v2/account", nth: 1, times: 9, kind: "hang-before" });
  const controller = new AbortController();
  const env = { DIGITALOCEAN_TOKEN: standIn.token, DIGITALOCEAN_API_URL: standIn.url };
  const asked = openApi({ env, signal: controller.signal }).get("/v2/account");
  setTimeout(() => controller.abort(new Error("stopped")), 50);
  await expect(asked).rejects.toThrow("stopped");
  await expect(asked).rejects.not.toBeInstanceOf(ApiRefusal);
});
