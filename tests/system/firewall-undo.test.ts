// A firewall table that cuts SSH takes itself back: in force and on disk, also when the run that loaded it was killed.
import { expect } from "vitest";
import { connect } from "../../remote/ssh.ts";
import { broken } from "./converging/farm.ts";
import { onBothReleases } from "./on-both.ts";
import type { HostRig } from "./rig.ts";

const on = onBothReleases();

/** In force, and on disk for the next boot. */
const table = (rig: HostRig) =>
  rig.inside("nft -s list table inet bednet | sed 's/packets [0-9]* bytes [0-9]*//'; cat /etc/bednet/firewall.nft");

/** A table that lets only somebody else in; the refusal that would stop it is passed by. */
const keepingUsOut = (rig: HostRig) =>
  broken(rig, "/firewall.nft", (text) => text.replace(rig.guest.gateway, "203.0.113.9"));

const canLogIn = (rig: HostRig) =>
  connect({ ...rig.ssh, connectDeadlineMs: 2_000 }).then(
    (host) => host.close().then(() => true),
    () => false,
  );

on("a table that keeps the admin out is taken back", async (rig) => {
  await rig.converge();
  const before = await table(rig);
  await expect(rig.converge(keepingUsOut(rig))).rejects.toThrow(
    "no new SSH login got through the new firewall table, so the one before is loaded again",
  );
  expect(await table(rig)).toBe(before);
  expect(await canLogIn(rig)).toBe(true);
  expect(await rig.converge()).toMatchObject({ changed: [], trips: 1 });
});

on("it is taken back when the run is killed before anybody could say so", async (rig) => {
  const before = await table(rig);
  const run = rig.converge(keepingUsOut(rig)).catch((error: Error) => error);
  await expect.poll(() => canLogIn(rig), { timeout: 30_000 }).toBe(false);
  await rig.inside("systemctl kill --signal=KILL 'bednet-apply-*'");
  expect(await run).toBeInstanceOf(Error);
  expect(await canLogIn(rig)).toBe(false);
  await expect.poll(() => canLogIn(rig), { timeout: 80_000, interval: 2_000 }).toBe(true);
  expect(await table(rig)).toBe(before);
  expect(await rig.converge()).toMatchObject({ changed: [] });
});
