// The school with one of the contestants: node school-process.ts <name of the contestant>
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { loadConfig } from '../../../src/config/load-config.ts';
import { platformConfig } from '../../../src/config/platform-config.ts';
import { openService } from '../../../src/open-service.ts';
import { serverDefaults } from '../../../src/server-defaults.ts';
import { reportToBench } from '../../servers/report.ts';
import { CONTESTANTS, guarded, type Contestant, type ContestantName } from './contestants.ts';
import { school } from './school.ts';

const contestant: Contestant = CONTESTANTS[process.argv[2] as ContestantName];
const config = loadConfig(platformConfig, process.env);
const log = pino({ name: school.name, level: config.LOG_LEVEL });

const service = await openService(school, config, log, (...args) =>
  guarded(serverDefaults(...args), contestant),
);
if (contestant.isListeningOnce) await service.app.listen({ host: '127.0.0.1', port: 0 });
else await service.listen();
reportToBench((service.app.server.address() as AddressInfo).port);
