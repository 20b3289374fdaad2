export { watchMachine } from './machine.ts';
export type { MachineState } from './machine.ts';
export { writeFigures } from './readme.ts';
export { median, quantile } from './statistics.ts';
export { toMarkdown, toPercent } from './table.ts';
export type { Table } from './table.ts';
