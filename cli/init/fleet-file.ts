// fleet.yaml from answers, and what is wrong with them in the words of whoever gave them.
import { judgeFleet } from "../../fleet/load.ts";
import { quote } from "../../fleet/mistake.ts";
import { templatesIn } from "../../templates/render.ts";
import { type Answers, type Setting, settings } from "./settings.ts";
import { yamlCount, yamlWord } from "./yaml-word.ts";

export const print = templatesIn("cli/init/templates");

export interface Wrong {
  /** The option, or a place in the file where no option is to blame. */
  readonly flag: string;
  readonly says: string;
}

export function wrongAnswers(given: Answers, ci: boolean): Wrong[] {
  const wrong = choices(given, ci);
  const isWrong = new Set(wrong.map((one) => one.flag));
  // The others are judged beside answers that are right.
  const whole: { [key in Setting["key"]]?: string } = { ...given };
  for (const { key, flag, example } of settings) if (isWrong.has(flag)) whole[key] = example;
  const missing = settings.filter(({ key, asked }) => asked(whole, ci) === "must" && given[key] === undefined);
  for (const { key, example } of missing) whole[key] ??= example;
  const stray = settings.filter(({ key, asked }) => given[key] && asked(whole, ci) === "never");
  const { mistakes } = judgeFleet({ yaml: fleetFile(whole), yamlFile: "fleet.yaml", csv: undefined, csvFile: "" });
  const inFile = mistakes
    .map(({ path, says }) => ({ one: settingAt(path), path, says }))
    // What nobody was asked for yet is not wrong yet.
    .filter(({ one }) => one === undefined || given[one.key] !== undefined)
    .map(({ one, path, says }) => ({ flag: one?.flag ?? path, says }));
  const all = [
    ...missing.map(({ flag, question, example }) => ({ flag, says: `is missing; ${question}, such as ${example}` })),
    ...wrong,
    ...stray.map(({ flag, path }) => ({
      flag,
      says: `${path} has no place beside the other answers; leave it out`,
    })),
    ...inFile,
  ];
  const order = settings.map(({ flag }) => flag);
  return all
    .filter(({ flag }, at) => all.findIndex((one) => one.flag === flag) === at)
    .sort((a, b) => order.indexOf(a.flag) - order.indexOf(b.flag));
}

/** What the file itself could not tell: these words choose which lines there are. */
function choices({ provider, state }: Answers, ci: boolean): Wrong[] {
  const wrong: Wrong[] = [];
  if (provider !== undefined && !["digitalocean", "existing"].includes(provider))
    wrong.push({ flag: "--provider", says: `${quote(provider)}: use digitalocean or existing` });
  if (state !== undefined && !["local", "spaces", "http"].includes(state))
    wrong.push({ flag: "--state", says: `${quote(state)}: use spaces, http or local` });
  if (ci && state === "local") wrong.push({ flag: "--state", says: whyRemote });
  return wrong;
}

export const whyRemote =
  "local is lost with the runner, and the next run would build a second broker beside the first; use spaces or http";

const settingAt = (path: string): Setting | undefined =>
  settings.find((one) => path === one.path || path.startsWith(`${one.path}[`));

export function fleetFile(answers: Answers): string {
  const { name = "prod", domain = "", provider, region = "", zone = "", address = "", devices = "" } = answers;
  const { state = "local", bucket = "", stateRegion = "", stateAddress = "", adminCidrs = "", email } = answers;
  const when = <T>(is: boolean, view: T): T[] => (is ? [view] : []);
  return print("fleet.yaml.hbs", {
    name: yamlWord(name),
    domain: yamlWord(domain),
    devices: yamlCount(devices),
    emails: when(Boolean(email), { email: yamlWord(email ?? "") }),
    droplets: when(provider !== "existing", { region: yamlWord(region) }),
    existing: when(provider === "existing", { address: yamlWord(address) }),
    adminCidrs: adminCidrs
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((network) => ({ network: yamlWord(network) })),
    manual: when(zone === "", {}),
    zones: when(zone !== "", { zone: yamlWord(zone) }),
    local: when(state === "local", {}),
    spaces: when(state === "spaces", { bucket: yamlWord(bucket), region: yamlWord(stateRegion) }),
    http: when(state === "http", {
      address: yamlWord(stateAddress),
      locks: when(isOfGitlab(stateAddress), { address: yamlWord(`${stateAddress}/lock`) }),
    }),
  });
}

/** GitLab keeps Terraform's state, and locks it beside it. */
export const isOfGitlab = (address: string): boolean =>
  /\/api\/v4\/projects\/[^/]+\/terraform\/state\/[^/]+$/.test(address);
