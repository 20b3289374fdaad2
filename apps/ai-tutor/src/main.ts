import { runService } from '@ganitagya/service';
import { tutor } from './app.ts';

await runService(tutor);
