import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from './workspace.ts';

/** Secrets of this installation, made at the first start. */
export interface Secrets {
  readonly keyEncryption: string;
  readonly demoPassword: string;
  /** By schema and kind of role: `auth_owner`, `auth_app`, … */
  readonly databasePasswords: Readonly<Record<string, string>>;
}

/** What runs now, for the tools that look at it. */
export interface RunFile {
  readonly pid: number;
  readonly url: string;
  readonly postgres: {
    readonly adminUrl: string;
    readonly primary: string;
    readonly replicas: readonly string[];
  };
  readonly redis: string | undefined;
  readonly management: Readonly<Record<string, string>>;
  /** The settings of each service's processes, so that one more can join. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const SCHEMAS = ['auth', 'courses', 'tutor'] as const;
export type Schema = (typeof SCHEMAS)[number];

/** The folder that outlives a run: data, logs, secrets, and what was already done. */
export class State {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(ROOT, path);
    mkdirSync(join(this.path, 'logs'), { recursive: true });
  }

  join(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  /** The secrets, made at first use; the file is for its owner's eyes only. */
  secrets(): Secrets {
    const known = this.#read('secrets.json') as Secrets | undefined;
    if (known !== undefined) return known;
    const roles = SCHEMAS.flatMap((schema) => [`${schema}_owner`, `${schema}_app`]);
    const secrets: Secrets = {
      keyEncryption: secret(),
      demoPassword: `demo-${randomBytes(6).toString('hex')}`,
      databasePasswords: Object.fromEntries(roles.map((role) => [role, secret()])),
    };
    this.#write('secrets.json', secrets, 0o600);
    return secrets;
  }

  /** Whether a step was done with these very inputs. */
  isDone(step: string, fingerprint: string): boolean {
    return this.#done()[step] === fingerprint;
  }

  markDone(step: string, fingerprint: string): void {
    this.#write('done.json', { ...this.#done(), [step]: fingerprint }, 0o644);
  }

  /** What runs in this state folder now; undefined when its process is gone. */
  running(): RunFile | undefined {
    const run = this.#read('run.json') as RunFile | undefined;
    return run !== undefined && isAlive(run.pid) ? run : undefined;
  }

  writeRun(run: RunFile): void {
    this.#write('run.json', run, 0o600);
  }

  removeRun(): void {
    rmSync(this.join('run.json'), { force: true });
  }

  #done(): Readonly<Record<string, string>> {
    return (this.#read('done.json') ?? {}) as Readonly<Record<string, string>>;
  }

  #read(name: string): unknown {
    const path = this.join(name);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  }

  #write(name: string, value: unknown, mode: number): void {
    const path = this.join(name);
    writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode });
    renameSync(`${path}.new`, path);
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a Node runs as this process; the id may long belong to another program. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node');
  } catch {
    // No such process, or a system without /proc.
    return process.platform !== 'linux' && isProcess(pid);
  }
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
