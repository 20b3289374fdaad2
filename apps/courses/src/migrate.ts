import { runMigrations } from '@ganitagya/service';
import { migrations } from './migrations/index.ts';

await runMigrations({ schema: 'courses', migrations });
