import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Entrant } from '@ganitagya/resilience';
import { cohortOf } from './cohort.ts';
import { gatedApp } from './testing/gated-app.ts';

const HOUR_S = 3_600;
const inAnHour = () => Math.floor(Date.now() / 1_000) + HOUR_S;

function tokenOf(claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `Bearer ${encode({ alg: 'EdDSA' })}.${encode(claims)}.c2lnbmF0dXJl`;
}

/** What the gate hears of each request. */
async function watched(t: TestContext) {
  const { app, admission } = await gatedApp(t);
  const heard: { priority: string; cohort: number }[] = [];
  const enter = admission.enter.bind(admission);
  admission.enter = (entrant: Entrant) => {
    heard.push({ priority: entrant.priority, cohort: entrant.cohort() });
    enter(entrant);
  };
  const hear = async (url: string, headers: Record<string, string>) => {
    await app.inject({ url, headers });
    return heard.at(-1);
  };
  return { hear };
}

describe('the group of a request', () => {
  test('is that of the user, wherever it comes from; without a token that of the address', async (t) => {
    const { hear } = await watched(t);
    const authorization = tokenOf({ sub: 'asha', exp: inAnHour() });
    for (const address of ['10.0.0.1', '10.0.0.2']) {
      const asha = await hear('/quick', { authorization, 'x-forwarded-for': address });
      assert.equal(asha?.cohort, cohortOf('user asha'));
      const nobody = await hear('/quick', { 'x-forwarded-for': address });
      assert.equal(nobody?.cohort, cohortOf(`address ${address}`));
    }
  });

  test('is that of the address for what is no token, or has expired', async (t) => {
    const { hear } = await watched(t);
    for (const authorization of [
      'Basic YTpi',
      'Bearer x.y.z',
      'Bearer bm90IGpzb24',
      tokenOf([]),
      tokenOf({ sub: 7, exp: inAnHour() }),
      tokenOf({ sub: '', exp: inAnHour() }),
      tokenOf({ sub: 'asha' }),
      tokenOf({ sub: 'asha', exp: 1 }),
      `${tokenOf({ sub: 'asha', exp: inAnHour() })}${'x'.repeat(5_000)}`,
    ]) {
      const heard = await hear('/quick', { authorization, 'x-forwarded-for': '10.0.0.1' });
      assert.equal(heard?.cohort, cohortOf('address 10.0.0.1'), authorization);
    }
  });

  test('is one for a whole IPv6 network', async (t) => {
    const { hear } = await watched(t);
    const one = await hear('/quick', { 'x-forwarded-for': '2001:db8:0:1::1' });
    const other = await hear('/quick', { 'x-forwarded-for': '2001:db8:0:1:ffff::2' });
    assert.equal(one?.cohort, other?.cohort);
  });
});

describe('a token', () => {
  test('lifts the priority where the route says so', async (t) => {
    const { hear } = await watched(t);
    const authorization = tokenOf({ sub: 'asha', exp: inAnHour() });
    assert.equal((await hear('/lifted', {}))?.priority, 'background');
    assert.equal((await hear('/lifted', { authorization }))?.priority, 'reading');
    assert.equal(
      (await hear('/lifted', { authorization: tokenOf({ sub: 'a', exp: 1 }) }))?.priority,
      'background',
    );
  });

  test('that proves to be made up takes that from all tokens of its address for a while, and from no others', async (t) => {
    const { hear } = await watched(t);
    const made = {
      authorization: tokenOf({ sub: 'made up', exp: inAnHour() }),
      'x-forwarded-for': '10.0.0.1',
    };
    const real = tokenOf({ sub: 'asha', exp: inAnHour() });
    assert.equal((await hear('/lifted', made))?.priority, 'reading');
    const again = await hear('/lifted', made);
    assert.equal(again?.priority, 'background');
    assert.equal(again.cohort, cohortOf('address 10.0.0.1'));
    assert.equal(
      (await hear('/lifted', { authorization: real, 'x-forwarded-for': '10.0.0.1' }))?.priority,
      'background',
    );
    assert.equal(
      (await hear('/lifted', { authorization: real, 'x-forwarded-for': '10.0.0.2' }))?.priority,
      'reading',
    );
  });

  test('that has only expired is nobody’s fault', async (t) => {
    const { hear } = await watched(t);
    const address = { 'x-forwarded-for': '10.0.0.1' };
    await hear('/lifted', { ...address, authorization: tokenOf({ sub: 'made up', exp: 1 }) });
    const authorization = tokenOf({ sub: 'asha', exp: inAnHour() });
    assert.equal((await hear('/lifted', { ...address, authorization }))?.priority, 'reading');
  });
});
