import { isRecord, nameOf, type KubernetesObject } from '../kubernetes-object.ts';

/**
 * What the API schema finds wrong with an object: types, required fields, enums, formats of quantities.
 * It does not look at fields it does not know; `unknownFields` does.
 */
export async function schemaFaults(object: KubernetesObject): Promise<string[]> {
  const model = await modelOf(object);
  if (model === undefined) return [`${nameOf(object)}: there is no ${object.kind} in ${object.apiVersion}`];
  try {
    new model(unwrapped(object)).validate();
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [`${nameOf(object)}: ${error.message}`];
  }
}

/** The API server reads base64 with line breaks, which kustomize writes; the schema does not know that. */
function unwrapped(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret' || !isRecord(object['data'])) return object;
  const data = Object.entries(object['data']).map(([key, value]) => [
    key,
    String(value).replaceAll('\n', ''),
  ]);
  return { ...object, data: Object.fromEntries(data) as unknown };
}

const missingModule = new Set(['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

type Model = new (data: object) => { validate(): void };

async function modelOf({ apiVersion, kind }: KubernetesObject): Promise<Model | undefined> {
  try {
    const module: unknown = await import(`kubernetes-models/${apiVersion}/${kind}`);
    return isRecord({ ...(module as object) }) ? (module as Record<string, Model>)[kind] : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && missingModule.has(String(error.code))) return undefined;
    throw error;
  }
}
