// A certified OpenID provider on loopback for the tests, behind a thin front that makes it misbehave on command.
//
//   POST /control   what is wanted from now on: any of the fields of HONEST, {"rotate": "keep" | "drop"},
//                   {"redirect_uri": "…"} to register one, {"reset": true} to be honest again and forget the counts;
//                   with {"stays": true} whoever is there already goes on
//   GET  /control   how often each path was asked
//
// Prints its port when it is ready; ends with its standard input, so that it never outlives the tests.

import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { CompactSign, decodeJwt, decodeProtectedHeader, exportJWK, exportSPKI, generateKeyPair, importJWK } from "jose";

URL.parse ??= (url) => (URL.canParse(url) ? new URL(url) : null); // Node 20 has none, and the provider wants it
const { default: Provider } = await import("oidc-provider");

const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
const SECRET = "of no use: 100 % + anything";
const ACCOUNTS = {
  an: { name: "Nguyễn Văn An", phone_number: "+84912345678", phone_number_verified: true, national_id: "096090000001" },
  danh: { name: "Danh Thị Sà Rây", phone_number: "+84987654321", phone_number_verified: false },
};
const HONEST = {
  account: "an", // who signs in without being asked; null: whoever it is says no
  acr: "loa2", // how sure the provider is
  userinfo: {}, // laid over what it says at its userinfo endpoint
  discovery: {}, // laid over its description
  methods: undefined, // how a client may prove who it is, in its description and in fact
  claims: {}, // laid over the claims of the ID token, which is signed again; null takes a claim away, {"now": 60} is a time
  header: {}, // the same for its header
  sign: undefined, // "other": with a key never published; "none"; "public": HS256 with the public key as the secret
  // By path: {"status", "headers", "body" in Latin-1, "gzip"} is answered; {"hang": true} or {"drop": true}; or
  // {"length"}: the right answer, with spaces behind it up to so many bytes.
  faults: {},
};
let wanted, asked, keys, provider;
const redirects = new Set(["http://localhost:8000/back"]);

const front = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://front");
  if (pathname === "/control") return control(request, response);
  asked[pathname] = (asked[pathname] ?? 0) + 1;
  const fault = wanted.faults[pathname];
  // The provider itself is glad of a secret in either place.
  const misplaced = pathname === "/token" && wanted.methods?.includes("client_secret_basic") === !request.headers.authorization;
  if (misplaced) return response.writeHead(401).end('{"error": "invalid_client"}');
  if (!fault || fault.length) return provider.callback()(request, response);
  if (fault.drop) return request.socket.destroy();
  if (fault.hang) return; // until whoever asked goes away
  const body = Buffer.from(fault.body ?? "", "latin1");
  response.writeHead(fault.status ?? 200, fault.gzip ? { "content-encoding": "gzip" } : fault.headers);
  response.end(fault.gzip ? gzipSync(body) : body);
});
await new Promise((resolve) => front.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${front.address().port}`;

async function control(request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  if (request.method === "POST") await change(JSON.parse(body));
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(asked));
}

async function change({ reset, rotate, redirect_uri, stays, ...rest }) {
  if (reset) [wanted, asked] = [HONEST, {}];
  wanted = { ...wanted, ...rest };
  if (redirect_uri) redirects.add(redirect_uri);
  if (rotate) keys = [...(await newKeys()), ...(rotate === "keep" ? keys : [])];
  if (!stays) provider = build(); // which knows nobody who was here, and no code
}

async function newKeys() {
  const [rsa, ec, ed] = await Promise.all([newKey("RS256"), newKey("ES256"), newKey("EdDSA")]);
  return [rsa, ec, ed];
}

async function newKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), use: "sig" };
}

function build() {
  const methods = wanted.methods ?? ["client_secret_basic", "client_secret_post"];
  const it = new Provider(issuer, {
    clients: ALGORITHMS.map((alg) => ({
      client_id: `citizen-app-${alg}`,
      client_secret: SECRET,
      redirect_uris: [...redirects],
      id_token_signed_response_alg: alg,
      token_endpoint_auth_method: methods[0],
    })),
    clientAuthMethods: methods,
    jwks: { keys },
    acrValues: ["loa1", "loa2", "loa3"],
    scopes: ["openid", "profile", "phone", "citizen"],
    claims: { profile: ["name"], phone: ["phone_number", "phone_number_verified"], citizen: ["national_id"] },
    cookies: { keys: ["of no use either"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    ttl: Object.fromEntries(["AccessToken", "Grant", "IdToken", "Interaction", "Session"].map((kind) => [kind, 600])),
    interactions: { url: () => "/interaction" },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...ACCOUNTS[sub] }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new it.Grant({ accountId: oidc.account.accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope([...oidc.requestParamScopes].join(" "));
      await grant.save();
      return grant;
    },
  });
  it.use(async (context, next) => {
    if (context.path !== "/interaction") return next();
    const { account: accountId, acr } = wanted;
    const result = accountId ? { login: { accountId, acr, remember: false } } : { error: "access_denied" };
    context.redirect(await it.interactionResult(context.req, context.res, result));
  });
  it.use(async (context, next) => {
    await next();
    if (context.status !== 200) return;
    if (context.path === "/token") context.body.id_token = await told(context.body.id_token);
    if (context.path === "/me") context.body = { ...context.body, ...wanted.userinfo };
    if (context.path === "/.well-known/openid-configuration") context.body = { ...context.body, ...wanted.discovery };
    const { length } = wanted.faults[context.path] ?? {};
    if (length) {
      const body = Buffer.from(JSON.stringify(context.body));
      context.body = Buffer.concat([body, Buffer.alloc(length - body.length, " ")]);
    }
  });
  return it;
}

/** The ID token as wanted: the honest one itself, or what is laid over it, signed again. */
async function told(token) {
  const { claims, header, sign } = wanted;
  if (!sign && !Object.keys(claims).length && !Object.keys(header).length) return token;
  const head = laid(decodeProtectedHeader(token), header);
  const times = Object.entries(claims).filter(([, value]) => Number.isInteger(value?.now));
  const said = Object.fromEntries(times.map(([name, { now }]) => [name, Math.floor(Date.now() / 1000) + now]));
  const body = laid(decodeJwt(token), { ...claims, ...said });
  const own = keys.find((key) => key.kid === decodeProtectedHeader(token).kid);
  if (sign === "none") return `${base64(laid(head, { alg: "none" }))}.${base64(body)}.`;
  let key = sign ? undefined : await importJWK(own, head.alg);
  if (sign === "other") key = (await generateKeyPair(head.alg)).privateKey;
  if (sign === "public") {
    const { d, p, q, dp, dq, qi, ...half } = own;
    key = new TextEncoder().encode(await exportSPKI(await importJWK(half, "RS256", { extractable: true })));
    head.alg = "HS256";
  }
  return new CompactSign(new TextEncoder().encode(JSON.stringify(body))).setProtectedHeader(head).sign(key);
}

function laid(what, over) {
  return Object.fromEntries(Object.entries({ ...what, ...over }).filter(([, value]) => value !== null));
}

function base64(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

keys = await newKeys();
await change({ reset: true });
process.stdin.on("end", () => process.exit()).resume();
console.log(front.address().port);
