// What the API's front says about our address, and everything that it may say instead.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { ownAddressSeenBy } from "../../../../remote/digitalocean/own-address.ts";

async function said(status: number, text: string): Promise<string | undefined> {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url, request.headers.authorization);
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = await ownAddressSeenBy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.close();
  expect(asked).toEqual(["/cdn-cgi/trace", undefined]); // no token
  return address;
}

test("the address is one of many lines", async () => {
  expect(await said(200, "fl=1\nh=api.digitalocean.com\nip=203.0.113.9\nts=1\n")).toBe("203.0.113.9");
});

test.each([
  ["an address from inside tells nothing about outside", 200, "ip=10.1.2.3\n"],
  ["a droplet is reached by IPv4", 200, "ip=2001:db8::1\n"],
  ["a page is no answer", 200, "<html>ip=1</html>"],
  ["neither is a refusal", 404, "ip=203.0.113.9\n"],
])("%s", async (_title, status, text) => {
  expect(await said(status, text)).toBeUndefined();
});

test("nobody there is no failure", async () => {
  expect(await ownAddressSeenBy("http://127.0.0.1:1")).toBeUndefined();
});
