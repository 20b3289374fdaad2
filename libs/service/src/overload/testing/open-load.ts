import { Agent, get } from 'node:http';

/** What came of one request; status 0 is none in time, or a connection that broke. */
export interface Outcome {
  readonly path: string;
  readonly status: number;
  readonly tookMs: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Requests as people make them: they come by themselves, however slow the server is. */
export interface OpenLoad {
  readonly url: string;
  /** Shares of the paths; they add up to 1. */
  readonly mix: Readonly<Record<string, number>>;
  readonly perSecond: number;
  readonly durationMs: number;
  readonly keepAlive: boolean;
  readonly timeoutMs: number;
}

/** Asks at random moments; each request has an address, and so a user, of its own. */
export async function openLoad(load: OpenLoad): Promise<Outcome[]> {
  const agent = new Agent({ keepAlive: load.keepAlive, maxSockets: Infinity });
  const outcomes: Promise<Outcome>[] = [];
  const startedAt = performance.now();
  let dueMs = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const nowMs = performance.now() - startedAt;
      for (
        ;
        dueMs <= Math.min(nowMs, load.durationMs);
        dueMs += (-Math.log(1 - Math.random()) * 1_000) / load.perSecond
      )
        outcomes.push(ask(load, agent, outcomes.length));
      if (nowMs < load.durationMs) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  const all = await Promise.all(outcomes);
  agent.destroy();
  return all;
}

function ask({ url, mix, timeoutMs }: OpenLoad, agent: Agent, index: number): Promise<Outcome> {
  const path = pick(mix);
  const askedAt = performance.now();
  const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  return new Promise((resolve) => {
    const settle = (status: number, headers: Outcome['headers'], body: string) =>
      resolve({ path, status, tookMs: performance.now() - askedAt, headers, body });
    const request = get(`${url}${path}`, { agent, headers: { 'x-forwarded-for': address } }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => settle(answer.statusCode ?? 0, answer.headers, body));
      answer.on('error', () => settle(0, {}, ''));
    });
    request.setTimeout(timeoutMs, () => request.destroy());
    request.on('error', () => settle(0, {}, ''));
  });
}

function pick(mix: OpenLoad['mix']): string {
  let left = Math.random();
  for (const [path, share] of Object.entries(mix)) if ((left -= share) < 0) return path;
  return Object.keys(mix)[0] ?? '/';
}
