import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import type { INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort';
import { matches } from './labels.ts';
import { ofKind, type Release } from './release.ts';

/** One end of a connection: a pod of the release, a pod of another namespace, or an address. */
export interface Endpoint {
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent for pods of the release's own namespace. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly address?: string;
}

/** Do the policies of the release let `from` open a TCP or UDP connection to `port` of `to`? */
export function isAllowed(
  release: Release,
  from: Endpoint,
  to: Endpoint,
  port: number,
  protocol: 'TCP' | 'UDP' = 'TCP',
): boolean {
  return (
    isAllowedAt(release, 'Egress', from, to, port, protocol) &&
    isAllowedAt(release, 'Ingress', to, from, port, protocol)
  );
}

function isAllowedAt(
  release: Release,
  direction: 'Egress' | 'Ingress',
  pod: Endpoint,
  peer: Endpoint,
  port: number,
  protocol: string,
): boolean {
  const { labels, namespaceLabels } = pod;
  if (labels === undefined || namespaceLabels !== undefined) return true;
  const policies = ofKind(release, 'NetworkPolicy')
    .map(({ spec }) => spec)
    .filter(
      (spec) => spec?.policyTypes?.includes(direction) === true && matches(spec.podSelector ?? {}, labels),
    );
  if (policies.length === 0) return true;
  const rules = policies.flatMap((spec) =>
    direction === 'Egress'
      ? (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
      : (spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports })),
  );
  return rules.some(
    ({ peers, ports }) =>
      (peers === undefined || peers.some((rule) => isPeer(rule, peer))) &&
      (ports === undefined || ports.some((rule) => isPort(rule, port, protocol))),
  );
}

function isPeer({ ipBlock, podSelector, namespaceSelector }: INetworkPolicyPeer, peer: Endpoint): boolean {
  if (ipBlock !== undefined) {
    const { address } = peer;
    return (
      address !== undefined &&
      isInside(address, ipBlock.cidr) &&
      !(ipBlock.except ?? []).some((cidr) => isInside(address, cidr))
    );
  }
  if (peer.labels === undefined) return false;
  const isThere =
    namespaceSelector === undefined
      ? peer.namespaceLabels === undefined
      : peer.namespaceLabels !== undefined && matches(namespaceSelector, peer.namespaceLabels);
  return isThere && matches(podSelector ?? {}, peer.labels);
}

function isPort(rule: INetworkPolicyPort, port: number, protocol: string): boolean {
  return (rule.protocol ?? 'TCP') === protocol && (rule.port === undefined || rule.port === port);
}

function isInside(address: string, cidr: string): boolean {
  const [network = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(network) / size);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
