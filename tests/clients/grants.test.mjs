// Every grant through js-auth: what is given, what is refused, and the exact keys of the replies.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'

import {
  authenticate,
  createAssertion,
  getCoreApiBaseEndpoint,
  getTokenType,
  jwtDecode,
  jwtIsIntegration,
  jwtIsSalesChannel,
  jwtIsWebApp,
  jwtVerify,
  revoke,
} from '@commercelayer/js-auth'

import {
  asIntegration,
  asserted,
  assertRevoked,
  CLAIMS,
  domain,
  email,
  granted,
  integrationOf,
  JWT_BEARER,
  refusal,
  rival,
  salesChannelOf,
  sdk,
  shop,
  signIn,
} from './lib.mjs'

const SIX = ['accessToken', 'createdAt', 'expires', 'expiresIn', 'scope', 'tokenType']
const OWNED = [...SIX, 'ownerId', 'ownerType', 'refreshToken']

test('what the token says is shown on resources', async () => {
  const { accessToken } = await asserted(integrationOf(shop), { custom_claim: { app: 'pos' } })
  const include = ['jwt_customer', 'jwt_markets', 'jwt_stock_locations']
  const sku = (await sdk(accessToken).skus.list({ include, pageSize: 1 })).first()
  assert.deepEqual(sku.jwt_custom_claim, { app: 'pos' })
  assert.deepEqual([sku.jwt_customer, sku.jwt_markets], [null, []])
})

function assertKeys(reply, keys) {
  assert.deepEqual(Object.keys(reply).sort(), [...keys].sort())
  assert.equal(reply.tokenType, 'bearer')
  assert.ok(reply.expires > new Date())
}

/** What an auth refusal looks like; js-auth hands it over as it came. */
async function refused(grantType, options, [title, code, status]) {
  const reply = await authenticate(grantType, { domain, ...options })
  assert.equal(reply.accessToken, undefined)
  assert.equal(reply.errors.length, 1)
  const [error] = reply.errors
  assert.deepEqual([error.title, error.code, error.status], [title, code, status])
  assert.equal(typeof error.detail, 'string')
  assert.deepEqual(error.meta, {})
}

const INVALID_CLIENT = ['invalid_client', 'UNAUTHORIZED', 401]
const INVALID_ASSERTION = ['invalid_assertion', 'BAD_REQUEST', 400]
const INVALID_GRANT = ['invalid_grant', 'BAD_REQUEST', 400]

test('a sales channel gets a guest token, its scope echoed as it was asked for', async () => {
  const reply = await granted('client_credentials', salesChannelOf(shop))
  assertKeys(reply, SIX)
  assert.equal(reply.scope, shop.sales_channel.scope)
  assert.equal(reply.expiresIn, 14_400)

  const { header, payload } = jwtDecode(reply.accessToken)
  assert.deepEqual([header.alg, header.typ], ['RS512', 'JWT'])
  assert.equal(payload.iss, `https://auth.${domain}`)
  assert.equal(payload.organization.slug, shop.organization)
  assert.equal(payload.test, true)
  assert.equal(payload.owner, undefined)
  assert.equal(payload.market.id.length, 1)
  assert.deepEqual([payload.application.public, payload.application.confidential], [true, false])
  assert.ok(jwtIsSalesChannel(payload))
  assert.equal(getTokenType(payload), 'sales_channel:guest')
  assert.equal(getCoreApiBaseEndpoint(reply.accessToken), `https://${shop.organization}.${domain}`)
})

test('a scope by id is echoed too', async () => {
  const { accessToken } = await granted('client_credentials', salesChannelOf(shop))
  const [id] = jwtDecode(accessToken).payload.market.id
  const scope = `market:id:${id}`
  const reply = await granted('client_credentials', { ...salesChannelOf(shop), scope })
  assert.equal(reply.scope, scope)
})

test('an integration gets a token for its secret', async () => {
  const reply = await granted('client_credentials', integrationOf(shop))
  assertKeys(reply, SIX)
  assert.equal(reply.expiresIn, 7_200)
  const { payload } = jwtDecode(reply.accessToken)
  assert.ok(jwtIsIntegration(payload))
  assert.equal(getTokenType(payload), 'integration:guest')
  assert.deepEqual([payload.application.public, payload.application.confidential], [false, true])
})

test('a wrong secret, no secret and an unknown client are refused alike', async () => {
  const { clientId } = integrationOf(shop)
  const { clientSecret } = integrationOf(rival)
  await refused('client_credentials', { clientId, clientSecret: 'wrong' }, INVALID_CLIENT)
  await refused('client_credentials', { clientId, clientSecret }, INVALID_CLIENT)
  await refused('client_credentials', { clientId }, INVALID_CLIENT)
  await refused('client_credentials', { clientId: 'nobody' }, INVALID_CLIENT)
})

