// A service as its environment says: node service.ts <module> <name of its definition> [what it is to be without]
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { Type } from 'typebox';
import { loadConfig } from '../../src/config/load-config.ts';
import { platformConfig } from '../../src/config/platform-config.ts';
import { openService } from '../../src/open-service.ts';
import type { ServiceDefinition } from '../../src/platform.ts';
import { serverDefaults } from '../../src/server-defaults.ts';
import { less } from '../less.ts';
import { reportToBench } from './report.ts';

type Definition = ServiceDefinition<ReturnType<typeof Type.Object>>;

const [module = '', name = '', without] = process.argv.slice(2);
const definitions = (await import(pathToFileURL(module).href)) as Readonly<Record<string, Definition>>;
const definition = definitions[name];
if (definition === undefined) throw new Error(`${module} has no ${name}`);

const schema = Type.Object({ ...platformConfig.properties, ...definition.config.properties });
const config = loadConfig(schema, process.env);
const log = pino({ name, level: config.LOG_LEVEL });
const service = await openService(definition, config, log, (...args) =>
  less(serverDefaults(...args), without),
);
await service.listen();
reportToBench((service.app.server.address() as AddressInfo).port);
