// Alert policies on what a droplet's agent measures.
import type { Cloud } from "./cloud.ts";
import { notificationsOf } from "./notifications.ts";
import { page } from "./paging.ts";
import { type Call, known, noContent, ok, oneOf, type Routes, text, texts, unprocessable } from "./route.ts";

export interface Policy {
  readonly uuid: string;
  readonly type: string;
  readonly description: string;
  readonly compare: string;
  readonly value: number;
  readonly window: string;
  readonly entities: readonly string[];
  readonly tags: readonly string[];
  readonly alerts: object;
  readonly enabled: boolean;
}

const measured = ["load_1", "load_5", "load_15", "memory_utilization_percent", "disk_utilization_percent", "cpu"];
const moved = ["disk_read", "disk_write", "public_outbound_bandwidth", "public_inbound_bandwidth"];
const within = ["private_outbound_bandwidth", "private_inbound_bandwidth"];
const types = [...measured, ...moved, ...within].map((name) => `v1/insights/droplet/${name}`);

function policyFrom(body: Call["body"], uuid: string): Policy {
  const { value } = body;
  if (typeof value !== "number" || value < 0) throw unprocessable("value must be a number of at least 0");
  return {
    uuid,
    type: oneOf(body, "type", types),
    description: text(body, "description"),
    compare: oneOf(body, "compare", ["GreaterThan", "LessThan"]),
    value,
    window: oneOf(body, "window", ["5m", "10m", "30m", "1h"]),
    entities: texts(body, "entities"),
    tags: texts(body, "tags"),
    alerts: notificationsOf(body, "alerts"),
    enabled: body.enabled !== false,
  };
}

const wanted = ({ policies }: Cloud, { params }: Call): Policy =>
  known(policies.find(({ uuid }) => uuid === params.uuid));

export const monitoringRoutes: Routes = {
  "GET /v2/monitoring/alerts": (cloud, call) => page("policies", "/v2/monitoring/alerts", cloud.policies, call),
  "POST /v2/monitoring/alerts": (cloud, { body }) => {
    const policy = policyFrom(body, cloud.nextUuid());
    cloud.policies.push(policy);
    return ok({ policy });
  },
  "GET /v2/monitoring/alerts/:uuid": (cloud, call) => ok({ policy: wanted(cloud, call) }),
  "PUT /v2/monitoring/alerts/:uuid": (cloud, call) => {
    const before = wanted(cloud, call);
    const policy = policyFrom(call.body, before.uuid);
    cloud.policies[cloud.policies.indexOf(before)] = policy;
    return ok({ policy });
  },
  "DELETE /v2/monitoring/alerts/:uuid": (cloud, call) => {
    cloud.policies.splice(cloud.policies.indexOf(wanted(cloud, call)), 1);
    return noContent;
  },
};
