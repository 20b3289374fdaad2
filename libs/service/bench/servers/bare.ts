// A Fastify route with nothing around it, that sends the bytes it is given: node bare.ts <path> <answer as JSON>
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { Answer } from '../answer.ts';
import { reportToBench } from './report.ts';

const [path = '/', answer = ''] = process.argv.slice(2);
const { headers, body } = JSON.parse(answer) as Answer;
const bytes = Buffer.from(body);

// The time is part of the Keep-Alive header, which is to be the same.
const app = fastify({ keepAliveTimeout: 75_000 });
app.get(path, (_request, reply) => {
  reply.headers(headers).send(bytes);
});
await app.listen({ host: '127.0.0.1', port: 0 });
reportToBench((app.server.address() as AddressInfo).port);
