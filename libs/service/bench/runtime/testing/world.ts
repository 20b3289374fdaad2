import { provision } from '@ganitagya/database';
import { startPostgres, startRedis } from '@ganitagya/testing';
import { ITEMS } from '../overload/traffic.ts';

const PASSWORDS = { owner: 'owner', app: 'app' };
const PARAGRAPH = 'A number that only one and itself divide is a prime number. ';

/** What the school needs. */
export interface SchoolWorld {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts Postgres and Redis, with some courses in it. */
export async function startSchoolWorld(): Promise<SchoolWorld> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    const cluster = await startPostgres();
    stops.push(() => cluster.stop());
    const redis = await startRedis();
    stops.push(() => redis.stop());
    await provision({ adminUrl: cluster.adminUrl, service: 'school', passwords: PASSWORDS });
    await cluster.primary.query(`
      create table school.course (id integer primary key, title text not null, body text not null);
      create table school.answer (
        id bigint generated always as identity primary key,
        student text not null, exercise integer not null, answer text not null);
      grant select, insert on school.course, school.answer to school_app;
      insert into school.course select n, 'number' || n, repeat('${PARAGRAPH}', 60) from generate_series(0, ${ITEMS - 1}) n`);
    return {
      env: {
        DATABASE_URL: cluster.primary.url('school_app', PASSWORDS.app),
        REDIS_URL: redis.url,
        LOG_LEVEL: 'silent',
        PORT: '0',
        TRUST_PROXY: '127.0.0.1/32',
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
