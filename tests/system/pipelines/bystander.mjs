// Stands between a pipeline and bednet: notes each call, plays those that need a host or a real cloud, hands the others on.
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const { BYSTANDER_FOLDER: folder, BEDNET_BIN: bin, DIGITALOCEAN_API_URL: api, DIGITALOCEAN_TOKEN: token } = process.env;
const [command, ...rest] = process.argv.slice(2);
const note = (what) => appendFileSync(`${folder}/log`, `${JSON.stringify(what)}\n`);

if (command === "deploy" || command === "drift") {
  const headers = { authorization: `Bearer ${token}` };
  const { firewalls } = await (await fetch(`${api}/v2/firewalls`, { headers })).json();
  const keys = execFileSync("ssh-add", ["-l"], { encoding: "utf8" }).trim();
  process.on("SIGTERM", async () => {
    note({ ran: [command], heard: "SIGTERM" });
    await sleep(200);
    process.exit(130);
  });
  note({ ran: [command, ...rest], env: Object.keys(process.env), doors: firewalls.map(({ name }) => name), keys });
  while (existsSync(`${folder}/wait`)) await sleep(50);
  process.exit(existsSync(`${folder}/fail`) ? 1 : 0);
}
note({ ran: [command, ...rest], env: Object.keys(process.env) });
if (command === "verify") {
  writeFileSync(rest[rest.indexOf("--junit") + 1], "<testsuites/>\n");
} else {
  // Nobody on loopback can tell which address this machine has on the internet.
  const given = command === "door" && rest[0] === "open" ? ["--address", "198.51.100.9"] : [];
  process.argv = [process.argv[0], bin, command, ...rest, ...given];
  await import(bin);
}
