// One end of a bare invalidation: started with the URL of Redis.
import { answer } from '../process/answer.ts';
import { createRawCommands } from './raw-commands.ts';

await answer(() => createRawCommands(process.argv[2] ?? ''));
