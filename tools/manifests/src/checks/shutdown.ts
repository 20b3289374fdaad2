import { plainVariables } from '../environment.ts';
import { isRecord, nameOf } from '../kubernetes-object.ts';
import { ofKind, type Release } from '../release.ts';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { Check } from './check.ts';

/** After the signal a pod may still wait this long for its readiness to be noticed. */
const NOTICE_S = 5;

/** A pod serves until nobody sends it requests any more, and has the time to end those it has. */
export const podsDrain: Check = (release) =>
  ofKind(release, 'Deployment').flatMap((deployment) => {
    const pod = deployment.spec?.template.spec;
    return (pod?.containers ?? []).flatMap((container) => {
      const where = `${nameOf(deployment)}: ${container.name}`;
      const sleepS = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
      const drainS = drainSeconds(release, container);
      const graceS = pod?.terminationGracePeriodSeconds ?? 30;
      const faults =
        sleepS >= NOTICE_S ? [] : [`${where} sleeps ${sleepS} s before it stops, less than ${NOTICE_S} s`];
      if (drainS === undefined) faults.push(`${where} does not say how long it drains`);
      else if (sleepS + drainS > graceS) {
        faults.push(`${where} needs ${sleepS} + ${drainS} s to stop, and is killed after ${graceS} s`);
      }
      return faults;
    });
  });

/** Services say it in variables, nginx in its configuration. */
function drainSeconds(release: Release, container: IContainer): number | undefined {
  const { DRAIN_DELAY_MS: delay, SHUTDOWN_GRACE_MS: grace } = plainVariables(release, container);
  if (delay !== undefined && grace !== undefined) return (Number(delay) + Number(grace)) / 1000;
  if (container.name !== 'edge') return undefined;
  const texts = release.objects.filter(({ kind }) => kind === 'ConfigMap').map((map) => map['data']);
  const config = texts.filter(isRecord).find((data) => 'nginx.conf' in data)?.['nginx.conf'];
  const seconds = /^worker_shutdown_timeout (\d+)s;$/m.exec(String(config))?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
