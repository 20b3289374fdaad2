// What benchmarks measure and print with: what is not a test may not import it directly.
export * from '@ganitagya/testing/bench';
