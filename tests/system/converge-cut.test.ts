// Cut links and killed runs, on a Debian 12 and a Debian 13 guest.
import { testCutLinks } from "./converging/cut-links.ts";
import { testFirewallUndo } from "./converging/firewall-undo.ts";
import { testKilledRuns } from "./converging/killed-runs.ts";
import { onBothReleases } from "./on-both.ts";

const on = onBothReleases();
on("both are converged", async (rig) => void (await rig.converge()));
testCutLinks(on);
testKilledRuns(on);
testFirewallUndo(on);
