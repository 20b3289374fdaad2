import Type, { type Static, type TProperties } from 'typebox';
import Value from 'typebox/value';

/** Patterns: nothing that could end a directive or open a block may reach a template. */
const PATH = '^[^"$\\\\\\x00-\\x1f]+$';
const ADDRESS = '^[0-9]+(\\.[0-9]+){3}$|^\\[[0-9a-fA-F:.]+\\]$';
const HOST = '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^\\[[0-9a-fA-F:.]+\\]$';
const NETWORK = '^[0-9a-fA-F:.]+(/[0-9]{1,3})?$';

const Path = (standard: string) => Type.String({ pattern: PATH, maxLength: 500, default: standard });
const Port = (standard: number) => Type.Integer({ minimum: 1, maximum: 65_535, default: standard });
const Seconds = (standard: number) => Type.Integer({ minimum: 1, maximum: 3600, default: standard });
const Count = (standard: number) => Type.Integer({ minimum: 1, maximum: 1_000_000, default: standard });
const Size = (standard: string) => Type.String({ pattern: '^[1-9][0-9]{0,5}[km]$', default: standard });

/** A closed object whose every member has a default, so that the whole of it may be left out. */
const Section = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false, default: {} });

const Rate = (rate: string, burst: number) =>
  Section({
    rate: Type.String({ pattern: '^[1-9][0-9]{0,5}r/[sm]$', default: rate }),
    burst: Type.Integer({ minimum: 1, maximum: 100_000, default: burst }),
  });

const UpstreamServer = Type.Object(
  {
    host: Type.String({ pattern: HOST, maxLength: 253 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    weight: Type.Integer({ minimum: 1, maximum: 100, default: 1 }),
  },
  { additionalProperties: false },
);
const UpstreamServers = Type.Array(UpstreamServer, { minItems: 1, maxItems: 100 });

/** Everything the edge can be told. Relative paths are below the folder that is given to `nginx -p`. */
export const EdgeOptionsSchema = Type.Object(
  {
    mode: Type.Union([Type.Literal('local'), Type.Literal('kubernetes')], { default: 'local' }),
    listen: Section({
      address: Type.String({ pattern: ADDRESS, default: '127.0.0.1' }),
      port: Port(8080),
    }),
    /** Where nginx tells its counters, on the loopback only. */
    status: Section({ port: Port(8081) }),
    upstreams: Type.Object(
      { auth: UpstreamServers, courses: UpstreamServers, aiTutor: UpstreamServers },
      { additionalProperties: false },
    ),
    /** Idle connections kept per upstream and worker process: at least the requests that are in flight at the peak. */
    upstreamKeepalive: Count(128),
    /** Name servers to ask again for the upstreams' names; needs nginx 1.27.3 or newer. */
    resolvers: Type.Array(Type.String({ pattern: HOST }), { maxItems: 4, default: [] }),
    /** Whose X-Forwarded-For, X-Forwarded-Proto and X-Request-Id are believed: the CDN or load balancer in front. */
    trustedProxies: Type.Array(Type.String({ pattern: NETWORK }), { maxItems: 200, default: [] }),
    /** Holds index.html, static/ and media/; see build-static.ts. */
    staticRoot: Path('site'),
    /** A file, or `stdout`, or `off`. */
    accessLog: Path('logs/access.log'),
    /** A file, or `stderr`. */
    errorLog: Path('stderr'),
    pidPath: Path('nginx.pid'),
    tempPath: Path('temp'),
    /** Whom the workers run as (and a group) when nginx is started by root; otherwise nginx takes its built-in user. */
    user: Type.Optional(Type.String({ pattern: '^[a-z_][a-z0-9_-]*( [a-z_][a-z0-9_-]*)?$' })),
    workers: Section({
      processes: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 256 })], {
        default: 'auto',
      }),
      connections: Type.Integer({ minimum: 64, maximum: 1_000_000, default: 16_384 }),
    }),
    timeouts: Section({
      connectS: Seconds(5),
      sendS: Seconds(10),
      readS: Seconds(10),
      tutorReadS: Seconds(120),
      clientHeaderS: Seconds(10),
      clientBodyS: Seconds(10),
    }),
    limits: Section({
      apiPerCredential: Rate('10r/s', 20),
      apiPerAddress: Rate('600r/s', 1200),
      loginPerDevice: Rate('5r/m', 5),
      loginPerAddress: Rate('120r/m', 180),
      inFlightPerAddress: Count(600),
      streamsPerCredential: Count(4),
      streamsPerAddress: Count(120),
      body: Size('256k'),
      authoringBody: Size('2m'),
      /** Header fields per request; a directive of nginx 1.29.8 and of Debian's 1.22.1, elsewhere it does not load. */
      headerFields: Type.Optional(Type.Integer({ minimum: 10, maximum: 1000 })),
    }),
    /** Path of ngx_http_brotli_static_module.so; without it only gzip files are served. */
    brotliModule: Type.Optional(Type.String({ pattern: PATH, maxLength: 500 })),
  },
  { additionalProperties: false },
);

type Given<T> = T extends readonly (infer Item)[]
  ? readonly Given<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Given<T[Key]> | undefined }
    : T;

/** Options with every default filled in. */
export type CompleteEdgeOptions = Static<typeof EdgeOptionsSchema>;

/** What a caller gives: upstreams are required, all else has a default. */
export type EdgeOptions = Omit<Given<CompleteEdgeOptions>, 'upstreams'> & {
  readonly upstreams: Readonly<
    Record<'auth' | 'courses' | 'aiTutor', readonly { host: string; port: number; weight?: number }[]>
  >;
};

/** Fills in defaults and names every fault at once, by the path of its field. */
export function completeOptions(given: unknown): CompleteEdgeOptions {
  const options = Value.Default(EdgeOptionsSchema, structuredClone(given));
  if (!Value.Check(EdgeOptionsSchema, options)) {
    const faults = Value.Errors(EdgeOptionsSchema, options)
      .filter(({ keyword }) => keyword !== 'boolean')
      .map(({ instancePath, message, params }) => `${instancePath || '/'} ${message}${naming(params)}`);
    throw new Error(`The edge's options are wrong:\n  ${[...new Set(faults)].join('\n  ')}`);
  }
  if (options.mode === 'kubernetes') requireNames(options);
  return options;
}

function naming(params: object): string {
  return 'additionalProperties' in params ? `: ${String(params.additionalProperties)}` : '';
}

/** A pod's address in the configuration is wrong after its next restart. */
function requireNames({ upstreams }: CompleteEdgeOptions): void {
  const addresses = Object.values(upstreams)
    .flat()
    .filter(({ host }) => new RegExp(ADDRESS, 'u').test(host));
  if (addresses.length === 0) return;
  const hosts = addresses.map(({ host }) => host).join(', ');
  throw new Error(`In kubernetes mode upstreams are names of headless Services, not addresses: ${hosts}`);
}
