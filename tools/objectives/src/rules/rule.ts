/** What is told apart. */
export type Labels = Readonly<Record<string, string>>;

/** An expression that Prometheus evaluates now and then, kept as a series. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Labels;
}

/** Rules that are evaluated together. */
export interface RuleGroup<Rule> {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

/** `page` is for now, whatever the hour; `ticket` for the next working day. */
export type Severity = 'page' | 'ticket';

/** Something that somebody must look at. */
export interface Alert {
  /** Also the name of its runbook, in kebab case. */
  readonly name: string;
  readonly expr: string;
  /** How long it must be so. */
  readonly for?: string;
  readonly severity: Severity;
  readonly labels?: Labels;
  /** One line for a telephone; may name labels as `{{ $labels.host }}`. */
  readonly summary: string;
  /** When it fires and when it does not; at least one of each. */
  readonly cases: readonly AlertCase[];
}

/** `minutes` is less than two hours. */
export type Duration = 'minutes' | 'hours' | 'days';

/** A history of series, and whether the alert fires at its end. */
export interface AlertCase {
  /** What happened. */
  readonly name: string;
  /** By series, in the notation of promtool: `0+5x60` is 0, 5, 10 …, one value every `step`. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  /** A minute, unless told. */
  readonly step?: string;
  /** How long it takes; rules are evaluated less often in what takes long, or promtool would take minutes. */
  readonly takes?: Duration;
  /** The labels of what fires, the severity and those of the alert apart; none if nothing does. */
  readonly fires: readonly Labels[];
}

/** The name of the file that tells what to do. */
export function runbookOf(alert: string): string {
  return `${alert.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, '-').toLowerCase()}.md`;
}
