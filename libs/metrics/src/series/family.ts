/** How the values of several workers become one. */
export type MergeRule = 'sum' | 'min' | 'max' | 'average' | 'first';

/** What all series of one name have in common. */
export interface FamilyHead {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly merge: MergeRule;
  /** Upper bounds of a histogram, ascending. */
  readonly bounds?: readonly number[];
}

/** One set of labels: one value, or of a histogram the count of each bucket, of all above, and the sum. */
export interface Sample {
  /** As Prometheus reads them, without braces. It is also what tells samples apart. */
  readonly labels: string;
  readonly values: ArrayLike<number>;
}

/** All series of one name. */
export interface Family extends FamilyHead {
  readonly samples: readonly Sample[];
}

/** Labels by name. */
export type Labels = Readonly<Record<string, string | number>>;

/** Labels as Prometheus reads them. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(String(value))}"`)
    .join();
}

/** The same labels, with one value for all that have no place of their own any more. */
export function overflowText(labels: string): string {
  return labels.replaceAll(/="(?:[^"\\]|\\.)*"/gu, '="other"');
}

const SPECIAL = /["\\\n]/gu;

function escaped(value: string): string {
  return value.replace(SPECIAL, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
