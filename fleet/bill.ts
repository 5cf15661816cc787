// What DigitalOcean bills a month: everything, not the droplet alone.
import type { PlannedSize } from "./planned-size.ts";
import type { Fleet } from "./schema.ts";
import { pricesAsOf } from "./sizes.ts";

/** Of the droplet's price. */
export const backupsShare = 0.2;
export const uptimeCheckDollars = 1;

export interface Bill {
  /** Undefined when the droplet's price is not known. */
  readonly monthlyDollars: number | undefined;
  readonly arithmetic: string;
}

/** Undefined for a host that somebody else bills. */
export function billOf({ host }: Pick<Fleet, "host">, { slug, monthlyDollars }: PlannedSize): Bill | undefined {
  if (host.provider === "existing") return undefined;
  const backups = host.backups ? cents((monthlyDollars ?? 0) * backupsShare) : 0;
  const total = monthlyDollars === undefined ? undefined : cents(monthlyDollars + backups + uptimeCheckDollars);
  const terms = [
    monthlyDollars === undefined ? `an unknown price for ${slug}` : `${dollars(monthlyDollars)} droplet`,
    ...(host.backups
      ? [monthlyDollars === undefined ? "a fifth of it for backups" : `${dollars(backups)} backups`]
      : []),
    `about ${dollars(uptimeCheckDollars)} uptime check`,
  ].join(" + ");
  const result = total === undefined ? "" : ` = ${dollars(total)} a month`;
  return { monthlyDollars: total, arithmetic: `${terms}${result}, as of ${pricesAsOf}` };
}

const cents = (amount: number): number => Math.round(amount * 100) / 100;
/** `$6`, `$8.20` */
export const dollars = (amount: number): string => `$${amount.toFixed(Number.isInteger(amount) ? 0 : 2)}`;
