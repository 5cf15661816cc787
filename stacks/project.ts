// The project at DigitalOcean that the droplet is listed under. What else is put into it stays the customer's business.
import type { Droplet } from "@cdktf/provider-digitalocean/lib/droplet/index.js";
import { Project } from "@cdktf/provider-digitalocean/lib/project/index.js";
import { ProjectResources } from "@cdktf/provider-digitalocean/lib/project-resources/index.js";
import type { DataResource, TerraformStack } from "cdktf";
import type { DropletWish } from "./droplet-stack.ts";

/** Tells our project from one of the customer's that has the same name. */
export const projectDescription = (domain: string): string => `MQTT broker ${domain}`;

export function joinProject(
  stack: TerraformStack,
  { project: name, domain }: DropletWish,
  droplet: Droplet,
  preflight: DataResource,
): void {
  if (name === undefined) return;
  const project = new Project(stack, "project", {
    name,
    description: projectDescription(domain),
    purpose: "IoT",
    dependsOn: [preflight],
  });
  new ProjectResources(stack, "members", { project: project.id, resources: [droplet.urn] });
}
