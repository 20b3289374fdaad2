import { plainVariables } from '../environment.ts';
import { isRecord, nameOf } from '../kubernetes-object.ts';
import { ofKind, type Release } from '../release.ts';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { Check } from './check.ts';

/** Until the edge knows that a pod goes: 5 s of cluster DNS, 5 s of its own memory, and the news' way there. */
const NOTICE_S = 15;

/** What is left for requests that run when a pod is told to stop, at least. */
const REQUESTS_S = 10;

/** How a container stops, in seconds. */
interface Stop {
  /** From the signal on it still takes requests. */
  readonly noticeS: number;
  /** From the signal on it is done, one way or the other. */
  readonly allS: number;
}

/** A pod serves until nobody sends it requests any more, and has the time to end those it has. */
export const podsDrain: Check = (release) =>
  ofKind(release, 'Deployment').flatMap((deployment) => {
    const pod = deployment.spec?.template.spec;
    return (pod?.containers ?? []).flatMap((container) => {
      const where = `${nameOf(deployment)}: ${container.name}`;
      const sleepS = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
      const graceS = pod?.terminationGracePeriodSeconds ?? 30;
      const stop = stopOf(release, container);
      if (stop === undefined) return [`${where} does not say how long it drains`];
      const { noticeS, allS } = stop;
      const faults: string[] = [];
      if (sleepS + noticeS < NOTICE_S) {
        faults.push(`${where} serves ${sleepS + noticeS} s while the news spreads, less than ${NOTICE_S} s`);
      }
      if (allS - noticeS < REQUESTS_S) faults.push(`${where} leaves no time to end its requests`);
      if (sleepS + allS > graceS) {
        faults.push(`${where} needs ${sleepS} + ${allS} s to stop, and is killed after ${graceS} s`);
      }
      return faults;
    });
  });

/** Services say it in variables, nginx in its configuration. */
function stopOf(release: Release, container: IContainer): Stop | undefined {
  const { DRAIN_DELAY_MS: delay, SHUTDOWN_GRACE_MS: grace } = plainVariables(release, container);
  if (delay !== undefined && grace !== undefined) {
    return { noticeS: Number(delay) / 1000, allS: Number(grace) / 1000 };
  }
  if (container.name !== 'edge') return undefined;
  const texts = release.objects.filter(({ kind }) => kind === 'ConfigMap').map((map) => map['data']);
  const config = texts.filter(isRecord).find((data) => 'nginx.conf' in data)?.['nginx.conf'];
  const seconds = /^worker_shutdown_timeout (\d+)s;$/m.exec(String(config))?.[1];
  return seconds === undefined ? undefined : { noticeS: 0, allS: Number(seconds) };
}
