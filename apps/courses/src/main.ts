import { runService } from '@ganitagya/service';
import { courses } from './app.ts';

await runService(courses);
