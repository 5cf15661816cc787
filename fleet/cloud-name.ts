// What everything of a fleet is called at DigitalOcean, and the tag by which a firewall finds its droplets.
import type { Fleet } from "./schema.ts";

export const cloudName = ({ name }: Pick<Fleet, "name">): string => `bednet-${name}`;
