/** So many minutes, in each of which so many requests came. */
export interface Traffic {
  readonly minutes: number;
  readonly good: number;
  readonly failed?: number;
  readonly slow?: number;
}

const request = (labels: string) =>
  `{service="courses",instance="a",method="GET",route="/lessons",${labels}}`;

/** The series of a service with one route, as promtool reads them, a value every `stepMinutes`. */
export function seriesOf(traffic: readonly Traffic[], stepMinutes: number): Record<string, string> {
  const counter = (perMinute: (phase: Traffic) => number) =>
    counterOf(
      traffic.map((phase) => [phase.minutes, perMinute(phase)] as const),
      stepMinutes,
    );
  const name = 'http_request_duration_seconds';
  return {
    [`${name}_count${request('status_code="200"')}`]: counter(({ good, slow = 0 }) => good + slow),
    [`${name}_bucket${request('status_code="200",le="0.2"')}`]: counter(({ good }) => good),
    [`${name}_count${request('status_code="500"')}`]: counter(({ failed = 0 }) => failed),
    [`${name}_bucket${request('status_code="500",le="0.2"')}`]: counter(({ failed = 0 }) => failed),
    [`http_route_objective_seconds${request('priority="reading"')}`]: `0.2x${total(traffic) / stepMinutes}`,
  };
}

/** A counter that rises by so much a minute in each phase, in promtool's notation. */
export function counterOf(
  phases: readonly (readonly [minutes: number, perMinute: number])[],
  stepMinutes = 1,
) {
  let value = 0;
  const parts = phases.map(([minutes, perMinute]) => {
    const steps = minutes / stepMinutes;
    const text = `${round(value)}+${round(perMinute * stepMinutes)}x${steps - 1}`;
    value += perMinute * minutes;
    return text;
  });
  return parts.join(' ');
}

function total(traffic: readonly Traffic[]): number {
  return traffic.reduce((sum, { minutes }) => sum + minutes, 0);
}

function round(value: number): number {
  return Number(value.toFixed(6));
}
