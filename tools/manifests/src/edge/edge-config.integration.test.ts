import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { edgeConfigFile, edgeOptionsFile, renderEdge } from './render-edge.ts';

const NGINX = '/usr/sbin/nginx';

interface Options {
  upstreams: Record<string, { host: string }[]>;
}

describe('the configuration of the edge in a cluster', () => {
  it('is what the renderer of the edge writes; else run `npm run k8s:edge-config`', () => {
    assert.equal(readFileSync(edgeConfigFile, 'utf8'), renderEdge(edgeOptionsFile));
  });

  it('has no include left', () => {
    assert.doesNotMatch(readFileSync(edgeConfigFile, 'utf8'), /^\s*include /m);
  });

  it('is asked again for the names of the pods', () => {
    const config = readFileSync(edgeConfigFile, 'utf8');
    assert.match(config, /^\s*resolver kube-dns\.kube-system\.svc\.cluster\.local /m);
    for (const app of ['auth', 'courses', 'ai-tutor']) {
      assert.match(config, new RegExp(`server ${app}\\.ganitagya\\.svc\\.cluster\\.local:3000 .* resolve;`));
    }
  });

  it('is read by nginx as one file; only the names of the pods need a newer one than Debian has', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'edge-config-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const options = JSON.parse(readFileSync(edgeOptionsFile, 'utf8')) as Options;
    for (const [server] of Object.values(options.upstreams))
      if (server !== undefined) server.host = '127.0.0.1';
    const local = {
      ...options,
      mode: 'local',
      resolvers: [],
      pidPath: join(folder, 'nginx.pid'),
      tempPath: folder,
      accessLog: 'off',
    };
    writeFileSync(join(folder, 'options.json'), JSON.stringify(local));
    writeFileSync(join(folder, 'nginx.conf'), renderEdge(join(folder, 'options.json')));
    const { status, stderr } = spawnSync(NGINX, ['-t', '-e', 'stderr', '-p', folder, '-c', 'nginx.conf'], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });
});
