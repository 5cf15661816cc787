// Gives up a replacement that is stuck: what serves becomes current again, and what was to replace it is left to be removed.

interface Instance {
  deposed?: string;
  status?: string;
  attributes?: { id?: unknown; triggers_replace?: { value?: { droplet?: unknown } } };
}
interface StateFile {
  serial: number;
  resources: { type: string; name: string; instances: Instance[] }[];
}

/** Eight hex digits, as Terraform's own are; a second attempt must not take the key of the first. */
const freeKey = (instances: readonly Instance[]): string => {
  for (let i = 0; ; i += 1) {
    const key = `bed0e7${i.toString(16).padStart(2, "0")}`;
    if (!instances.some(({ deposed }) => deposed === key)) return key;
  }
};

/**
 * `text`: what `terraform state pull` printed; `serving`: id of the droplet that holds the address. Gives the state for
 * `terraform state push`, or undefined when that droplet is not a left-over in this state: then nothing is stuck.
 */
export function giveUpReplacement(text: string, serving: string): string | undefined {
  const state = JSON.parse(text) as StateFile;
  const isServing = ({ attributes }: Instance): boolean => String(attributes?.id) === serving;
  const droplets = state.resources.find(({ type, name }) => type === "digitalocean_droplet" && name === "droplet");
  if (!droplets?.instances.some((one) => one.deposed !== undefined && isServing(one))) return undefined;
  const provedServing = ({ status, attributes }: Instance): boolean =>
    status !== "tainted" && String(attributes?.triggers_replace?.value?.droplet) === serving;
  for (const resource of state.resources) {
    if (resource === droplets) swap(resource.instances, isServing);
    if (resource.type === "terraform_data" && resource.name === "before_address") {
      swap(resource.instances, provedServing);
    }
  }
  return JSON.stringify({ ...state, serial: state.serial + 1 });
}

function swap(instances: Instance[], isChosen: (one: Instance) => boolean): void {
  const chosen = instances.find(isChosen);
  if (!chosen) return;
  for (const one of instances) {
    if (one === chosen) delete one.deposed;
    else one.deposed ??= freeKey(instances);
  }
  instances.sort((a, b) => Number(a.deposed !== undefined) - Number(b.deposed !== undefined));
}
