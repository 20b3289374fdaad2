import { cacheControlByExtension, cacheControlOfHashedNames } from './cache-table.ts';
import type { CompleteEdgeOptions } from './options.ts';
import type { TemplateValues } from './template.ts';

/** What the placeholders of the templates stand for. */
export function templateValues(options: CompleteEdgeOptions): TemplateValues {
  return {
    ...processValues(options),
    ...upstreamValues(options),
    ...clientValues(options),
    ...limitValues(options),
  };
}

/** Files beside the connections: logs, listeners, static files. */
const SPARE_FILES = 1024;

function processValues({ workers, user, brotliModule, ...options }: CompleteEdgeOptions): TemplateValues {
  return {
    loadModules: directive('load_module', brotliModule && `"${brotliModule}"`),
    brotliStatic: directive('brotli_static', brotliModule && 'on'),
    user: directive('user', user),
    workerProcesses: String(workers.processes),
    workerConnections: String(workers.connections),
    openFiles: String(workers.connections + SPARE_FILES),
    shutdownTimeout: `${options.timeouts.tutorReadS}s`,
    pidPath: options.pidPath,
    tempPath: options.tempPath,
    errorLog: `"${options.errorLog}"`,
    accessLog: accessLog(options.accessLog),
    statusPort: String(options.status.port),
    staticRoot: options.staticRoot,
    staticCacheControl: cacheControlOfHashedNames(),
    mediaCacheControl: cacheControlByExtension('/media/'),
  };
}

function accessLog(target: string): string {
  if (target === 'off') return 'off';
  return target === 'stdout' ? '/dev/stdout edge' : `"${target}" edge buffer=64k flush=1s`;
}

function upstreamValues({ upstreams, timeouts, resolvers, ...options }: CompleteEdgeOptions): TemplateValues {
  const resolve = resolvers.length === 0 ? '' : ' resolve';
  const servers = (list: CompleteEdgeOptions['upstreams']['auth']): string =>
    list
      .map(
        ({ host, port, weight }) =>
          `server ${host}:${port} weight=${weight} max_fails=3 fail_timeout=30s${resolve};`,
      )
      .join('\n');
  return {
    authServers: servers(upstreams.auth),
    coursesServers: servers(upstreams.courses),
    aiTutorServers: servers(upstreams.aiTutor),
    upstreamKeepalive: String(options.upstreamKeepalive),
    resolver: resolvers.length === 0 ? '' : `resolver ${resolvers.join(' ')} valid=5s;`,
    connectTimeout: `${timeouts.connectS}s`,
    sendTimeout: `${timeouts.sendS}s`,
    readTimeout: `${timeouts.readS}s`,
    tutorReadTimeout: `${timeouts.tutorReadS}s`,
    retryTimeout: `${timeouts.connectS + 1}s`,
  };
}

function clientValues({ listen, trustedProxies, timeouts, limits }: CompleteEdgeOptions): TemplateValues {
  return {
    listen: `${listen.address}:${listen.port}`,
    realIpFrom: trustedProxies.map((network) => `set_real_ip_from ${network};`).join('\n'),
    trustedHops: trustedProxies.map((network) => `${network} 1;`).join('\n'),
    clientHeaderTimeout: `${timeouts.clientHeaderS}s`,
    clientBodyTimeout: `${timeouts.clientBodyS}s`,
    bodyMax: limits.body,
    authoringBodyMax: limits.authoringBody,
    headerFields: directive('max_headers', limits.headerFields),
  };
}

function limitValues({ limits }: CompleteEdgeOptions): TemplateValues {
  return {
    apiPerCredentialRate: limits.apiPerCredential.rate,
    apiPerCredentialBurst: String(limits.apiPerCredential.burst),
    apiPerAddressRate: limits.apiPerAddress.rate,
    apiPerAddressBurst: String(limits.apiPerAddress.burst),
    loginPerDeviceRate: limits.loginPerDevice.rate,
    loginPerDeviceBurst: String(limits.loginPerDevice.burst),
    loginPerAddressRate: limits.loginPerAddress.rate,
    loginPerAddressBurst: String(limits.loginPerAddress.burst),
    inFlightPerAddress: String(limits.inFlightPerAddress),
    streamsPerCredential: String(limits.streamsPerCredential),
    streamsPerAddress: String(limits.streamsPerAddress),
    apiRetryAfterS: String(secondsPerRequest(limits.apiPerCredential.rate)),
    loginRetryAfterS: String(secondsPerRequest(limits.loginPerDevice.rate)),
  };
}

/** When the next request fits, in whole seconds: `5r/m` gives 12. */
function secondsPerRequest(rate: string): number {
  const [count, unit] = rate.split('r/');
  return Math.ceil((unit === 'm' ? 60 : 1) / Number(count));
}

/** A whole directive, or nothing where there is no value. */
function directive(name: string, value: string | number | undefined): string {
  return value === undefined || value === '' ? '' : `${name} ${value};`;
}
