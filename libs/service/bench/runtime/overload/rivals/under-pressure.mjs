export { default } from '@fastify/under-pressure';
