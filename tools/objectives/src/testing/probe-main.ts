import { runService } from '@ganitagya/service';
import { Type } from 'typebox';

// A service that uses all that a service is offered, so that every series is told.
await runService({
  name: 'probe',
  docsPath: '/docs',
  config: Type.Object({}),
  build: (platform) => {
    const database = platform.database<{ nowhere: { id: number } }>();
    const policies = platform.policies({ model: { retry: { attempts: 2 }, breaker: { failures: 5 } } });
    const load = () => database.selectNoFrom((select) => select.val(1).as('lesson')).execute();
    return async (app) => {
      app.get('/lessons', async () =>
        policies.execute('model', () => platform.cache.getOrSet('lessons', load, { tags: [] })),
      );
      app.get('/fail', () => database.selectFrom('nowhere').select('id').execute());
    };
  },
});
