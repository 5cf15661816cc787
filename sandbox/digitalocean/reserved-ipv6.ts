// Reserved IPv6 addresses: as with IPv4, in words of their own. They are said to be assigned and lead nowhere.
import { actionJson, timeText } from "./actions.ts";
import { regionNamed } from "./catalog.ts";
import type { Cloud } from "./cloud.ts";
import { page } from "./paging.ts";
import { allReserved, assign, giveBack, holderJson, type Reserved, unassign, wantedReserved } from "./reserved.ts";
import { type Call, created, noContent, ok, oneOf, type Routes, unprocessable } from "./route.ts";

const json = (cloud: Cloud, reserved: Reserved): object => ({
  ip: reserved.address,
  region_slug: reserved.region,
  reserved_at: timeText(reserved.reservedAtMs),
  droplet: holderJson(cloud, reserved),
});

const wanted = (cloud: Cloud, { params }: Call): Reserved => wantedReserved(cloud, 6, params.ip);

export const reservedIpv6Routes: Routes = {
  "GET /v2/reserved_ipv6": (cloud, call) => {
    const all = allReserved(cloud, 6).map((reserved) => json(cloud, reserved));
    return page("reserved_ipv6s", "/v2/reserved_ipv6", all, call);
  },
  "POST /v2/reserved_ipv6": (cloud, { body }) => {
    const region = regionNamed(cloud, body.region_slug);
    const address = `2001:db8:2::${(cloud.nextId() % 65_536).toString(16)}`;
    const reserved: Reserved = { version: 6, address, region, reservedAtMs: cloud.nowMs, holder: undefined };
    cloud.reserved.push(reserved);
    return created({ reserved_ipv6: json(cloud, reserved) });
  },
  "GET /v2/reserved_ipv6/:ip": (cloud, call) => ok({ reserved_ipv6: json(cloud, wanted(cloud, call)) }),
  "DELETE /v2/reserved_ipv6/:ip": (cloud, call) => {
    const reserved = wanted(cloud, call);
    if (reserved.holder !== undefined) throw unprocessable("The reserved IPv6 is assigned to a Droplet.");
    giveBack(cloud, reserved);
    return noContent;
  },
  "POST /v2/reserved_ipv6/:ip/actions": (cloud, call) => {
    const reserved = wanted(cloud, call);
    const type = oneOf(call.body, "type", ["assign", "unassign"]);
    const action = type === "assign" ? assign(cloud, reserved, call.body.droplet_id) : unassign(cloud, reserved);
    return created({ action: actionJson(cloud, action) });
  },
};
