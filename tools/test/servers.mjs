/**
 * Finds, and if needed fetches or compiles once, the server programs of the integration tests, so that no test
 * spends its time limit on that. The searches belong to the code that uses them: the stack and the test servers.
 * @param {string} part of the tests: `nodes` needs no S3 server
 * @returns {Promise<Record<string, string>>} environment that points the tests at the programs
 */
export async function prepareServers(part) {
  const { findTemporal } = await import('@mipnet/stack');
  const { mipnetPaths } = await import('@mipnet/stack/folders');
  const { findVersitygw } = await import('@mipnet/test-servers');
  const temporal = await findTemporal({
    env: process.env,
    bin: mipnetPaths().bin,
    onMessage: (line) => process.stderr.write(`${line}\n`),
  });
  if (part === 'nodes') return { MIPNET_TEMPORAL_BIN: temporal };
  return { MIPNET_TEMPORAL_BIN: temporal, MIPNET_VERSITYGW_BIN: await findVersitygw() };
}
