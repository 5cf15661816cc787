// Droplets: created from a size, a region and an image that exist; off the account when they are deleted.
import { actionsOf, begin } from "./actions.ts";
import { type Image, imageNamed, regionNamed, type Size, sizeNamed } from "./catalog.ts";
import type { Cloud } from "./cloud.ts";
import { dropletJson } from "./droplet-json.ts";
import type { Host } from "./hosts.ts";
import { publicKeyOf } from "./keys.ts";
import { page } from "./paging.ts";
import { joinDefaultProject, leaveProjects } from "./projects.ts";
import { accepted, type Call, known, list, noContent, ok, type Routes, text, texts, unprocessable } from "./route.ts";
import { addTag } from "./tags.ts";

export interface Droplet {
  readonly id: number;
  name: string;
  size: Size;
  readonly region: string;
  readonly image: Image;
  readonly tags: string[];
  readonly features: string[];
  readonly createdAtMs: number;
  readonly host: Host;
  status: "new" | "active" | "off";
  /** undefined: it has not come up yet. */
  address: string | undefined;
}

export const dropletUrn = (id: number): string => `do:droplet:${id}`;

export function wantedDroplet({ droplets }: Cloud, id: unknown): Droplet {
  return known(droplets.find((droplet) => String(droplet.id) === String(id)));
}

function create(cloud: Cloud, body: Call["body"]): Droplet {
  const name = text(body, "name");
  checkName(name);
  const size = sizeNamed(cloud, body.size);
  const region = regionNamed(cloud, body.region);
  const image = imageNamed(cloud, body.image);
  const sshKeys = list(body, "ssh_keys").map((key) => publicKeyOf(cloud, key));
  for (const field of ["volumes", "backup_policy", "vpc_uuid", "public_networking"]) {
    if (body[field] !== undefined && body[field] !== null) cloud.gap(`droplet with ${field}`);
  }
  const userData = String(body.user_data ?? "");
  if (Buffer.byteLength(userData) > 64 * 1024) throw unprocessable("User Data must not exceed 64 KiB");
  const { dropletLimit } = cloud.account;
  if (cloud.droplets.length >= dropletLimit) {
    throw unprocessable("creating this/these droplet(s) will exceed your droplet limit");
  }
  const tags = texts(body, "tags").map((tag) => addTag(cloud, tag));
  const id = cloud.nextId();
  const features = ["droplet_agent", "private_networking"];
  for (const feature of ["backups", "ipv6", "monitoring"]) if (body[feature] === true) features.push(feature);
  const host = cloud.hosts.create({ id, name, userData, sshKeys, tags, image: image.slug });
  const droplet: Droplet = {
    ...{ id, name, size, region, image, tags, features, host },
    ...{ createdAtMs: cloud.nowMs, status: "new", address: undefined },
  };
  cloud.droplets.push(droplet);
  joinDefaultProject(cloud, dropletUrn(id));
  const up = host.ready.then(
    (address) => Object.assign(droplet, { address, status: "active" }),
    (error: unknown) => {
      droplet.status = "off"; // else a client would wait for it until it gives up
      throw error;
    },
  );
  begin(cloud, { type: "create", resourceType: "droplet", resource: id, region }, up);
  return droplet;
}

export function checkName(name: string): void {
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,253}[a-zA-Z0-9])?$/.test(name)) {
    throw unprocessable("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");
  }
}

function remove(cloud: Cloud, droplet: Droplet): void {
  cloud.droplets.splice(cloud.droplets.indexOf(droplet), 1);
  leaveProjects(cloud, dropletUrn(droplet.id));
  for (const each of cloud.reserved) if (each.holder === droplet.id) each.holder = undefined;
  for (const { dropletIds } of cloud.firewalls) {
    if (dropletIds.includes(droplet.id)) dropletIds.splice(dropletIds.indexOf(droplet.id), 1);
  }
  cloud.inTheBackground(`delete of droplet ${droplet.id}`, droplet.host.destroy());
}

export const dropletRoutes: Routes = {
  "GET /v2/droplets": (cloud, call) => page("droplets", "/v2/droplets", listed(cloud, call), call),
  "POST /v2/droplets": (cloud, { body }) => {
    if (body.names !== undefined) cloud.gap("several droplets at once");
    const droplet = create(cloud, body);
    const { id } = cloud.actions.at(-1)!;
    const href = `https://api.digitalocean.com/v2/actions/${id}`;
    return accepted({ droplet: dropletJson(cloud, droplet), links: { actions: [{ id, rel: "create", href }] } });
  },
  "DELETE /v2/droplets": (cloud, { query }) => {
    const tag = query.get("tag_name");
    if (!tag) throw unprocessable("tag_name is required");
    for (const droplet of cloud.droplets.filter(({ tags }) => tags.includes(tag))) remove(cloud, droplet);
    return noContent;
  },
  "GET /v2/droplets/:id": (cloud, { params }) => ok({ droplet: dropletJson(cloud, wantedDroplet(cloud, params.id)) }),
  "DELETE /v2/droplets/:id": (cloud, { params }) => {
    const droplet = wantedDroplet(cloud, params.id);
    if (droplet.status === "new") throw unprocessable("Droplet already has a pending event."); // it is locked
    remove(cloud, droplet);
    return noContent;
  },
  "GET /v2/droplets/:id/actions": (cloud, call) => {
    const { id } = wantedDroplet(cloud, call.params.id);
    return page("actions", `/v2/droplets/${id}/actions`, actionsOf(cloud, id), call);
  },
};

function listed(cloud: Cloud, { query }: Call): object[] {
  const [tag, name] = [query.get("tag_name"), query.get("name")];
  return cloud.droplets
    .filter((droplet) => (tag === null || droplet.tags.includes(tag)) && (name === null || droplet.name === name))
    .map((droplet) => dropletJson(cloud, droplet));
}
