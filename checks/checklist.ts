// The production checklist, in the order an operator should read it.
import anonymousAccess from "./anonymous-access.ts";
import type { Check } from "./check.ts";
import plainPort from "./plain-port.ts";
import publishDenied from "./publish-denied.ts";

export const checklist: readonly Check[] = [plainPort, anonymousAccess, publishDenied];
