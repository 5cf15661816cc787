// Pinned host keys as tags, and by which address a droplet is reached.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { dropletById, dropletsTagged, ownAddress, publicV6 } from "../../../../remote/digitalocean/droplets.ts";
import { pinOf, pinsWithoutDroplet, pinTag, removePin, writePin } from "../../../../remote/digitalocean/pins.ts";
import { holderOf, reservedIps, reservedV6Of } from "../../../../remote/digitalocean/reserved-ip.ts";
import { fingerprintOf } from "../../../../remote/host-key.ts";
import { startApiRig } from "./rig.ts";

const key = Buffer.from("a host key");
const fingerprint = fingerprintOf(key);

test("a pin is a bare tag that holds the whole checksum, and reads back as it was written", async () => {
  const { api, droplet, standIn } = await startApiRig();
  const { id } = await droplet();
  expect(await pinOf(api, id)).toBeUndefined();
  await writePin(api, id, fingerprint);
  await writePin(api, id, fingerprint);
  const tag = `bednet-pin-${id}-${createHash("sha256").update(key).digest("hex")}`;
  expect(await pinOf(api, id)).toEqual({ tag, dropletId: id, fingerprint });
  expect((await dropletById(api, id))!.tags).toEqual(["bednet-farm"]);
  expect(standIn.cloud.tags).toEqual(["bednet-farm", tag]);
  expect(await pinOf(api, Number(String(id).slice(0, -1)))).toBeUndefined();
});

test("two machines that saw different keys are told so", async () => {
  const { api, droplet } = await startApiRig();
  const { id } = await droplet();
  const other = fingerprintOf(Buffer.from("another host key"));
  await writePin(api, id, fingerprint);
  await expect(writePin(api, id, other)).rejects.toMatchObject({
    message: `droplet ${id} has two pinned host keys: ${fingerprint} and ${other}`,
    exitCode: 1,
  });
});

test("pins of droplets that are gone are found, and nobody else's", async () => {
  const { api, droplet, standIn } = await startApiRig();
  const [here, gone] = [await droplet(), await droplet()];
  await writePin(api, here.id, fingerprint);
  await writePin(api, gone.id, fingerprint);
  await api.delete(`/v2/droplets/${gone.id}`);
  const left = await pinsWithoutDroplet(api);
  expect(left.map(({ tag }) => tag)).toEqual([pinTag(gone.id, fingerprint)]);
  for (const pin of left) await removePin(api, pin);
  for (const pin of left) await removePin(api, pin); // somebody else was faster
  expect(standIn.cloud.tags).toEqual(["bednet-farm", pinTag(here.id, fingerprint)]);
});

test.each(["first", "last"] as const)(
  "a droplet's own address is not the reserved one, which is listed %s",
  async (reservedAddress) => {
    const { api, droplet, standIn } = await startApiRig({ reservedAddress });
    const { id, networks } = await droplet();
    const own = networks.v4.find(({ type }) => type === "public")!.ip_address;
    const { reserved_ip } = await api.post<{ reserved_ip: { ip: string } }>("/v2/reserved_ips", { region: "fra1" });
    expect(await holderOf(api, reserved_ip.ip)).toBeUndefined();
    await api.post(`/v2/reserved_ips/${reserved_ip.ip}/actions`, { type: "assign", droplet_id: id });
    await standIn.cloud.quiet();
    const [holder] = await dropletsTagged(api, "bednet-farm");
    expect(ownAddress(holder!, [reserved_ip.ip])).toBe(own);
    expect((await holderOf(api, reserved_ip.ip))!.id).toBe(id);
    expect((await reservedIps(api)).map(({ ip, droplet }) => [ip, droplet?.id])).toEqual([[reserved_ip.ip, id]]);
    expect(await holderOf(api, "203.0.113.99")).toBeUndefined();
  },
);

test("the reserved IPv6 addresses of a droplet are its own and nobody else's", async () => {
  const { api, droplet, standIn } = await startApiRig();
  const [holder, other] = [await droplet({ ipv6: true }), await droplet()];
  const { reserved_ipv6: held } = await api.post<{ reserved_ipv6: { ip: string } }>("/v2/reserved_ipv6", {
    region_slug: "fra1",
  });
  await api.post("/v2/reserved_ipv6", { region_slug: "fra1" });
  await api.post(`/v2/reserved_ipv6/${held.ip}/actions`, { type: "assign", droplet_id: holder.id });
  await standIn.cloud.quiet();
  expect(await reservedV6Of(api, holder.id)).toEqual([held.ip]);
  expect(await reservedV6Of(api, other.id)).toEqual([]);
  expect(publicV6((await dropletById(api, holder.id))!)).toContain(held.ip);
});
