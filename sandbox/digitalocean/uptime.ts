// Uptime checks from outside, and their alerts.
import type { Cloud } from "./cloud.ts";
import { notificationsOf } from "./notifications.ts";
import { page } from "./paging.ts";
import {
  type Call,
  created,
  known,
  noContent,
  ok,
  oneOf,
  type Routes,
  text,
  texts,
  unprocessable,
  wholeNumber,
} from "./route.ts";

export interface Check {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly target: string;
  readonly regions: readonly string[];
  readonly enabled: boolean;
  readonly alerts: Alert[];
}

interface Alert {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly threshold: number;
  readonly comparison: string;
  readonly period: string;
  readonly notifications: object;
}

const regions = ["us_east", "us_west", "eu_west", "se_asia"];

function checkFrom(body: Call["body"], id: string, alerts: Alert[]): Check {
  const type = oneOf(body, "type", ["ping", "http", "https"]);
  const target = text(body, "target");
  if (type === "ping" ? /[/\s]/.test(target) : !target.startsWith(`${type}://`)) {
    throw unprocessable(`${target} is not a valid target of a ${type} check`);
  }
  const from = texts(body, "regions");
  if (from.some((region) => !regions.includes(region))) throw unprocessable(`regions are ${regions.join(", ")}`);
  return { id, name: text(body, "name"), type, target, regions: from, enabled: body.enabled !== false, alerts };
}

function alertFrom(body: Call["body"], id: string): Alert {
  const type = oneOf(body, "type", ["latency", "down", "down_global", "ssl_expiry"]);
  const compares = type === "latency" || type === "ssl_expiry";
  return {
    ...{ id, name: text(body, "name"), type },
    threshold: compares ? wholeNumber(body, "threshold") : ((body.threshold as number | undefined) ?? 0),
    comparison: compares ? oneOf(body, "comparison", ["greater_than", "less_than"]) : String(body.comparison ?? ""),
    period: oneOf(body, "period", ["2m", "3m", "5m", "10m", "15m", "30m", "1h"]),
    notifications: notificationsOf(body, "notifications"),
  };
}

const json = ({ alerts: _, ...check }: Check): object => check;

const wanted = ({ checks }: Cloud, { params }: Call): Check => known(checks.find(({ id }) => id === params.check));

const wantedAlert = (cloud: Cloud, call: Call): Alert =>
  known(wanted(cloud, call).alerts.find(({ id }) => id === call.params.alert));

export const uptimeRoutes: Routes = {
  "GET /v2/uptime/checks": (cloud, call) => page("checks", "/v2/uptime/checks", cloud.checks.map(json), call),
  "POST /v2/uptime/checks": (cloud, { body }) => {
    const check = checkFrom(body, cloud.nextUuid(), []);
    cloud.checks.push(check);
    return created({ check: json(check) });
  },
  "GET /v2/uptime/checks/:check": (cloud, call) => ok({ check: json(wanted(cloud, call)) }),
  "PUT /v2/uptime/checks/:check": (cloud, call) => {
    const before = wanted(cloud, call);
    const check = checkFrom(call.body, before.id, before.alerts);
    cloud.checks[cloud.checks.indexOf(before)] = check;
    return ok({ check: json(check) });
  },
  "DELETE /v2/uptime/checks/:check": (cloud, call) => {
    cloud.checks.splice(cloud.checks.indexOf(wanted(cloud, call)), 1);
    return noContent;
  },
  "GET /v2/uptime/checks/:check/alerts": (cloud, call) => {
    const { id, alerts } = wanted(cloud, call);
    return page("alerts", `/v2/uptime/checks/${id}/alerts`, alerts, call);
  },
  "POST /v2/uptime/checks/:check/alerts": (cloud, call) => {
    const { alerts } = wanted(cloud, call);
    const alert = alertFrom(call.body, cloud.nextUuid());
    alerts.push(alert);
    return created({ alert });
  },
  "GET /v2/uptime/checks/:check/alerts/:alert": (cloud, call) => ok({ alert: wantedAlert(cloud, call) }),
  "PUT /v2/uptime/checks/:check/alerts/:alert": (cloud, call) => {
    const before = wantedAlert(cloud, call);
    const { alerts } = wanted(cloud, call);
    const alert = alertFrom(call.body, before.id);
    alerts[alerts.indexOf(before)] = alert;
    return ok({ alert });
  },
  "DELETE /v2/uptime/checks/:check/alerts/:alert": (cloud, call) => {
    const { alerts } = wanted(cloud, call);
    alerts.splice(alerts.indexOf(wantedAlert(cloud, call)), 1);
    return noContent;
  },
};
