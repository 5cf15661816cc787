// npm run bench:synth: the stack of a thousand devices against a bare one-droplet cdktf app. No host, no network.
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { must } from "./command.ts";
import { compiledInto } from "./program.ts";
import { inTurns } from "./rounds.ts";
import { tableOf } from "./table.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsx = join(root, "node_modules/.bin/tsx");
const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });

/** What one would begin with: a provider, a droplet, nothing else. */
const bareApp = `
import { App, TerraformStack } from "cdktf";
import { Droplet } from "@cdktf/provider-digitalocean/lib/droplet/index.js";
import { DigitaloceanProvider } from "@cdktf/provider-digitalocean/lib/provider/index.js";
const app = new App({ outdir: process.env.CDKTF_OUTDIR });
const stack = new TerraformStack(app, "bare");
new DigitaloceanProvider(stack, "digitalocean");
new Droplet(stack, "droplet", { name: "bare", image: "debian-13-x64", region: "fra1", size: "s-1vcpu-1gb" });
app.synth();
`;

// Within the checkout, so that the bare app finds the same packages.
const folder = await mkdtemp(join(root, "node_modules/.bednet-bench-"));
const program = await mkdtemp(join(tmpdir(), "bednet-bench-"));
try {
  const fleet = join(folder, "fleet");
  await mkdir(join(folder, "bare"));
  await cp(join(root, "examples/thousand-devices"), fleet, { recursive: true });
  await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(fleet, "deploy")]);
  await must([process.execPath, join(root, "cli/bin.mjs"), "lock", "--fleet", join(fleet, "fleet.yaml")]);
  await writeFile(join(folder, "bare/main.ts"), bareApp);
  const bin = await compiledInto(program);
  const env = { BEDNET_FLEET: join(fleet, "fleet.yaml"), CDKTF_OUTDIR: join(folder, "out") };
  const subject =
    (...argv: [string, ...string[]]) =>
    async (): Promise<undefined> =>
      void (await must(argv, env));
  const subjects = {
    bare: subject(tsx, join(folder, "bare/main.ts")),
    sources: subject(tsx, join(root, "main.ts")),
    compiled: subject(process.execPath, bin, "synth", "--fleet", env.BEDNET_FLEET),
  };
  for (const warmUp of Object.values(subjects)) await warmUp();
  const took = await inTurns(subjects, Number(values.rounds));
  const against = "a bare one-droplet cdktf app (tsx)";
  console.log(
    tableOf([
      {
        what: "synth from the sources (tsx)",
        measured: took.sources,
        against,
        yardstick: took.bare,
        goal: { atMost: 1.3 },
      },
      {
        what: "bednet synth, as published",
        measured: took.compiled,
        against,
        yardstick: took.bare,
        goal: { atMost: 1.3 },
      },
    ]),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
  await rm(program, { recursive: true, force: true });
}
