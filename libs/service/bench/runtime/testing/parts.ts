// The parts whose faults are drilled: what is not a test may not import them directly.
export { waitFor, type FaultProxy, type PostgresHost } from '@ganitagya/testing';