test('a customer signs in with the right password only', async () => {
  const reply = await signIn(shop.customer.email, shop.customer.password)
  assertKeys(reply, OWNED)
  assert.equal(reply.ownerType, 'customer')
  assert.equal(reply.scope, shop.sales_channel.scope)
  const { payload } = jwtDecode(reply.accessToken)
  assert.deepEqual(payload.owner, { id: reply.ownerId, type: 'Customer' })
  assert.equal(getTokenType(payload), 'sales_channel:customer')

  const wrong = { ...salesChannelOf(shop), username: shop.customer.email, password: 'wrong' }
  await refused('password', wrong, INVALID_GRANT)
  await refused('password', { ...wrong, username: email('nobody') }, INVALID_GRANT)
  await refused('password', { ...wrong, password: rival.customer.password }, INVALID_GRANT)
})

test('a refresh token works once, and its reuse ends the whole family', async () => {
  const first = await signIn(shop.customer.email, shop.customer.password)
  const refresh = ({ refreshToken }) => ({ ...salesChannelOf(shop), refreshToken })
  const second = await granted('refresh_token', refresh(first))
  assertKeys(second, OWNED)
  assert.equal(second.ownerId, first.ownerId)
  assert.notEqual(second.refreshToken, first.refreshToken)
  await sdk(second.accessToken).customers.retrieve(second.ownerId)

  await refused('refresh_token', refresh(first), INVALID_GRANT)
  await refused('refresh_token', refresh(second), INVALID_GRANT)
  await refused('refresh_token', refresh({ refreshToken: 'nonsense' }), INVALID_GRANT)
})

test('an assertion makes a token of a user, of a customer, or of nobody', async () => {
  const user = { type: 'User', id: shop.integration_user_id }
  const staff = await asserted(integrationOf(shop), { owner: user })
  assertKeys(staff, OWNED)
  assert.deepEqual([staff.ownerId, staff.ownerType], [user.id, 'user'])
  assert.equal(getTokenType(jwtDecode(staff.accessToken).payload), 'integration:user')

  const { ownerId } = await signIn(shop.customer.email, shop.customer.password)
  const owner = { type: 'Customer', id: ownerId }
  const customer = await asserted(integrationOf(shop), { owner, custom_claim: { app: 'pos' } })
  assertKeys(customer, OWNED)
  assert.deepEqual([customer.ownerId, customer.ownerType], [ownerId, 'customer'])
  const { payload } = jwtDecode(customer.accessToken)
  assert.deepEqual([payload.owner, payload.custom_claim], [owner, { app: 'pos' }])

  const nobody = await asserted(integrationOf(shop), { custom_claim: { why: 'a > b ? ~ é' } })
  assertKeys(nobody, [...SIX, 'refreshToken'])
  assert.deepEqual(jwtDecode(nobody.accessToken).payload.custom_claim, { why: 'a > b ? ~ é' })
  // The SDK can read such a payload only when it holds no - and no _.
  assert.doesNotMatch(nobody.accessToken.split('.')[1], /[-_]/)
  assert.equal((await sdk(nobody.accessToken).organization.retrieve()).slug, shop.organization)
})

test('an assertion without claims, or for somebody of another shop, is refused', async () => {
  const asking = async (claims) => ({
    ...integrationOf(shop),
    assertion: await createAssertion({ payload: { [CLAIMS]: claims } }),
  })
  const strangers = [
    { type: 'User', id: rival.integration_user_id },
    { type: 'Customer', id: (await signInAtRival()).ownerId },
    { type: 'User', id: 'nobody' },
  ]
  await refused(JWT_BEARER, await asking({}), INVALID_ASSERTION)
  for (const owner of strangers) {
    await refused(JWT_BEARER, await asking({ owner }), INVALID_ASSERTION)
  }
})

async function signInAtRival() {
  return await signIn(rival.customer.email, rival.customer.password, rival)
}

test('a revoked token is refused by the API, and takes its refresh token along', async () => {
  const { accessToken, refreshToken } = await signIn(shop.customer.email, shop.customer.password)
  const { clientId } = salesChannelOf(shop)
  const cl = sdk(accessToken)
  await cl.organization.retrieve()

  assert.deepEqual(await revoke({ clientId, token: accessToken }), {})

  await assertRevoked(accessToken)
  const { errors } = await refusal(cl.organization.retrieve(), 401, 'INVALID_TOKEN')
  assert.equal(errors[0].title, 'Invalid token')
  await refused('refresh_token', { ...salesChannelOf(shop), refreshToken }, INVALID_GRANT)
})

