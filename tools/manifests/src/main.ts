import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { allChecks } from './checks/all-checks.ts';
import { connectionDemand } from './checks/connections.ts';
import { edgeConfigFile, edgeOptionsFile, renderEdge } from './edge/render-edge.ts';
import { environments, loadRelease } from './release.ts';
import { schemaFaults } from './schema/api-schema.ts';
import { unknownFields } from './schema/unknown-fields.ts';

const HELP = `Usage: node tools/manifests/src/main.ts check | edge-config

  check        builds every overlay and checks it: API schemas, unknown fields, and the release as a whole
  edge-config  writes k8s/base/edge/config/nginx.conf anew from k8s/base/edge/edge.json
  --help       this text`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' } },
});
const [command, ...rest] = positionals;

if (values.help === true) console.log(HELP);
else if (rest.length === 0 && command === 'check') await check();
else if (rest.length === 0 && command === 'edge-config')
  writeFileSync(edgeConfigFile, renderEdge(edgeOptionsFile));
else {
  console.error(HELP);
  process.exitCode = 2;
}

async function check(): Promise<void> {
  for (const environment of environments) {
    const release = loadRelease(environment);
    const faults = [
      ...(await Promise.all(release.objects.map(schemaFaults))).flat(),
      ...unknownFields(release.objects),
      ...Object.entries(allChecks).flatMap(([name, find]) =>
        find(release).map((fault) => `${name}: ${fault}`),
      ),
    ];
    for (const fault of faults) console.error(`${environment}: ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
    const connections = connectionDemand(release).reduce(
      (sum, { pods, connectionsPerPod }) => sum + pods * connectionsPerPod,
      0,
    );
    console.log(
      `${environment}: ${release.objects.length} objects, ${faults.length} faults; at most ${connections} of ${release.postgres.maxConnections} Postgres connections`,
    );
  }
}
