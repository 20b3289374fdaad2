import type { KubernetesObject } from '../kubernetes-object.ts';
import { containersOf, podTemplateOf } from '../pods.ts';
import type { Kustomization } from './kustomization.ts';

/** Puts every object that lives in a namespace into `namespace`. */
export function setNamespace(objects: readonly KubernetesObject[], namespace: string): void {
  for (const object of objects) {
    if (object.kind === 'Namespace') object.metadata.name = namespace;
    else object.metadata.namespace = namespace;
  }
}

/** Adds labels to objects and, where asked, to the pods they make; selectors stay as they are. */
export function addLabels(
  objects: readonly KubernetesObject[],
  { pairs, includeTemplates }: NonNullable<Kustomization['labels']>[number],
): void {
  for (const object of objects) {
    object.metadata.labels = { ...object.metadata.labels, ...pairs };
    const template = includeTemplates === true ? podTemplateOf(object) : undefined;
    if (template !== undefined) {
      template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...pairs } };
    }
  }
}

/** Gives the images of all containers their registry and tag. */
export function setImages(
  objects: readonly KubernetesObject[],
  images: NonNullable<Kustomization['images']>,
): void {
  for (const object of objects) {
    const pod = podTemplateOf(object)?.spec;
    for (const container of pod === undefined ? [] : containersOf(pod)) {
      const [name, tag] = splitImage(container.image ?? '');
      const rule = images.find((image) => image.name === name);
      if (rule === undefined) continue;
      const newTag = rule.newTag ?? tag;
      container.image = (rule.newName ?? name) + (newTag === undefined ? '' : `:${newTag}`);
    }
  }
}

function splitImage(image: string): [string, string?] {
  if (image.includes('@'))
    throw new Error(`${image}: images with a digest are not supported by this builder`);
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? [image.slice(0, colon), image.slice(colon + 1)] : [image];
}
