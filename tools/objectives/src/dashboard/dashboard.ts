import { renderPanel, type Place } from './grafana.ts';
import type { Row } from './panel.ts';
import { cache } from './rows/cache.ts';
import { circuits } from './rows/circuits.ts';
import { database } from './rows/database.ts';
import { overload } from './rows/overload.ts';
import { processes } from './rows/processes.ts';
import { promises } from './rows/promises.ts';
import { latency, traffic } from './rows/requests.ts';

/** What one sees, from what users feel down to its causes. */
export const rows: readonly Row[] = [
  promises,
  traffic,
  latency,
  overload,
  database,
  cache,
  circuits,
  processes,
];

const COLUMNS = 24;
const PANELS_PER_ROW = 3;
const HEIGHT = 8;

/** The dashboard as Grafana imports it. */
export function dashboard() {
  const width = COLUMNS / PANELS_PER_ROW;
  let id = 0;
  let y = 0;
  const panels = rows.flatMap(({ title, panels: inRow }) => {
    const top = { h: 1, w: COLUMNS, x: 0, y };
    const head = { id: (id += 1), type: 'row', title, collapsed: false, gridPos: top, panels: [] };
    const body = inRow.map((panel, index) => {
      const line = Math.floor(index / PANELS_PER_ROW);
      const place: Place = {
        h: HEIGHT,
        w: width,
        x: (index % PANELS_PER_ROW) * width,
        y: y + 1 + line * HEIGHT,
      };
      return renderPanel(panel, (id += 1), place);
    });
    y += 1 + Math.ceil(inRow.length / PANELS_PER_ROW) * HEIGHT;
    return [head, ...body];
  });
  return {
    uid: 'ganitagya',
    title: 'Ganitagya',
    description: 'Written by `npm run objectives`; change tools/objectives instead.',
    tags: ['ganitagya'],
    schemaVersion: 39,
    editable: false,
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: variables() },
    panels,
  };
}

/** The expression by which the services to choose from are found. */
export const SERVICES = 'service_build_info';

function variables() {
  return [
    { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
    {
      name: 'service',
      label: 'Service',
      type: 'query',
      datasource: { type: 'prometheus', uid: '$datasource' },
      query: `label_values(${SERVICES}, service)`,
      refresh: 2,
      sort: 1,
      multi: true,
      includeAll: true,
      allValue: '.*',
      current: { text: 'All', value: '$__all' },
    },
  ];
}
