import { setImmediate as turn } from 'node:timers/promises';
import type { Family, Sample } from './family.ts';

/** Text for Prometheus. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** So long a scrape holds the event loop at a time. */
const SLICE_MS = 2;
const SAMPLES_BETWEEN_LOOKS = 16;

/** Writes families as text, with labels that all of them share. Requests are answered in between. */
export async function writeExposition(families: readonly Family[], shared: string): Promise<Exposition> {
  const parts: string[] = [];
  let sliceEnd = performance.now() + SLICE_MS;
  let written = 0;
  for (const family of families) {
    parts.push(headOf(family));
    const write = family.type === 'histogram' ? histogramWriter(family, shared) : valueWriter(family, shared);
    for (const sample of family.samples) {
      parts.push(write(sample));
      written += 1;
      if (written % SAMPLES_BETWEEN_LOOKS === 0 && performance.now() > sliceEnd) {
        await turn();
        sliceEnd = performance.now() + SLICE_MS;
      }
    }
  }
  return { contentType: CONTENT_TYPE, body: parts.join('') };
}

type Write = (sample: Sample) => string;

function headOf({ name, help, type }: Family): string {
  const oneLine = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${oneLine}\n# TYPE ${name} ${type}\n`;
}

function valueWriter({ name }: Family, shared: string): Write {
  return ({ labels, values }) => `${name}${braces(labels, shared)} ${numberText(values[0] ?? 0)}\n`;
}

function histogramWriter({ name, bounds = [] }: Family, shared: string): Write {
  const buckets = [...bounds.map(String), '+Inf'].map((bound) => `${name}_bucket{le="${bound}",`);
  return ({ labels, values }) => {
    const rest = `${joined(labels, shared)}} `;
    let lines = '';
    let count = 0;
    for (let index = 0; index < buckets.length; index += 1) {
      count += values[index] ?? 0;
      lines += `${buckets[index] ?? ''}${rest}${numberText(count)}\n`;
    }
    const sum = values[buckets.length] ?? 0;
    return `${lines}${name}_sum{${rest}${numberText(sum)}\n${name}_count{${rest}${numberText(count)}\n`;
  };
}

function braces(labels: string, shared: string): string {
  const all = joined(labels, shared);
  return all === '' ? '' : `{${all}}`;
}

function joined(labels: string, shared: string): string {
  if (labels === '') return shared;
  return shared === '' ? labels : `${labels},${shared}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
