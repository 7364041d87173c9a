"""工作台: what stands where, what blocks, what comes next, and what waits for whom; the pages and the API show it."""
