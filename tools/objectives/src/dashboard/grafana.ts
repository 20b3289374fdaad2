import type { Panel } from './panel.ts';

/** Where a panel is, in a grid of 24 columns. */
export interface Place {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}

const datasource = { type: 'prometheus', uid: '$datasource' };

/** A panel as Grafana keeps it. */
export function renderPanel(panel: Panel, id: number, gridPos: Place) {
  const { title, description, unit, queries, kind = 'timeseries', isStacked = false } = panel;
  return {
    id,
    type: kind,
    title,
    description,
    gridPos,
    datasource,
    targets: queries.map(({ legend, expr }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat: legend,
      instant: kind === 'stat',
      range: kind !== 'stat',
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(unit !== 'percentunit' || kind === 'stat' ? {} : { max: 1 }),
        ...(kind === 'stat' ? {} : { min: 0 }),
        thresholds: { mode: 'absolute', steps: stepsOf(panel) },
        color: { mode: kind === 'stat' ? 'thresholds' : 'palette-classic' },
        ...(kind === 'timeseries' && {
          custom: {
            fillOpacity: isStacked ? 30 : 5,
            showPoints: 'never',
            stacking: { mode: isStacked ? 'normal' : 'none' },
            thresholdsStyle: { mode: panel.limit ? 'dashed' : 'off' },
          },
        }),
      },
      overrides: [],
    },
    options:
      kind === 'stat' ? { colorMode: 'background', reduceOptions: { calcs: ['lastNotNull'] } } : legend,
  };
}

const legend = {
  legend: { displayMode: 'list', placement: 'bottom' },
  tooltip: { mode: 'multi', sort: 'desc' },
};

function stepsOf({ limit }: Panel) {
  if (limit === undefined) return [{ color: 'green', value: null }];
  const [below, from] = 'above' in limit ? ['green', 'red'] : ['red', 'green'];
  const value = 'above' in limit ? limit.above : limit.below;
  return [
    { color: below, value: null },
    { color: from, value },
  ];
}
