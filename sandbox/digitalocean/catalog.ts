// What DigitalOcean sells: sizes with their prices, regions, images. Read from its public lists in October 2026.
import type { Cloud } from "./cloud.ts";
import { page } from "./paging.ts";
import { type Call, known, ok, type Routes, unprocessable } from "./route.ts";

export interface Size {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly price_monthly: number;
}

export interface Image {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly distribution: string;
}

export interface Catalog {
  readonly sizes: readonly Size[];
  readonly regions: readonly string[];
  readonly images: readonly Image[];
}

/** Slug, MB, vCPUs, GB, $ a month. */
const table = [
  ["s-1vcpu-512mb-10gb", 512, 1, 10, 4],
  ["s-1vcpu-1gb", 1024, 1, 25, 6],
  ["s-1vcpu-2gb", 2048, 1, 50, 12],
  ["s-2vcpu-2gb", 2048, 2, 60, 18],
  ["s-2vcpu-4gb", 4096, 2, 80, 24],
  ["s-4vcpu-8gb", 8192, 4, 160, 48],
  ["s-8vcpu-16gb", 16_384, 8, 320, 96],
] as const;

export const catalog: Catalog = {
  sizes: table.map(([slug, memory, vcpus, disk, price_monthly]) => ({ slug, memory, vcpus, disk, price_monthly })),
  regions: "ams3 atl1 blr1 fra1 lon1 mem1 mkc1 nyc1 nyc2 nyc3 ric1 sfo2 sfo3 sgp1 syd1 tor1".split(" "),
  images: [
    { id: 195_932_981, slug: "debian-13-x64", name: "13 x64", distribution: "Debian" },
    { id: 129_211_873, slug: "ubuntu-22-04-x64", name: "22.04 (LTS) x64", distribution: "Ubuntu" },
    { id: 155_133_621, slug: "ubuntu-24-04-x64", name: "24.04 (LTS) x64", distribution: "Ubuntu" },
    { id: 214_775_902, slug: "ubuntu-26-04-x64", name: "26.04 (LTS) x64", distribution: "Ubuntu" },
  ],
};

export function sizeNamed(cloud: Cloud, slug: unknown): Size {
  const size = cloud.catalog.sizes.find((each) => each.slug === slug);
  if (!size) throw unprocessable("You specified an invalid size for Droplet creation.");
  return size;
}

export function regionNamed(cloud: Cloud, slug: unknown): string {
  const region = cloud.catalog.regions.find((each) => each === slug);
  if (region === undefined) throw unprocessable("You specified an invalid region.");
  return region;
}

/** By slug, or by number. */
export function imageNamed(cloud: Cloud, name: unknown): Image {
  const image = cloud.catalog.images.find(({ slug, id }) => slug === name || id === name);
  if (!image) throw unprocessable("You specified an invalid image for Droplet creation.");
  return image;
}

export const sizeJson = ({ catalog: { regions } }: Cloud, size: Size): object => ({
  ...size,
  transfer: size.price_monthly / 6,
  price_hourly: Math.round((size.price_monthly / 672) * 100_000) / 100_000,
  regions,
  available: true,
  description: "Basic",
});

export const regionJson = ({ catalog: { sizes } }: Cloud, slug: string): object => ({
  slug,
  name: `${slug.slice(0, -1).toUpperCase()} ${slug.slice(-1)}`,
  sizes: sizes.map((size) => size.slug),
  features: ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"],
  available: true,
});

export const imageJson = ({ catalog: { regions } }: Cloud, image: Image): object => ({
  ...image,
  type: "base",
  public: true,
  regions,
  created_at: "2026-09-01T00:00:00Z",
  min_disk_size: 7,
  size_gigabytes: 0.6,
  description: `${image.distribution} ${image.name}`,
  tags: [],
  status: "available",
});

export const catalogRoutes: Routes = {
  "GET /v2/sizes": (cloud, call) => page("sizes", "/v2/sizes", jsons(cloud, cloud.catalog.sizes, sizeJson), call),
  "GET /v2/regions": (cloud, call) =>
    page("regions", "/v2/regions", jsons(cloud, cloud.catalog.regions, regionJson), call),
  "GET /v2/images": (cloud, call) => page("images", "/v2/images", jsons(cloud, listed(cloud, call), imageJson), call),
  "GET /v2/images/:name": (cloud, { params: { name } }) => {
    const image = cloud.catalog.images.find(({ slug, id }) => slug === name || String(id) === name);
    return ok({ image: imageJson(cloud, known(image)) });
  },
};

/** All of ours are distributions: an application or an image of one's own is not among them. */
function listed({ catalog: { images } }: Cloud, { query }: Call): readonly Image[] {
  const others = query.get("type") === "application" || query.has("private") || query.has("tag_name");
  return others ? [] : images;
}

const jsons = <T>(cloud: Cloud, things: readonly T[], json: (cloud: Cloud, thing: T) => object): object[] =>
  things.map((thing) => json(cloud, thing));
