import { nameOf } from '../kubernetes-object.ts';
import { ofKind } from '../release.ts';
import type { Check } from './check.ts';

const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** Every container that serves has all three probes, and liveness asks something else than readiness. */
export const probesDiffer: Check = (release) =>
  ofKind(release, 'Deployment').flatMap((deployment) =>
    (deployment.spec?.template.spec?.containers ?? []).flatMap((container) => {
      const where = `${nameOf(deployment)}: ${container.name}`;
      const missing = probes
        .filter((name) => container[name] === undefined)
        .map((name) => `${where} has no ${name}`);
      const [ready, live] = [container.readinessProbe, container.livenessProbe].map((probe) =>
        JSON.stringify([probe?.httpGet, probe?.tcpSocket, probe?.exec, probe?.grpc]),
      );
      return ready === live ? [...missing, `${where} asks the same for readiness as for liveness`] : missing;
    }),
  );
