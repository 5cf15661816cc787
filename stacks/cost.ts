// What is billed, at the price that DigitalOcean names when Terraform asks; fleet/bill.ts tells it without asking.
import type { DataDigitaloceanSizes } from "@cdktf/provider-digitalocean/lib/data-digitalocean-sizes/index.js";
import { backupsShare, uptimeCheckDollars } from "../fleet/bill.ts";

/** Dollars with cents, as Terraform reckons them: an expression. */
export function monthlyCost({ fqn }: DataDigitaloceanSizes, backups: boolean): string {
  const share = backups ? 1 + backupsShare : 1;
  return `\${format("%.2f", ${fqn}.sizes[0].price_monthly * ${share} + ${uptimeCheckDollars})}`;
}
