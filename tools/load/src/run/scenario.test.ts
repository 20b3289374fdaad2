import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { routes } from '../report/route-results.ts';
import { scaledPhases } from './scenario.ts';
import { sourceAddress, withSourceAddresses } from './schools.ts';

const folder = join(import.meta.dirname, '../../artillery');
const scenario = readFileSync(join(folder, 'scenario.yml'), 'utf8');

const phases = (text: string) =>
  [...text.matchAll(/name: (\S+)\n +duration: (\d+)\n +arrivalRate: (\d+)/g)].map(
    ([, name, duration, rate]) => [name, Number(duration), Number(rate)],
  );

describe('the scenario', () => {
  it('has the three phases of the specification, of which only the length is scaled', () => {
    assert.deepEqual(phases(scenario), [
      ['warm-up', 60, 10],
      ['sustained', 300, 50],
      ['peak', 120, 100],
    ]);
    assert.deepEqual(phases(scaledPhases(scenario, 0.001)), [
      ['warm-up', 1, 10],
      ['sustained', 1, 50],
      ['peak', 1, 100],
    ]);
    assert.deepEqual(
      phases(scaledPhases(scenario, 0.1)).map(([, duration]) => duration),
      [6, 30, 12],
    );
  });

  it('names its requests as the report counts them', () => {
    const names = [...scenario.matchAll(/- (?:get|post):\n +name: (.+)\n/g)].map(([, name]) => name);
    assert.deepEqual(names, [...routes]);
  });

  it('sends 70 % to the courses and 30 % to the tutor', () => {
    assert.deepEqual(
      [...scenario.matchAll(/weight: (\d+)/g)].map(([, weight]) => Number(weight)),
      [70, 30],
    );
  });
});

describe('source addresses', () => {
  it('are shared by the users of a school', () => {
    assert.equal(sourceAddress(0, 60), '127.20.0.1');
    assert.equal(sourceAddress(59, 60), '127.20.0.1');
    assert.equal(sourceAddress(60, 60), '127.20.0.2');
    assert.equal(sourceAddress(999_999, 1), '127.35.66.64');
    assert.equal(sourceAddress(999_999, 0), '127.20.0.1');
  });

  it('are a column of the list of users', () => {
    assert.equal(
      withSourceAddresses('email,password\na@x.in,p\nb@x.in,p\n', 1),
      'email,password,sourceAddress\na@x.in,p,127.20.0.1\nb@x.in,p,127.20.0.2\n',
    );
  });

  it('are those the server sees', async (t) => {
    const server = createServer((request, response) => response.end(request.socket.remoteAddress));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { useSourceAddress, closeConnections } = (await import(join(folder, 'processor.mjs'))) as Record<
      'useSourceAddress' | 'closeConnections',
      (context: object) => Promise<void>
    >;
    const context = { vars: { sourceAddress: '127.20.0.7' }, _httpAgent: undefined as never };
    await useSourceAddress(context);
    const { get } = await import('node:http');
    const seen = await new Promise<string>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      get({ host: '127.0.0.1', port, agent: context._httpAgent }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      }).on('error', reject);
    });
    await closeConnections(context);
    assert.equal(seen, '127.20.0.7');
  });
});
