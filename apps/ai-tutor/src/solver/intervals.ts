import type { Expression } from '../expressions/expression.ts';

/** A piece of the number line; a missing end is infinity. */
export interface Interval {
  readonly from?: { readonly value: Expression; readonly isClosed: boolean };
  readonly to?: { readonly value: Expression; readonly isClosed: boolean };
}

/** Which pieces between boundaries, and which boundaries, belong to a solution. */
export interface SignChart {
  readonly boundaries: readonly Expression[];
  /** One more than there are boundaries. */
  readonly pieces: readonly boolean[];
  readonly points: readonly boolean[];
}

/** Joins neighbouring parts of a chart into the fewest intervals. */
export function intervalsOf({ boundaries, pieces, points }: SignChart): Interval[] {
  const intervals: Interval[] = [];
  let start: Interval['from'];
  let isOpen = pieces[0] === true;
  boundaries.forEach((value, index) => {
    const isIn = points[index] === true;
    const continues = pieces[index + 1] === true;
    if (isOpen && !(isIn && continues)) {
      intervals.push(interval(start, { value, isClosed: isIn }));
      isOpen = false;
    }
    if (!isOpen && continues) {
      start = { value, isClosed: isIn };
      isOpen = true;
    } else if (!isOpen && isIn && pieces[index] !== true) {
      const point = { value, isClosed: true };
      intervals.push(interval(point, point));
    }
  });
  if (isOpen) intervals.push(interval(boundaries.length === 0 ? undefined : start));
  return intervals;
}

function interval(from: Interval['from'], to?: Interval['to']): Interval {
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

/** The interval as a relation: `2 < x ≤ 3`; undefined when it is the whole line. */
export function intervalRelation({ from, to }: Interval, variable: string): Expression | undefined {
  if (from && to && from === to) return ['Equal', variable, from.value];
  const lower: Expression | undefined = from && [
    from.isClosed ? 'GreaterEqual' : 'Greater',
    variable,
    from.value,
  ];
  const upper: Expression | undefined = to && [to.isClosed ? 'LessEqual' : 'Less', variable, to.value];
  if (from && to)
    return [
      'Between',
      from.value,
      from.isClosed ? 'LessEqual' : 'Less',
      variable,
      to.isClosed ? 'LessEqual' : 'Less',
      to.value,
    ];
  return lower ?? upper;
}
