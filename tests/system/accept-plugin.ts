// A Mosquitto plugin of ten lines, built on the spot, that answers logins in place of the password file.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `any-password`: every named user is let in. `own-id`: a named user with a foreign client id is turned away. */
export type Mode = "any-password" | "own-id";

const answers: Record<Mode, string> = {
  "any-password": "login->username ? 0 : DEFER",
  "own-id": "login->username && strcmp(login->username, mosquitto_client_id(login->client)) ? AUTH : DEFER",
};

/** Mosquitto's plugin interface (version 5), as much of it as is used. */
const source = (mode: Mode): string => `
#include <string.h>
enum { BASIC_AUTH = 3, AUTH = 11, DEFER = 17 };
struct login { void *future; void *client; char *username; char *password; void *future2[4]; };
const char *mosquitto_client_id(const void *client);
int mosquitto_callback_register(void *id, int event, int (*callback)(int, void *, void *), const void *data, void *user);
static int answer(int event, void *data, void *user) { struct login *login = data; return ${answers[mode]}; }
int mosquitto_plugin_version(int count, const int *versions) { return 5; }
int mosquitto_plugin_init(void *id, void **user, void *options, int count) {
  return mosquitto_callback_register(id, BASIC_AUTH, answer, NULL, NULL);
}
int mosquitto_plugin_cleanup(void *user, void *options, int count) { return 0; }
`;

export interface Plugins {
  path(mode: Mode): string;
  remove(): void;
}

/** Needs a C compiler; installs Debian's where there is none. */
export function buildPlugins(): Plugins {
  const folder = mkdtempSync(join(tmpdir(), "bednet-plugins-"));
  chmodSync(folder, 0o755); // the broker loads them as another user
  const path = (mode: Mode): string => join(folder, `${mode}.so`);
  for (const mode of ["any-password", "own-id"] as const) {
    writeFileSync(join(folder, `${mode}.c`), source(mode));
    compile(["-shared", "-fPIC", "-o", path(mode), join(folder, `${mode}.c`)]);
  }
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

function compile(argv: readonly string[]): void {
  try {
    execFileSync("cc", argv);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    execFileSync("apt-get", ["-qq", "install", "-y", "--no-install-recommends", "gcc", "libc6-dev"]);
    execFileSync("cc", argv);
  }
}
