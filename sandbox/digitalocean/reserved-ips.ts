// Reserved IPv4 addresses: a droplet's address that survives the droplet.
import { actionJson, actionsOf } from "./actions.ts";
import { regionJson, regionNamed } from "./catalog.ts";
import type { Cloud } from "./cloud.ts";
import { page } from "./paging.ts";
import { joinDefaultProject, projectOf } from "./projects.ts";
import {
  allReserved,
  assign,
  giveBack,
  holderJson,
  type Reserved,
  reservedUrn,
  unassign,
  wantedReserved,
} from "./reserved.ts";
import { accepted, type Call, created, known, noContent, ok, oneOf, type Routes, unprocessable } from "./route.ts";

async function reserve(cloud: Cloud, { body }: Call): Promise<Reserved> {
  if (body.droplet_id !== undefined) cloud.gap("a reserved IP that is assigned when it is made");
  const region = regionNamed(cloud, body.region);
  if (allReserved(cloud, 4).length >= cloud.account.reservedIpLimit) {
    throw unprocessable("You have reached your reserved IP limit.");
  }
  const address = await cloud.hosts.reserve();
  const reserved: Reserved = { version: 4, address, region, reservedAtMs: cloud.nowMs, holder: undefined };
  cloud.reserved.push(reserved);
  joinDefaultProject(cloud, reservedUrn(reserved));
  return reserved;
}

const json = (cloud: Cloud, reserved: Reserved): object => ({
  ip: reserved.address,
  region: regionJson(cloud, reserved.region),
  droplet: holderJson(cloud, reserved),
  locked: false,
  project_id: projectOf(cloud, reservedUrn(reserved)),
});

const wanted = (cloud: Cloud, { params }: Call): Reserved => wantedReserved(cloud, 4, params.ip);

export const reservedIpRoutes: Routes = {
  "GET /v2/reserved_ips": (cloud, call) => {
    const all = allReserved(cloud, 4).map((reserved) => json(cloud, reserved));
    return page("reserved_ips", "/v2/reserved_ips", all, call);
  },
  "POST /v2/reserved_ips": async (cloud, call) => accepted({ reserved_ip: json(cloud, await reserve(cloud, call)) }),
  "GET /v2/reserved_ips/:ip": (cloud, call) => ok({ reserved_ip: json(cloud, wanted(cloud, call)) }),
  "DELETE /v2/reserved_ips/:ip": (cloud, call) => {
    giveBack(cloud, wanted(cloud, call));
    return noContent;
  },
  "GET /v2/reserved_ips/:ip/actions": (cloud, call) => {
    const { address } = wanted(cloud, call);
    return page("actions", `/v2/reserved_ips/${address}/actions`, actionsOf(cloud, address), call);
  },
  "POST /v2/reserved_ips/:ip/actions": (cloud, call) => {
    const reserved = wanted(cloud, call);
    const type = oneOf(call.body, "type", ["assign", "unassign"]);
    const action = type === "assign" ? assign(cloud, reserved, call.body.droplet_id) : unassign(cloud, reserved);
    return created({ action: actionJson(cloud, action) });
  },
  "GET /v2/reserved_ips/:ip/actions/:id": (cloud, call) => {
    const actions = actionsOf(cloud, wanted(cloud, call).address) as { id: number }[];
    return ok({ action: known(actions.find(({ id }) => String(id) === call.params.id)) });
  },
};
