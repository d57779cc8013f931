// The health check of the image: exit code 0 when the process of this container says that it is well. The slim image
// has no curl, and needs none.

const url = process.env.MIPNET_HEALTH_URL;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4000) });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
} catch (error) {
  console.error(`${url} (MIPNET_HEALTH_URL): ${error.cause?.message || error.message}`);
  process.exitCode = 1;
}
