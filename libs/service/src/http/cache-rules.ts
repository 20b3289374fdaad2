/** How long an answer may be kept, in seconds: by the browser, by the CDN and edge, and stale while it is fetched again. */
export interface CacheRule {
  readonly browserS: number;
  readonly cdnS: number;
  readonly staleS: number;
  /** Only for names that change with their content (a hash in the name). */
  readonly immutable: boolean;
  /** Paths that fall under this rule: prefixes for nginx, the CDN and the documentation. */
  readonly paths: readonly string[];
  /** File name endings under those paths; empty means all of them. */
  readonly extensions: readonly string[];
}

const MINUTE_S = 60;
const DAY_S = 24 * 60 * MINUTE_S;
const YEAR_S = 365 * DAY_S;

/** The one table of cache lifetimes that the services, nginx and the documentation share. */
export const cacheRules = {
  static: {
    browserS: YEAR_S,
    cdnS: YEAR_S,
    staleS: 0,
    immutable: true,
    paths: ['/static/'],
    extensions: [],
  },
  images: {
    browserS: 30 * DAY_S,
    cdnS: 30 * DAY_S,
    staleS: DAY_S,
    immutable: false,
    paths: ['/media/'],
    extensions: ['avif', 'gif', 'jpg', 'jpeg', 'png', 'svg', 'webp'],
  },
  videos: {
    browserS: 7 * DAY_S,
    cdnS: 7 * DAY_S,
    staleS: DAY_S,
    immutable: false,
    paths: ['/media/'],
    extensions: ['m3u8', 'mp4', 'ts', 'webm'],
  },
  /** Public API answers: a browser asks again after a minute (a 304 as a rule), the CDN keeps them for five. */
  publicApi: {
    browserS: MINUTE_S,
    cdnS: 5 * MINUTE_S,
    staleS: 5 * MINUTE_S,
    immutable: false,
    paths: ['/api/courses', '/api/lessons'],
    extensions: [],
  },
} as const satisfies Record<string, CacheRule>;

/** The `Cache-Control` value of a rule. */
export function cacheControl(rule: CacheRule): string {
  const parts = ['public', `max-age=${rule.browserS}`, `s-maxage=${rule.cdnS}`];
  if (rule.staleS > 0) parts.push(`stale-while-revalidate=${rule.staleS}`);
  if (rule.immutable) parts.push('immutable');
  return parts.join(', ');
}

/** For answers that belong to one person. */
export const PRIVATE_NO_STORE = 'private, no-store';
