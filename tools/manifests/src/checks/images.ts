import { nameOf } from '../kubernetes-object.ts';
import { containersOf, podMakersOf } from '../pods.ts';
import type { Check } from './check.ts';

/** Every image names its registry and a version, and jobs and apps of one release run the same build. */
export const imagesArePinned: Check = ({ objects }) => {
  const tags = new Map<string, Set<string>>();
  const faults = podMakersOf(objects).flatMap(({ owner, spec }) =>
    containersOf(spec).flatMap(({ image = '' }) => {
      const [, registry, path, tag] = /^([\w.-]+(?::\d+)?)\/(.+?)(?::([\w.-]+))?$/.exec(image) ?? [];
      if (path === undefined || registry === undefined || !/[.:]/.test(registry)) {
        return [`${nameOf(owner)}: ${image} names no registry`];
      }
      if (tag === undefined || tag === 'latest') return [`${nameOf(owner)}: ${image} has no version`];
      tags.set(path, (tags.get(path) ?? new Set()).add(tag));
      return [];
    }),
  );
  const several = [...tags].filter(([, found]) => found.size > 1);
  return [
    ...faults,
    ...several.map(([image, found]) => `${image} has the versions ${[...found].join(', ')}`),
  ];
};
