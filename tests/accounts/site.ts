import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { listenLow } from './listen-low.ts';

export const ISSUER = 'https://site.example';
export const AUDIENCE = 'slipmat-hub';

/** A main site: it publishes its keys and signs tokens. */
export async function startSite() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  let isUp = true;
  let served = 0;
  const server = createServer((_request, response) => {
    served += 1;
    response.writeHead(isUp ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: [publicJwk] }));
  });
  const port = await listenLow(server);
  return {
    config: {
      accounts: {
        guests: 'off',
        jwt: { jwksUrl: `http://127.0.0.1:${port}/keys`, issuer: ISSUER, audience: AUDIENCE },
      },
    },
    publicJwk,
    privateKey,
    served: () => served,
    setUp(up: boolean) {
      isUp = up;
    },
    /** @param atS seconds since 1970 */
    sign(payload: JWTPayload, atS: number, change: (jwt: SignJWT) => SignJWT = (jwt) => jwt): Promise<string> {
      const jwt = new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuedAt(atS)
        .setExpirationTime(atS + 300)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE);
      return change(jwt).sign(privateKey);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
