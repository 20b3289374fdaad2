import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generate, MONITORING } from './output/generate.ts';

// Run it after every change in here: it writes the rules, their tests and the dashboard to k8s/monitoring.
for (const [path, text] of Object.entries(await generate())) {
  const file = join(MONITORING, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
