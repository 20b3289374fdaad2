// One contestant in a process of its own: started with its module, its settings and the URL of Redis.
import type { ContestantModule, Settings } from '../contestant.ts';
import { answer } from './answer.ts';
import { createCommands } from './commands.ts';

const [module = '', settings = '', url = ''] = process.argv.slice(2);

await answer(async () => {
  const { open } = (await import(module)) as ContestantModule;
  return createCommands(await open({ url, settings: settings as Settings }));
});
