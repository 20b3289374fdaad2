import { runService } from '@ganitagya/service';
import { authService } from './app.ts';

await runService(authService);
