import { overflowText, type Family, type FamilyHead, type Sample } from './family.ts';
import { MergedFamily } from './merge.ts';
import { PushedSeries } from './pushed-series.ts';
import type { SeriesPush } from './series-sender.ts';

interface Member {
  readonly place: number;
  readonly series: PushedSeries;
  heardAt: number;
}

interface Kept {
  readonly head: FamilyHead;
  readonly values: Map<string, Float64Array>;
}

/** What is kept of one name: hosts come and go, and their labels with the processes that knew them. */
const KEPT_MAX = 2_000;

/**
 * The series of a group of processes. What a process counted stays when it dies, so that totals never fall; its gauges
 * go with it. Nobody is asked, hence nobody is waited for: a frozen process counts with what it pushed last.
 */
export class GroupSeries {
  readonly #now: () => number;
  readonly #members = new Map<number, Member>();
  readonly #kept = new Map<string, Kept>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  take(process: number, push: SeriesPush): void {
    const member = this.#members.get(process) ?? this.#add(process);
    member.series.take(push);
    member.heardAt = this.#now();
  }

  /** The process has ended and will push no more. */
  retire(process: number): void {
    const member = this.#members.get(process);
    if (member === undefined) return;
    this.#members.delete(process);
    for (const { samples, ...head } of member.series.families())
      if (head.type !== 'gauge') for (const sample of samples) this.#keep(head, sample);
  }

  /** Seconds since each living process was heard of, by the place it has in the group. */
  ages(): readonly { readonly place: number; readonly seconds: number }[] {
    const now = this.#now();
    return [...this.#members.values()].map(({ place, heardAt }) => ({
      place,
      seconds: (now - heardAt) / 1_000,
    }));
  }

  /** All of them as one, together with `others`. */
  families(others: readonly Family[]): Family[] {
    const merged = new Map<string, MergedFamily>();
    const add = ({ samples, ...head }: Family) => {
      const family = merged.get(head.name) ?? new MergedFamily(head);
      merged.set(head.name, family);
      for (const sample of samples) family.add(sample);
    };
    others.forEach(add);
    for (const { series } of this.#members.values()) series.families().forEach(add);
    for (const { head, values } of this.#kept.values())
      add({ ...head, samples: [...values].map(([labels, kept]) => ({ labels, values: kept })) });
    return [...merged.values()].map((family) => family.family());
  }

  #add(process: number): Member {
    const taken = new Set([...this.#members.values()].map(({ place }) => place));
    let place = 0;
    while (taken.has(place)) place += 1;
    const member = { place, series: new PushedSeries(), heardAt: this.#now() };
    this.#members.set(process, member);
    return member;
  }

  #keep(head: FamilyHead, { labels, values }: Sample): void {
    const kept = this.#kept.get(head.name) ?? { head, values: new Map<string, Float64Array>() };
    this.#kept.set(head.name, kept);
    const hasPlace = kept.values.has(labels) || kept.values.size < KEPT_MAX;
    const key = hasPlace ? labels : overflowText(labels);
    const total = kept.values.get(key);
    if (total === undefined) kept.values.set(key, Float64Array.from(values));
    else if (total.length === values.length)
      for (let index = 0; index < total.length; index += 1)
        total[index] = (total[index] ?? 0) + (values[index] ?? 0);
  }
}
