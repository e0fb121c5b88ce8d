import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { freePort } from './ports.ts';

/** Somebody with an account at the sign-in. */
export interface OidcPerson {
  readonly sub: string;
  readonly name: string;
}

/** An OpenID Connect provider: discovery, code flow and keys, as OpenID Connect Core 1.0 has them. */
export interface OidcProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Whoever opens the page of the sign-in next is this person, and agrees. */
  next(person: OidcPerson): void;
  /** As the sign-in gives it to a program. */
  token(person: OidcPerson, audience: string, nonce?: string): Promise<string>;
  stop(): Promise<void>;
}

interface Granted {
  readonly person: OidcPerson;
  readonly client: string;
  readonly nonce: string;
}

export async function startOidcProvider(): Promise<OidcProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, Granted>();
  let coming: OidcPerson | null = null;

  const token = ({ sub, name }: OidcPerson, audience: string, nonce?: string): Promise<string> =>
    new SignJWT({ name, ...(nonce !== undefined && { nonce }) })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer)
      .setSubject(sub)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey);

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const json = (body: object, status = 200): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          token_endpoint_auth_methods_supported: ['client_secret_basic'],
        });
      case '/keys':
        return json({ keys: [key] });
      case '/authorize': {
        if (coming === null) return json({ error: 'login_required' }, 400);
        const code = randomBytes(12).toString('hex');
        const { searchParams: asked } = url;
        codes.set(code, { person: coming, client: asked.get('client_id') ?? '', nonce: asked.get('nonce') ?? '' });
        const back = new URL(asked.get('redirect_uri') ?? '');
        back.searchParams.set('code', code);
        back.searchParams.set('state', asked.get('state') ?? '');
        return void response.writeHead(302, { location: back.href }).end();
      }
      case '/token': {
        const form = new URLSearchParams(Buffer.concat(chunks).toString());
        const granted = codes.get(form.get('code') ?? '');
        if (granted === undefined) return json({ error: 'invalid_grant' }, 400);
        codes.delete(form.get('code') ?? '');
        const id_token = await token(granted.person, granted.client, granted.nonce);
        return json({ access_token: randomBytes(12).toString('hex'), token_type: 'Bearer', expires_in: 600, id_token });
      }
      default:
        return json({ error: 'not_found' }, 404);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  return {
    issuer,
    jwksUrl: `${issuer}/keys`,
    token,
    next(person) {
      coming = person;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Opens the homeserver's sign-in as a browser does. @returns the access token of the Matrix account */
export async function signInAtHomeserver(homeserver: string, provider: string): Promise<{ token: string; id: string }> {
  const cookies = new Map<string, string>();
  const done = 'http://client.invalid/';
  let at = `${homeserver}/_matrix/client/v3/login/sso/redirect/${provider}?redirectUrl=${encodeURIComponent(done)}`;
  for (let hop = 0; hop < 8 && !at.startsWith(done); hop += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`${at}: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
    at = new URL(next, at).href;
  }
  const body = JSON.stringify({ type: 'm.login.token', token: new URL(at).searchParams.get('loginToken') });
  const answer = await fetch(`${homeserver}/_matrix/client/v3/login`, { method: 'POST', body });
  const given = (await answer.json()) as { access_token?: string; user_id?: string };
  if (given.access_token === undefined || given.user_id === undefined) throw new Error(JSON.stringify(given));
  return { token: given.access_token, id: given.user_id };
}
