// What a verification breaks on purpose, so that monitoring does not take it for an attack.
import { ANONYMOUS_CLIENT_ID } from "./evidence/anonymous.ts";

/** Per verification, when no other one takes its probes over; otherwise the caller fails once more on each further set. */
export const DELIBERATE_FAILURES = {
  /** Logins that a healthy broker refuses, by client id as its log has it (2.0.11 logs none). */
  refusedLogins: [
    { clientId: new RegExp(`^${ANONYMOUS_CLIENT_ID}-[45]$`), times: 2 },
    { clientId: /^bednet-probe-[1-8]-caller$/, times: 1 },
  ],
  /** Connections that end before any login: the look at the port, the certificate, four versions of TLS. */
  connectionsWithoutLogin: 6,
} as const;
