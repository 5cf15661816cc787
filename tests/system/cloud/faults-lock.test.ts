// A lock that a killed machine left on a state kept elsewhere, as the real Terraform meets it.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Terraform } from "../../../stacks/terraform/terraform.ts";

const held = {
  ...{ ID: "8d1f6f0a-5b4e-4c52-9a35-0f2a3f1b7c11", Operation: "OperationTypeApply", Info: "", Path: "" },
  ...{ Who: "ana@laptop", Version: "1.11.4", Created: "2026-11-20T09:30:00Z" },
};

/** Answers as Terraform's http backend wants it: 423 with who holds the lock. */
const store = createServer((request, response) => {
  if (request.method === "LOCK") response.writeHead(423).end(JSON.stringify(held));
  else response.writeHead(404).end();
});
await new Promise<void>((done) => store.listen(0, "127.0.0.1", done));
afterAll(() => void store.close());

test("a lock that nobody frees any more is named as the one that is there, with how it is freed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bednet-lock-"));
  try {
    const address = `http://127.0.0.1:${(store.address() as AddressInfo).port}/state`;
    const backend = { http: { address, lock_address: address, unlock_address: address } };
    await writeFile(
      join(folder, "cdk.tf.json"),
      JSON.stringify({ terraform: { backend }, resource: { terraform_data: { one: { input: "1" } } } }),
    );
    const never = new AbortController().signal;
    const terraform = new Terraform({ folder, env: process.env, signal: never, askMs: 60_000, stopMs: 5_000 });
    await terraform.init();
    await expect(terraform.plan()).rejects.toMatchObject({
      message: `another run holds the state: its lock is ${held.ID}`,
      fix: `Wait until it has ended, then run the command again. If it is gone for good, free the state: terraform -chdir=${folder} force-unlock ${held.ID}. Nothing was changed.`,
      exitCode: 2,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
