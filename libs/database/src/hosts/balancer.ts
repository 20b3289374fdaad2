/**
 * How a read picks one of the replicas that may answer it. `ewma`: of two at random the one with less latency × work
 * under way; `least-in-flight`: the one with less work; `round-robin`: one after the other.
 */
export type Balancing = 'ewma' | 'least-in-flight' | 'round-robin';

export const BALANCINGS: readonly Balancing[] = ['ewma', 'least-in-flight', 'round-robin'];

/** What a choice is made from. */
export type Candidate = {
  /** Reads that were routed there and have not ended. */
  readonly load: number;
  /** Recent latency; 0 when nothing is known. */
  readonly latencyMs: number;
  /** How often it is considered, in relation to the others. */
  readonly weight: number;
};

/** Picks one of some hosts; undefined when there is none. */
export type Balancer = <Host extends Candidate>(hosts: readonly Host[]) => Host | undefined;

/** A host of which nothing is known gets one statement, and the next ones when that has come back. */
const UNKNOWN_MS = 1_000_000;

/** Makes the choice by one of the rules. */
export function createBalancer(balancing: Balancing, random: () => number = Math.random): Balancer {
  if (balancing === 'round-robin') return createRoundRobin(random);
  const cost = balancing === 'ewma' ? ewmaCost : (host: Candidate) => host.load;
  return (hosts) => pickOfTwo(admitted(hosts, random), cost, random);
}

function ewmaCost({ load, latencyMs }: Candidate): number {
  if (latencyMs > 0) return latencyMs * (load + 1);
  return load === 0 ? 0 : UNKNOWN_MS * load;
}

/** Each host with a chance of its weight against the largest, so that a small one is seldom even considered. */
function admitted<Host extends Candidate>(hosts: readonly Host[], random: () => number): readonly Host[] {
  let weightMax = 0;
  let isEven = true;
  for (const { weight } of hosts) {
    isEven &&= weightMax === 0 || weight === weightMax;
    weightMax = Math.max(weightMax, weight);
  }
  if (isEven) return hosts;
  return hosts.filter(({ weight }) => weight === weightMax || random() * weightMax < weight);
}

function pickOfTwo<Host extends Candidate>(
  hosts: readonly Host[],
  cost: (host: Candidate) => number,
  random: () => number,
): Host | undefined {
  if (hosts.length <= 1) return hosts[0];
  const first = Math.floor(random() * hosts.length);
  // Never the same twice.
  const second = (first + 1 + Math.floor(random() * (hosts.length - 1))) % hosts.length;
  const [a, b] = [hosts[first], hosts[second]];
  if (!a || !b) return a ?? b;
  return cost(b) < cost(a) ? b : a;
}

function createRoundRobin(random: () => number): Balancer {
  let turn = 0;
  return (hosts) => {
    const candidates = admitted(hosts, random);
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
    return candidates[turn % candidates.length];
  };
}
