// What can be done to a droplet: one event at a time.
import { actionJson, actionsOf, begin, hasPending } from "./actions.ts";
import { sizeNamed } from "./catalog.ts";
import type { Cloud } from "./cloud.ts";
import { checkName, type Droplet, wantedDroplet } from "./droplets.ts";
import { type Call, created, known, ok, type Routes, text, unprocessable } from "./route.ts";

interface Deed {
  readonly work: Promise<void>;
  /** What the account then says. */
  readonly effect: () => void;
}

const nothing = Promise.resolve();

const deeds: Readonly<Record<string, (cloud: Cloud, droplet: Droplet, body: Call["body"]) => Deed>> = {
  shutdown: (_, droplet) => ({ work: off(droplet), effect: () => set(droplet, "off") }),
  power_off: (_, droplet) => {
    if (droplet.status === "off") throw unprocessable("Droplet is already powered off.");
    return { work: off(droplet), effect: () => set(droplet, "off") };
  },
  power_on: (_, droplet) => {
    if (droplet.status === "active") throw unprocessable("Droplet is already powered on.");
    return { work: droplet.host.powerOn(), effect: () => set(droplet, "active") };
  },
  power_cycle: (_, droplet) => offAndOn(droplet),
  reboot: (_, droplet) => offAndOn(droplet),
  resize: (cloud, droplet, body) => {
    const size = sizeNamed(cloud, body.size);
    if (droplet.status !== "off") throw unprocessable("Droplet must be powered off to be resized.");
    if (size.slug === droplet.size.slug) throw unprocessable("Droplet is already that size.");
    if (size.disk < droplet.size.disk) {
      throw unprocessable("This size is not available because it has a smaller disk.");
    }
    const disk = body.disk === true ? size.disk : droplet.size.disk;
    return { work: nothing, effect: () => Object.assign(droplet, { size: { ...size, disk } }) };
  },
  rename: (_, droplet, body) => {
    const name = text(body, "name");
    checkName(name);
    return { work: nothing, effect: () => Object.assign(droplet, { name }) };
  },
  enable_backups: (_, droplet) => ({ work: nothing, effect: () => feature(droplet, "backups", true) }),
  disable_backups: (_, droplet) => ({ work: nothing, effect: () => feature(droplet, "backups", false) }),
  enable_ipv6: (_, droplet) => ({ work: nothing, effect: () => feature(droplet, "ipv6", true) }),
};

const off = ({ status, host }: Droplet): Promise<void> => (status === "off" ? nothing : host.powerOff());

const offAndOn = (droplet: Droplet): Deed => ({
  work: off(droplet).then(() => droplet.host.powerOn()),
  effect: () => set(droplet, "active"),
});

function set(droplet: Droplet, status: Droplet["status"]): void {
  droplet.status = status;
}

function feature({ features }: Droplet, name: string, wanted: boolean): void {
  const at = features.indexOf(name);
  if (wanted && at < 0) features.push(name);
  if (!wanted && at >= 0) features.splice(at, 1);
}

function act(cloud: Cloud, droplet: Droplet, body: Call["body"]): object {
  const type = text(body, "type");
  const deed = deeds[type];
  if (!deed) {
    cloud.gap(`droplet action ${type}`);
    throw unprocessable(`${type} is not a type of droplet action`);
  }
  if (hasPending(cloud, droplet.id)) throw unprocessable("Droplet already has a pending event.");
  const { work, effect } = deed(cloud, droplet, body);
  const about = { type, resourceType: "droplet", resource: droplet.id, region: droplet.region } as const;
  return actionJson(cloud, begin(cloud, about, work, effect));
}

export const dropletActionRoutes: Routes = {
  "POST /v2/droplets/:id/actions": (cloud, { params, body }) =>
    created({ action: act(cloud, wantedDroplet(cloud, params.id), body) }),
  "GET /v2/droplets/:id/actions/:action": (cloud, { params }) => {
    const actions = actionsOf(cloud, wantedDroplet(cloud, params.id).id) as { id: number }[];
    return ok({ action: known(actions.find(({ id }) => String(id) === params.action)) });
  },
};
