// The account: who pays, and how much of each it may have.
import { ok, type Routes } from "./route.ts";

export interface Account {
  readonly dropletLimit: number;
  readonly reservedIpLimit: number;
  readonly email: string;
  readonly status: "active" | "warning" | "locked";
  /** Keys that are there already: public key lines by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Zones of the customer's own, with A records by name (`@` is the zone itself). */
  readonly zones: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly requestsPerHour: number;
}

export const newAccount: Account = {
  dropletLimit: 10,
  reservedIpLimit: 3,
  email: "ops@example.com",
  status: "active",
  keys: {},
  zones: {},
  requestsPerHour: 5_000,
};

export const accountRoutes: Routes = {
  "GET /v2/account": ({ account }) =>
    ok({
      account: {
        droplet_limit: account.dropletLimit,
        floating_ip_limit: account.reservedIpLimit,
        reserved_ip_limit: account.reservedIpLimit,
        volume_limit: 100,
        email: account.email,
        name: "Rehearsal",
        uuid: "00000000-0000-4000-a000-000000000001",
        email_verified: true,
        status: account.status,
        status_message: "",
        team: { name: "Rehearsal", uuid: "00000000-0000-4000-a000-000000000002" },
      },
    }),
};
