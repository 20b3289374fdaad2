import { nameOf } from '../kubernetes-object.ts';
import { podMakersOf } from '../pods.ts';
import type { Check } from './check.ts';

const common = ['app.kubernetes.io/part-of', 'app.kubernetes.io/managed-by'];
const own = ['app.kubernetes.io/name', 'app.kubernetes.io/component'];

/** Standard labels: on everything what it is part of, on pods which app and which role besides. */
export const labelsAreStandard: Check = ({ objects }) => [
  ...objects
    .filter(({ kind }) => !['Namespace', 'Secret'].includes(kind))
    .flatMap((object) => missing(nameOf(object), object.metadata.labels ?? {}, common)),
  ...podMakersOf(objects).flatMap(({ owner, labels }) => [
    ...missing(nameOf(owner), owner.metadata.labels ?? {}, own),
    ...missing(`pods of ${nameOf(owner)}`, labels, [...common, ...own]),
  ]),
];

function missing(
  where: string,
  labels: Readonly<Record<string, string>>,
  wanted: readonly string[],
): string[] {
  return wanted.filter((name) => labels[name] === undefined).map((name) => `${where} has no label ${name}`);
}
