/**
 * How much of a job that runs its caller wants still: `'all'` of it; only that it comes to its `'end'`, where the loop over its
 * items has been left; or `'none'`, where the call has been given up.
 */
export type JobDemand = 'all' | 'end' | 'none';
