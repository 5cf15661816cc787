// bednet plan: what follows from fleet.yaml, before anything exists. Needs no key, no lock, no network.
import { type FleetOption, type Register, withExamples, withFleet } from "../command.ts";

export default ((program, { output }) => {
  const command = program
    .command("plan")
    .summary("show what follows from fleet.yaml: limits, memory, droplet, price, access")
    .description(
      "Shows what follows from fleet.yaml: limits, memory, droplet, price, access; each number with its arithmetic.\nNeeds no key, no lock and no network, and changes nothing.",
    )
    .option("--json", "print JSON");
  withExamples(withFleet(command), "bednet plan", "bednet plan --fleet farms/north.yaml --json");

  command.action(async ({ fleet: path, json }: FleetOption & { json?: true }) => {
    const { readFleet } = await import("../../fleet/load.ts");
    const { planFleet } = await import("../../fleet/plan.ts");
    const { fleet } = await readFleet(path);
    const plan = planFleet(fleet);
    if (json) {
      const { planJson } = await import("../plan-json.ts");
      return output.json(planJson(fleet, plan));
    }
    const { planText } = await import("../plan-text.ts");
    output.print(planText(fleet, plan, output));
  });
}) satisfies Register;
