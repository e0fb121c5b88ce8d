// For the image's HEALTHCHECK: the hub answers on its own port.
const port = process.env.PORT ?? '8787';
const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4_000) });
process.exit(answer.ok ? 0 : 1);
