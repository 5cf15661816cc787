// With what we log in, as ssh does: a named key and then the agent; without a name the agent and then the usual keys.
import { homedir } from "node:os";
import { join } from "node:path";
import { Problem } from "../fleet/problem.ts";
import { agentTrouble } from "./agent.ts";
import { type PrivateKey, readPrivateKey } from "./private-key.ts";

export type Identity =
  | { readonly agent: string }
  /** PEM or OpenSSH form, and the file it is from. */
  | { readonly privateKey: string; readonly file?: string };

export interface Login {
  /** Tried in this order. */
  readonly login: readonly Identity[];
  /** What was there and could not be tried: said when the host refuses the rest. */
  readonly notTried: readonly string[];
}

const usual = ["id_ed25519", "id_ecdsa", "id_rsa"];

export function findLogin(identityFile: string | undefined, env: NodeJS.ProcessEnv): Promise<Login> {
  return identityFile === undefined ? usualLogin(env) : namedLogin(identityFile, env);
}

async function namedLogin(file: string, env: NodeJS.ProcessEnv): Promise<Login> {
  const key = await readPrivateKey(file);
  const agent = await findAgent(env);
  if (key.state === "usable") return { login: [identityOf(key, file), ...agent.login], notTried: agent.notTried };
  const trouble = troubleOf(key, file);
  if (key.state === "locked" && agent.login.length > 0) return { ...agent, notTried: [trouble] };
  if (key.state === "locked")
    throw new Problem([trouble, ...agent.notTried].join("\n  "), `Start an agent and add the key: ssh-add ${file}`);
  throw new Problem(
    trouble,
    "Name a private key with --identity FILE, or leave it out to use the agent or ssh's usual keys.",
  );
}

async function usualLogin(env: NodeJS.ProcessEnv): Promise<Login> {
  const agent = await findAgent(env);
  const files = usual.map((name) => join(homedir(), ".ssh", name));
  const keys = await Promise.all(files.map(async (file) => ({ file, key: await readPrivateKey(file) })));
  const login = [
    ...agent.login,
    ...keys.flatMap(({ file, key }) => (key.state === "usable" ? [identityOf(key, file)] : [])),
  ];
  const notTried = [
    ...agent.notTried,
    ...keys.flatMap(({ file, key }) =>
      key.state === "locked" || key.state === "unusable" ? [troubleOf(key, file)] : [],
    ),
  ];
  if (login.length > 0) return { login, notTried };
  throw new Problem(
    notTried.length > 0
      ? `no SSH key to log in with:\n${notTried.map((line) => `  ${line}`).join("\n")}`
      : "no SSH key: there is no agent (SSH_AUTH_SOCK) and none of ~/.ssh/id_ed25519, id_ecdsa, id_rsa",
    "Add a key to an agent (ssh-add FILE), make one with ssh-keygen, or name one with --identity FILE.",
  );
}

async function findAgent({ SSH_AUTH_SOCK: path }: NodeJS.ProcessEnv): Promise<Login> {
  if (!path) return { login: [], notTried: [] };
  const trouble = await agentTrouble(path);
  if (trouble === undefined) return { login: [{ agent: path }], notTried: [] };
  return { login: [], notTried: [`the SSH agent at ${path} (SSH_AUTH_SOCK) ${trouble}`] };
}

const identityOf = ({ privateKey }: PrivateKey & { state: "usable" }, file: string): Identity => ({ privateKey, file });

function troubleOf(key: Exclude<PrivateKey, { state: "usable" }>, file: string): string {
  if (key.state === "absent") return `${file}: there is no such SSH key`;
  return key.state === "locked" ? `${file}: the SSH key has a passphrase` : `${file}: ${key.because}`;
}
