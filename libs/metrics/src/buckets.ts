/** Upper bounds in seconds; 0.2 is the promise for API answers, so it must be one of them. */
export const SECONDS_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10];