test('a token is revoked by the application it was issued to, nobody else', async () => {
  const { accessToken: token } = await granted('client_credentials', integrationOf(shop))
  const reply = await revoke({ ...integrationOf(rival), token })
  assert.deepEqual(
    [reply.errors[0].title, reply.errors[0].code, reply.errors[0].status],
    ['unauthorized_client', 'FORBIDDEN', 403],
  )
  await sdk(token).organization.retrieve()
})

test('a refresh token can be revoked: it is a JWT, which js-auth insists on', async () => {
  const { refreshToken } = await signIn(shop.customer.email, shop.customer.password)
  const { clientId } = salesChannelOf(shop)
  assert.deepEqual(await revoke({ clientId, token: refreshToken }), {})
  await refused('refresh_token', { ...salesChannelOf(shop), refreshToken }, INVALID_GRANT)
})

test('signatures are verified with the published keys', async () => {
  const { accessToken } = await granted('client_credentials', integrationOf(shop))
  const { payload } = await jwtVerify(accessToken)
  assert.equal(payload.organization.slug, shop.organization)

  const [header, , signature] = accessToken.split('.')
  const forged = Buffer.from(JSON.stringify({ ...payload, test: false })).toString('base64url')
  const token = [header, forged, signature].join('.')
  await assert.rejects(jwtVerify(token), { name: 'InvalidTokenError' })
  await refusal(sdk(token).organization.retrieve(), 401, 'INVALID_TOKEN')
})

test('the SDK refreshes nothing and says 401 for a token that is none', async () => {
  const cl = await asIntegration()
  cl.config({ accessToken: 'none' })
  await refusal(cl.customers.list(), 401, 'INVALID_TOKEN')
})

const webapp = {
  clientId: shop.webapp.client_id,
  clientSecret: shop.webapp.client_secret,
  redirectUri: shop.webapp.redirect_uri,
}

/** Signs in to the admin and allows what the address asks for; returns where it sends to. */
async function consent(address) {
  const jar = new Map()
  const browse = async (path, form) => {
    const reply = await fetch(`https://auth.${domain}${path}`, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { Cookie: [...jar].map((pair) => pair.join('=')).join('; ') },
      body: form && new URLSearchParams({ csrfmiddlewaretoken: jar.get('csrftoken'), ...form }),
    })
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)
      jar.set(name, value)
    }
    return reply
  }

  const login = (await browse(address)).headers.get('location')
  assert.match(login, /^\/admin\/login\/\?next=/)
  await browse(login)
  const { email: username, password } = shop.admin
  const signedIn = await browse(login, { username, password, next: address })
  assert.equal(signedIn.headers.get('location'), address)
  assert.equal((await browse(address)).status, 200)
  return new URL((await browse(address, { allow: '1' })).headers.get('location'))
}

test('a webapp gets a token for a code, once, with the proof of who asked for it', async () => {
  const { clientId, clientSecret, redirectUri } = webapp
  const codeVerifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: shop.sales_channel.scope,
    state: 'xyz',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const obtain = async () => {
    const back = await consent(`/oauth/authorize?${query}`)
    assert.equal(back.origin + back.pathname, redirectUri)
    assert.equal(back.searchParams.get('state'), 'xyz')
    return back.searchParams.get('code')
  }

  const stolen = { ...webapp, code: await obtain(), codeVerifier: 'x'.repeat(43) }
  await refused('authorization_code', stolen, INVALID_GRANT)
  const exchange = { ...webapp, code: await obtain(), codeVerifier }
  const reply = await granted('authorization_code', exchange)
  assertKeys(reply, OWNED)
  assert.equal(reply.ownerType, 'user')
  const { payload } = jwtDecode(reply.accessToken)
  assert.ok(jwtIsWebApp(payload))
  assert.equal(getTokenType(payload), 'webapp:user')
  assert.ok((await sdk(reply.accessToken).customers.list()).length > 0)

  const { refreshToken } = reply
  const fresh = await granted('refresh_token', { clientId, clientSecret, refreshToken })
  assert.equal(fresh.ownerId, reply.ownerId)
  await refused('refresh_token', { clientId, refreshToken: fresh.refreshToken }, INVALID_CLIENT)
})

test('a code that is used again takes back what the first use gave', async () => {
  const { clientId, clientSecret, redirectUri } = webapp
  const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri }
  const back = await consent(`/oauth/authorize?${new URLSearchParams(query)}`)
  // As js-auth's own README spells the option.
  const exchange = { clientId, clientSecret, callbackUrl: redirectUri }
  exchange.code = back.searchParams.get('code')

  const { accessToken } = await granted('authorization_code', exchange)
  await sdk(accessToken).organization.retrieve()
  await refused('authorization_code', exchange, INVALID_GRANT)
  await assertRevoked(accessToken)
})
