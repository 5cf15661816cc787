// Who is told when something alerts: the same form for measurements and for uptime.
import { type Call, texts, unprocessable } from "./route.ts";

export function notificationsOf(body: Call["body"], key: string): object {
  const value = body[key];
  if (typeof value !== "object" || value === null) throw unprocessable(`${key} must be specified`);
  const given = value as Call["body"];
  const email = texts(given, "email");
  for (const address of email) {
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) throw unprocessable(`${address} is not a valid email address`);
  }
  const slack = (given.slack ?? []) as object[];
  if (email.length + slack.length === 0) throw unprocessable(`${key} must name somebody`);
  return { email, slack };
}
