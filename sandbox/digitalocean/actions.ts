// Events: what takes time at DigitalOcean, and what refuses another one meanwhile.
import { regionJson } from "./catalog.ts";
import type { Cloud } from "./cloud.ts";
import { page } from "./paging.ts";
import { known, ok, type Routes } from "./route.ts";

export interface Action {
  readonly id: number;
  readonly type: string;
  readonly resourceType: "droplet" | "reserved_ip" | "reserved_ipv6";
  /** Of a droplet its number, of an address the address. */
  readonly resource: number | string;
  readonly region: string;
  readonly startedAtMs: number;
  /** undefined: nobody knows yet. */
  completesAtMs: number | undefined;
  failed: boolean;
}

/** `work` is what really happens; the event is over some time after it is done. `effect` is seen only then. */
export function begin(
  cloud: Cloud,
  about: Pick<Action, "type" | "resourceType" | "resource" | "region">,
  work: Promise<unknown>,
  effect: () => void = () => {},
): Action {
  const action: Action = {
    ...about,
    id: cloud.nextId(),
    startedAtMs: cloud.nowMs,
    completesAtMs: undefined,
    failed: false,
  };
  cloud.actions.push(action);
  cloud.inTheBackground(
    `${about.type} of ${about.resourceType} ${about.resource}`,
    work.then(effect).then(
      () => {
        action.completesAtMs = cloud.clockMs() + cloud.settleMs;
      },
      (error: unknown) => {
        action.failed = true;
        throw error;
      },
    ),
  );
  return action;
}

export const isPending = ({ nowMs }: Cloud, { completesAtMs, failed }: Action): boolean =>
  !failed && (completesAtMs === undefined || completesAtMs > nowMs);

export const hasPending = (cloud: Cloud, resource: Action["resource"]): boolean =>
  cloud.actions.some((action) => action.resource === resource && isPending(cloud, action));

export function actionJson(cloud: Cloud, action: Action): object {
  const pending = isPending(cloud, action);
  const { id, type, resource, resourceType, region, startedAtMs, completesAtMs, failed } = action;
  return {
    id,
    status: failed ? "errored" : pending ? "in-progress" : "completed",
    type,
    started_at: timeText(startedAtMs),
    completed_at: pending || completesAtMs === undefined ? null : timeText(completesAtMs),
    resource_id: typeof resource === "number" ? resource : numberOf(resource),
    resource_type: resourceType,
    region: regionJson(cloud, region),
    region_slug: region,
  };
}

/** To the second, as DigitalOcean writes it. */
export const timeText = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d{3}Z$/, "Z");

/** An IPv4 address as a number; an IPv6 address has none. */
const numberOf = (address: string): number =>
  address.includes(":") ? 0 : address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** Newest first. */
export const actionsOf = (cloud: Cloud, resource: Action["resource"]): object[] =>
  cloud.actions
    .filter((action) => action.resource === resource)
    .reverse()
    .map((action) => actionJson(cloud, action));

export const actionRoutes: Routes = {
  "GET /v2/actions": (cloud, call) =>
    page(
      "actions",
      "/v2/actions",
      [...cloud.actions].reverse().map((action) => actionJson(cloud, action)),
      call,
    ),
  "GET /v2/actions/:id": (cloud, { params }) =>
    ok({ action: actionJson(cloud, known(cloud.actions.find(({ id }) => String(id) === params.id))) }),
};
