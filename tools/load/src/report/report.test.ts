import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseReport } from './artillery-report.ts';
import { formatResults } from './format-results.ts';
import { routeResults, type RouteResult } from './route-results.ts';
import { judge } from './verdict.ts';

/** Recorded from Artillery 2.0.34 against a server with 429s, 503s and broken connections at known places. */
const recorded: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../test-fixtures/report.json'), 'utf8'),
);
const goals = { rightSharePercent: 99, p95Ms: 200 };

const good: RouteResult = {
  route: 'list',
  requests: 1000,
  right: 1000,
  limited: 0,
  otherAnswers: 0,
  serverErrors: 0,
  unanswered: 0,
  p50: 5,
  p95: 20,
  p99: 40,
};

describe('routeResults', () => {
  const results = routeResults(parseReport(recorded));
  const counts = results.map((result) => ({ ...result, p50: 0, p95: 0, p99: 0 }));

  it('counts right answers, refusals by limits, faults of the server and missing answers apart', () => {
    const none = { limited: 0, otherAnswers: 0, serverErrors: 0, unanswered: 0, p50: 0, p95: 0, p99: 0 };
    assert.deepEqual(counts, [
      { ...none, route: 'login', requests: 988, right: 872, limited: 116 },
      { ...none, route: 'list', requests: 872, right: 872 },
      { ...none, route: 'unknown course', requests: 872, right: 872 },
      { ...none, route: 'course', requests: 872, right: 794, serverErrors: 78 },
      { ...none, route: 'ask', requests: 392, right: 359, unanswered: 33 },
    ]);
  });

  it('takes the times as they were recorded', () => {
    const { p50, p95, p99 } = results.find(({ route }) => route === 'course') ?? good;
    assert.deepEqual([p50, p95, p99], [16.9, 40.9, 73]);
  });

  it('takes a 2xx for an id that does not exist as wrong, and a 404 elsewhere too', () => {
    const counters = {
      'plugins.metrics-by-endpoint.unknown course.codes.200': 2,
      'plugins.metrics-by-endpoint.unknown course.codes.404': 3,
      'plugins.metrics-by-endpoint.course.codes.404': 4,
    };
    const found = routeResults(parseReport({ aggregate: { counters } }));
    const [unknown, course] = ['unknown course', 'course'].map((name) =>
      found.find(({ route }) => route === name),
    );
    assert.deepEqual([unknown?.right, unknown?.otherAnswers], [3, 2]);
    assert.deepEqual([course?.right, course?.otherAnswers], [0, 4]);
  });

  it('refuses what is no report', () => {
    for (const value of [null, {}, { aggregate: {} }])
      assert.throws(() => parseReport(value), /not a report/);
  });
});

describe('judge', () => {
  it('passes what is right and fast', () => {
    assert.deepEqual(judge([good, { ...good, route: 'unknown course' }], goals), []);
  });

  it('fails a run in which nearly all was refused, however fast the refusals were', () => {
    const refused = { ...good, requests: 10_000, right: 220, limited: 9_780, p95: 2 };
    assert.deepEqual(judge([refused], goals), [
      'list: 2.20 % of 10000 requests got the right answer, not 99 %',
    ]);
  });

  it('fails what is slow, and what was never asked', () => {
    assert.deepEqual(judge([{ ...good, p95: 200 }], goals), ['list: p95 is 200 ms, not below 200 ms']);
    assert.deepEqual(judge([{ ...good, requests: 0, right: 0, p95: undefined }], goals), [
      'list was never asked',
    ]);
  });

  it('puts the share of right answers before the times', () => {
    const faults = judge(
      [
        { ...good, route: 'slow', p95: 900 },
        { ...good, right: 10 },
      ],
      goals,
    );
    assert.match(faults[0] ?? '', /^list: 1\.00 %/);
    assert.match(faults[1] ?? '', /^slow: p95/);
  });
});

describe('formatResults', () => {
  it('prints a line per route and one for all', () => {
    const lines = formatResults(routeResults(parseReport(recorded))).split('\n');
    assert.match(
      lines[0] ?? '',
      /^route +requests +right % +429 +other +5xx +no answer +p50 ms +p95 ms +p99 ms$/,
    );
    assert.match(lines[1] ?? '', /^login +988 +88\.26 +116 +0 +0 +0 /);
    assert.match(lines.at(-1) ?? '', /^all +3996 +94\.32 +116 +0 +78 +33 +$/);
    assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  });
});
