// A piece of network that no guest has: a namespace on a cable of its own, found and taken away like a guest's.
import { type Lease, takeLease } from "./lease.ts";
import { forget, remember } from "./live-runs.ts";
import { makeNetwork } from "./network.ts";
import { tearDown } from "./teardown.ts";

export interface Place {
  readonly lease: Lease;
  /** This machine's end of the cable: every guest reaches it, whichever of them come and go. */
  readonly here: string;
  /** The far end. Nobody listens there. */
  readonly there: string;
  /** Resolves with what could not be removed, in words. */
  release(): Promise<string[]>;
}

export async function takePlace(about: string, signal?: AbortSignal): Promise<Place> {
  const lease = await takeLease(about, signal);
  remember(lease);
  const release = async (): Promise<string[]> => {
    const left = await tearDown(lease);
    forget(lease);
    return left;
  };
  try {
    await makeNetwork(lease, signal);
  } catch (error) {
    await release();
    throw error;
  }
  return { lease, here: lease.hostAddress, there: lease.guestAddress, release };
}
