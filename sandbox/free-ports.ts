// TCP ports that nobody listens on at this moment.
import { createServer } from "node:net";

/** `count` different ones, since all are held at once before they are given back. */
export async function freePorts(address: string, count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((done, fail) => server.on("error", fail).listen(0, address, done))),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
