const VALUE = /([a-z])\s*=\s*(-?\d+(?:\.\d+)?)(?:\s*\/\s*(\d+))?(?![\w√.])/g;
const LAST_LINES = 4;

/**
 * Does the end of a model's text give an unknown a value that the checked answer does not? Only plain values are
 * compared: where the answer has surds or intervals nothing is said.
 */
export function contradicts(text: string, answer: string): boolean {
  const right = valuesIn(answer);
  if (right.size === 0) return false;
  const end = text
    .trim()
    .split('\n')
    .slice(-LAST_LINES)
    .join('\n')
    .replace(/[$\\{}*()]|frac/g, '');
  return [...valuesIn(end)].some(([name, values]) => {
    const allowed = right.get(name);
    return (
      allowed !== undefined && values.some((value) => !allowed.some((each) => Math.abs(each - value) < 1e-3))
    );
  });
}

function valuesIn(text: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [, name = '', top, bottom = '1'] of text.matchAll(VALUE)) {
    found.set(name, [...(found.get(name) ?? []), Number(top) / Number(bottom)]);
  }
  return found;
}
