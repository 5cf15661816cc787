// What converge promises, on a Debian 12 and a Debian 13 guest that each of these chapters finds as the one before left it.
import { testBareHost } from "./converging/bare-host.ts";
import { testBrokenBundles } from "./converging/broken-bundles.ts";
import { testCertificates } from "./converging/certificates.ts";
import { testCosts } from "./converging/costs.ts";
import { testDevices } from "./converging/devices.ts";
import { testReboot } from "./converging/reboot.ts";
import { testRollback } from "./converging/rollback.ts";
import { testStrangers } from "./converging/strangers.ts";
import { onBothReleases } from "./on-both.ts";

const on = onBothReleases();
testStrangers(on);
testBareHost(on);
testCosts(on);
testDevices(on);
testBrokenBundles(on);
testCertificates(on);
testRollback(on);
testReboot(on);
