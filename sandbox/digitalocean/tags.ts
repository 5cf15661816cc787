// Tags: names that stand alone, or on droplets.
import type { Cloud } from "./cloud.ts";
import type { Droplet } from "./droplets.ts";
import { page } from "./paging.ts";
import { type Call, created, known, list, noContent, ok, Refusal, type Routes, text, unprocessable } from "./route.ts";

const wellFormed = /^[a-zA-Z0-9:_-]{1,255}$/;

/** The tag as it is spelt on the account: upper and lower case do not tell two tags apart. */
export function addTag(cloud: Cloud, name: string): string {
  if (!wellFormed.test(name)) {
    throw new Refusal(400, "bad_request", `Error validating resource tag: "${name}" contains invalid characters`);
  }
  const there = tagNamed(cloud, name);
  if (there === undefined) cloud.tags.push(name);
  return there ?? name;
}

export const tagNamed = ({ tags }: Cloud, name: string): string | undefined =>
  tags.find((tag) => tag.toLowerCase() === name.toLowerCase());

const tagged = ({ droplets }: Cloud, tag: string): Droplet[] => droplets.filter(({ tags }) => tags.includes(tag));

function json(cloud: Cloud, name: string): object {
  const droplets = tagged(cloud, name);
  const last = droplets.at(-1);
  const uri = last ? { last_tagged_uri: `https://api.digitalocean.com/v2/droplets/${last.id}` } : {};
  const none = { count: 0 };
  const counts = { count: droplets.length, ...uri };
  const others = { images: none, volumes: none, volume_snapshots: none, databases: none };
  return { name, resources: { ...counts, droplets: counts, ...others } };
}

const wanted = (cloud: Cloud, { params }: Call): string => known(tagNamed(cloud, params.tag!));

/** Everything that the request names must be there, or nothing happens. */
function meant(cloud: Cloud, { body }: Call): Droplet[] {
  return list(body, "resources").map((resource) => {
    const { resource_id: id, resource_type: type } = resource as Record<string, unknown>;
    if (type !== "droplet") {
      cloud.gap(`tag on a resource of the type ${type}`);
      throw unprocessable(`${type} is not a type of resource that can be tagged`);
    }
    return known(cloud.droplets.find((droplet) => String(droplet.id) === String(id)));
  });
}

export const tagRoutes: Routes = {
  "GET /v2/tags": (cloud, call) =>
    page(
      "tags",
      "/v2/tags",
      cloud.tags.map((tag) => json(cloud, tag)),
      call,
    ),
  "POST /v2/tags": (cloud, { body }) => created({ tag: json(cloud, addTag(cloud, text(body, "name"))) }),
  "GET /v2/tags/:tag": (cloud, call) => ok({ tag: json(cloud, wanted(cloud, call)) }),
  "DELETE /v2/tags/:tag": (cloud, call) => {
    const tag = wanted(cloud, call);
    cloud.tags.splice(cloud.tags.indexOf(tag), 1);
    for (const { tags } of [...cloud.droplets, ...cloud.firewalls]) remove(tags, tag);
    return noContent;
  },
  "POST /v2/tags/:tag/resources": (cloud, call) => {
    const tag = wanted(cloud, call);
    for (const { tags } of meant(cloud, call)) if (!tags.includes(tag)) tags.push(tag);
    return noContent;
  },
  "DELETE /v2/tags/:tag/resources": (cloud, call) => {
    const tag = wanted(cloud, call);
    for (const { tags } of meant(cloud, call)) remove(tags, tag);
    return noContent;
  },
};

function remove(tags: string[], tag: string): void {
  if (tags.includes(tag)) tags.splice(tags.indexOf(tag), 1);
}
