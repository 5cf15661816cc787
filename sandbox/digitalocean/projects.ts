// Projects: each droplet, address and zone is in one of them, at first in the default one.
import { timeText } from "./actions.ts";
import type { Cloud } from "./cloud.ts";
import { page } from "./paging.ts";
import {
  type Answer,
  type Call,
  created,
  known,
  noContent,
  ok,
  Refusal,
  type Routes,
  text,
  texts,
  unprocessable,
} from "./route.ts";

export interface Project {
  readonly id: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** `do:droplet:123` → when it came. */
  readonly resources: Map<string, number>;
  /** Until then something that was moved away still counts as here. */
  emptyAtMs: number;
}

const make = (cloud: Cloud, wish: Pick<Project, "name" | "purpose"> & Partial<Project>): Project => ({
  ...{ id: cloud.nextUuid(), description: "", environment: "", isDefault: false, resources: new Map(), emptyAtMs: 0 },
  ...{ createdAtMs: cloud.nowMs, updatedAtMs: cloud.nowMs },
  ...wish,
});

export const defaultProject = (cloud: Cloud): Project =>
  make(cloud, { name: "first-project", purpose: "Just trying out DigitalOcean", isDefault: true });

export function joinDefaultProject(cloud: Cloud, urn: string): void {
  cloud.projects.find(({ isDefault }) => isDefault)!.resources.set(urn, cloud.nowMs);
}

export function leaveProjects({ projects }: Cloud, urn: string): void {
  for (const { resources } of projects) resources.delete(urn);
}

export const projectOf = ({ projects }: Cloud, urn: string): string =>
  projects.find(({ resources }) => resources.has(urn))?.id ?? "";

const json = (project: Project): object => ({
  ...{ id: project.id, owner_uuid: "00000000-0000-4000-a000-000000000001", owner_id: 1, name: project.name },
  ...{ description: project.description, purpose: project.purpose, environment: project.environment },
  ...{ is_default: project.isDefault, created_at: timeText(project.createdAtMs) },
  updated_at: timeText(project.updatedAtMs),
});

const wanted = ({ projects }: Cloud, { params }: Call): Project =>
  known(projects.find(({ id, isDefault }) => id === params.id || (params.id === "default" && isDefault)));

const environments = ["", "Development", "Staging", "Production"];

/** What of a project the request changes. An own purpose is kept as `Other: …`, unless it is one of the usual ones. */
function changesOf(cloud: Cloud, body: Call["body"], self?: Project): Partial<Project> {
  const changes: Partial<Project> = {};
  for (const key of ["name", "description", "purpose", "environment"] as const) {
    if (typeof body[key] === "string") changes[key] = body[key];
  }
  if (cloud.projects.some((other) => other !== self && other.name === changes.name)) {
    throw new Refusal(409, "conflict", "name is already in use");
  }
  if (changes.environment !== undefined && !environments.includes(changes.environment)) {
    throw unprocessable(`environment must be one of ${environments.slice(1).join(", ")}`);
  }
  if (changes.purpose && !usualPurposes.includes(changes.purpose)) changes.purpose = `Other: ${changes.purpose}`;
  if (typeof body.is_default === "boolean" && body.is_default !== (self?.isDefault ?? false)) {
    cloud.gap("another default project");
  }
  return changes;
}

const usualPurposes = [
  ...["Just trying out DigitalOcean", "Class project / Educational purposes", "Website or blog"],
  ...["Web Application", "Service or API", "Mobile Application", "Machine learning / AI / Data processing"],
  ...["IoT", "Operational / Developer tooling"],
];

function update(cloud: Cloud, call: Call): Answer {
  const project = wanted(cloud, call);
  Object.assign(project, changesOf(cloud, call.body, project), { updatedAtMs: cloud.nowMs });
  return ok({ project: json(project) });
}

function resourceJson(urn: string, atMs: number, status: string): object {
  const [, kind, id] = /^do:([a-z0-9]+):(.+)$/.exec(urn) ?? [];
  const folder = kind === "floatingip" ? "floating_ips" : `${kind}s`;
  const links = { self: `https://api.digitalocean.com/v2/${folder}/${id}` };
  return { urn, assigned_at: timeText(atMs), links, status };
}

/** Moving takes its time: the project that it left cannot be deleted at once. */
function move(cloud: Cloud, project: Project, given: string): object {
  const urn = given.replace(/^do:reservedip:/, "do:floatingip:");
  const before = cloud.projects.find(({ resources }) => resources.has(urn));
  if (!before) return resourceJson(urn, cloud.nowMs, "not_found");
  if (before === project) return resourceJson(urn, cloud.nowMs, "already_assigned");
  const reserved = cloud.reserved.find(({ address }) => urn === `do:floatingip:${address}`);
  if (reserved?.holder !== undefined) {
    throw new Refusal(412, "precondition_failed", "Cannot move a Reserved IP with an associated Droplet");
  }
  before.resources.delete(urn);
  before.emptyAtMs = cloud.nowMs + cloud.settleMs;
  project.resources.set(urn, cloud.nowMs);
  return resourceJson(urn, cloud.nowMs, "ok");
}

export const projectRoutes: Routes = {
  "GET /v2/projects": (cloud, call) => page("projects", "/v2/projects", cloud.projects.map(json), call),
  "POST /v2/projects": (cloud, { body }) => {
    const wish = { name: text(body, "name"), purpose: text(body, "purpose"), ...changesOf(cloud, body) };
    const project = make(cloud, wish);
    cloud.projects.push(project);
    return created({ project: json(project) });
  },
  "GET /v2/projects/:id": (cloud, call) => ok({ project: json(wanted(cloud, call)) }),
  "PUT /v2/projects/:id": update,
  "PATCH /v2/projects/:id": update,
  "DELETE /v2/projects/:id": (cloud, call) => {
    const project = wanted(cloud, call);
    if (project.isDefault) throw new Refusal(412, "precondition_failed", "cannot delete the default project");
    if (project.resources.size > 0 || project.emptyAtMs > cloud.nowMs) {
      const why = "cannot delete a project with resources. Move or remove the resources first.";
      throw new Refusal(412, "precondition_failed", why);
    }
    cloud.projects.splice(cloud.projects.indexOf(project), 1);
    return noContent;
  },
  "GET /v2/projects/:id/resources": (cloud, call) => {
    const { id, resources } = wanted(cloud, call);
    const all = [...resources].map(([urn, atMs]) => resourceJson(urn, atMs, "ok"));
    return page("resources", `/v2/projects/${id}/resources`, all, call);
  },
  "POST /v2/projects/:id/resources": (cloud, call) => {
    const project = wanted(cloud, call);
    return ok({ resources: texts(call.body, "resources").map((urn) => move(cloud, project, urn)) });
  },
};
