import { isRecord } from '../kubernetes-object.ts';

/** The operations of RFC 6902 that the overlays use. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/** Is `value` a list of operations this builder implements? */
export function isPatch(value: unknown): value is readonly PatchOperation[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item) =>
        isRecord(item) &&
        ['add', 'remove', 'replace'].includes(String(item['op'])) &&
        typeof item['path'] === 'string' &&
        item['path'].startsWith('/') &&
        (item['op'] === 'remove') === !('value' in item),
    )
  );
}

/** Applies the operations to `target` in place; a path that does not exist is a fault. */
export function applyPatch(target: object, operations: readonly PatchOperation[], where: string): void {
  for (const operation of operations) applyOperation(target, operation, where);
}

function applyOperation(target: object, { op, path, value }: PatchOperation, where: string): void {
  const steps = path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  let parent: unknown = target;
  for (const step of steps) parent = childOf(parent, step);
  const refuse = () => new Error(`${where}: cannot ${op} ${path}`);
  if (Array.isArray(parent)) {
    const index = last === '-' && op === 'add' ? parent.length : Number(last);
    const end = op === 'add' ? parent.length : parent.length - 1;
    if (!Number.isInteger(index) || index < 0 || index > end) throw refuse();
    if (op === 'remove') parent.splice(index, 1);
    else parent.splice(index, op === 'add' ? 0 : 1, structuredClone(value));
    return;
  }
  if (!isRecord(parent) || (op !== 'add' && !(last in parent))) throw refuse();
  if (op === 'remove') Reflect.deleteProperty(parent, last);
  else parent[last] = structuredClone(value);
}

function childOf(parent: unknown, step: string): unknown {
  if (Array.isArray(parent)) return parent[Number(step)] as unknown;
  return isRecord(parent) ? parent[step] : undefined;
}
