// Whether the droplet that fleet.yaml asks for can be had: size, region and image exist, and go together.
import type { Image, Region, Size } from "../../remote/digitalocean/catalog.ts";
import type { Droplet } from "../../remote/digitalocean/droplets.ts";
import type { Trouble } from "./trouble.ts";

export interface Machine {
  readonly region: string;
  readonly size: string;
  readonly image: string;
}

export interface Offered {
  readonly regions: readonly Region[];
  readonly sizes: readonly Size[];
  /** Undefined: there is none of that name. */
  readonly image: Image | undefined;
  /** Of this fleet. What one of them is made of already may be sold out. */
  readonly droplets: readonly Droplet[];
}

export function machineTroubles(wanted: Machine, { regions, sizes, image, droplets }: Offered): Trouble[] {
  const isMade = (part: (droplet: Droplet) => string | null, slug: string) =>
    droplets.some((one) => part(one) === slug);
  const region = regions.find(({ slug }) => slug === wanted.region);
  const size = sizes.find(({ slug }) => slug === wanted.size);
  const hasSize = isMade(({ size_slug }) => size_slug, wanted.size);
  const hasImage = isMade((droplet) => droplet.image.slug, wanted.image);
  return [
    ...(region?.available || droplets.length > 0 ? [] : [noRegion(wanted, region !== undefined, regions)]),
    ...(hasSize ? [] : sizeTroubles(wanted, size, sizes)),
    ...(hasImage ? [] : imageTroubles(wanted, image, size)),
  ];
}

function noRegion({ region }: Machine, isKnown: boolean, regions: readonly Region[]): Trouble {
  return {
    what: `host.region: ${region} ${isKnown ? "takes no new droplets at the moment" : "is no region of DigitalOcean"}`,
    wayOut: `use one of ${regions.flatMap(({ slug, available }) => (available ? [slug] : [])).join(", ")}`,
  };
}

function sizeTroubles({ size: slug, region }: Machine, size: Size | undefined, sizes: readonly Size[]): Trouble[] {
  const here = sizes.filter(({ available, regions }) => available && regions.includes(region));
  if (size !== undefined && here.includes(size)) return [];
  const wayOut =
    here.length === 0 || size === undefined
      ? "use auto, or a size that `doctl compute size list` names"
      : `use a region that has it (${size.regions.join(", ") || "none at the moment"}), or another size`;
  return [
    {
      what: `host.size: ${slug} ${size === undefined ? "is no size of DigitalOcean" : `is not to be had in ${region}`}`,
      wayOut,
    },
  ];
}

function imageTroubles(
  { image: slug, region, size }: Machine,
  image: Image | undefined,
  has: Size | undefined,
): Trouble[] {
  if (image === undefined) {
    return [
      {
        what: `host.image: DigitalOcean has no image ${slug}`,
        wayOut: "use debian-13-x64, or another one that `doctl compute image list-distribution` names",
      },
    ];
  }
  return [
    ...(image.regions.includes(region)
      ? []
      : [{ what: `host.image: ${slug} is not to be had in ${region}`, wayOut: "use another image or region" }]),
    ...(has === undefined || image.min_disk_size <= has.disk
      ? []
      : [
          {
            what: `host.image: ${slug} needs a disk of ${image.min_disk_size} GB, ${size} has ${has.disk} GB`,
            wayOut: "use a larger size or another image",
          },
        ]),
  ];
}
