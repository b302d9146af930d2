// The region of this worker, for every integration test of a file: two files that run at the same time have one each.
const regions = process.env.FALCONRY_TEST_REGIONS;
if (regions !== undefined && !process.env.FALCONRY_DIRECTORY) {
  const answer = await fetch(`${regions}/${process.env.VITEST_POOL_ID}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  process.env.FALCONRY_DIRECTORY = text;
}
