// BEDNET_DNS_SERVERS, as it may be written.
import { expect, test } from "vitest";
import { dnsServersOf } from "../../../cli/dns-servers.ts";

test.each([
  [undefined, undefined],
  ["", undefined],
  ["192.0.2.53", ["192.0.2.53"]],
  ["192.0.2.53:5353, [2001:db8::53]:53,2001:db8::54", ["192.0.2.53:5353", "[2001:db8::53]:53", "2001:db8::54"]],
])("%s", (text, servers) => {
  expect(dnsServersOf({ BEDNET_DNS_SERVERS: text })).toEqual(servers);
});

test.each(["ns1.example.com", "192.0.2.53:53,", "192.0.2.53 192.0.2.54"])("%s is no list of addresses", (text) => {
  expect(() => dnsServersOf({ BEDNET_DNS_SERVERS: text })).toThrow(
    /^BEDNET_DNS_SERVERS: ".*" is not an address with a port$/,
  );
});
