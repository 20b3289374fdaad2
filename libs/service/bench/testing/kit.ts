// What benchmarks measure, wait and print with: what is not a test may not import it directly.
export * from '@ganitagya/testing/bench';
export { sendSignal, waitFor } from '@ganitagya/testing';
