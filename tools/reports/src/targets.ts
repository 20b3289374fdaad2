import { readFileSync } from 'node:fs';

/** The servers to look at; reads run on the replicas, so a report on the primary alone tells half. */
export interface Targets {
  readonly primary: string;
  readonly replicas: readonly string[];
  /** Where processes of the platform tell how they see the servers, by name. */
  readonly management?: Readonly<Record<string, string>>;
}

/** The servers of the platform that `npm start` runs, from the file it writes. Throws when nothing runs. */
export function runningTargets(file: string): Targets {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} is not there: start the platform with npm start, or give --url`, { cause });
  }
  const { postgres, management = {} } = JSON.parse(text) as {
    postgres?: { adminUrl?: string; replicas?: readonly string[] };
    management?: Readonly<Record<string, string>>;
  };
  if (postgres?.adminUrl === undefined) throw new Error(`${file} names no Postgres`);
  return { primary: postgres.adminUrl, replicas: postgres.replicas ?? [], management };
}

/** `host:port`, for people: a connection string has the password in it. */
export function hostName(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}`;
}
