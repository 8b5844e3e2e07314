// What the scripts share: the official clients, unmodified, pointed at the server that
// CLIENTELE_CREDENTIALS describes (the path of its credentials.json):
//
//   npm ci && CLIENTELE_CREDENTIALS=$PWD/../../.local/credentials.json npm test

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

import { authenticate, createAssertion } from '@commercelayer/js-auth'
import { CommerceLayer } from '@commercelayer/sdk/bundle'

export const shop = JSON.parse(readFileSync(process.env.CLIENTELE_CREDENTIALS, 'utf-8'))
/** {type: {method: why it is not served}}, by the SDK's names. */
export const served = JSON.parse(readFileSync(new URL('served.json', import.meta.url), 'utf-8'))
export const rival = shop.other_organization
export const { domain } = shop

export const realFetch = globalThis.fetch

/** Sends what is meant for https://<anything>.<domain> to the server under test. */
export async function localFetch(input, init) {
  const url = new URL(input instanceof Request ? input.url : input)
  assert.ok(url.host.endsWith(`.${domain}`), `a client called ${url.host}`)
  return await realFetch(new URL(url.pathname + url.search, shop.base_url), init)
}

// js-auth knows no other way in than the global function.
globalThis.fetch = localFetch

/** The SDK with one token; it takes the organization and the domain from the token. */
export function sdk(accessToken, options = {}) {
  return noted(CommerceLayer({ accessToken, fetch: localFetch, ...options }), noteResource)
}

/** An object of the SDK, which works as ever; `look` sees each property that is read. */
function noted(target, look) {
  return new Proxy(target, { get: (_, name) => look(target, name, Reflect.get(target, name)) })
}

function noteResource(_, type, resource) {
  if (typeof resource?.type !== 'function') return resource
  return noted(resource, (_resource, name, method) => noteMethod(resource, type, name, method))
}

/** Writes down which methods were answered, and how: a test counts them. */
function noteMethod(resource, type, name, method) {
  if (typeof method !== 'function') return method
  return (...parameters) => {
    const result = method.apply(resource, parameters)
    const note = (how) => {
      const line = `${String(type)} ${String(name)} ${how}\n`
      if (process.env.CLIENTELE_CALLS) appendFileSync(process.env.CLIENTELE_CALLS, line)
    }
    result?.then?.(() => note('ok'), (error) => note(error.status ?? error.name))
    return result
  }
}

/** Asks for a token and fails the test when it is refused. */
export async function granted(grantType, options) {
  const reply = await authenticate(grantType, { domain, ...options })
  assert.equal(reply.errors, undefined, JSON.stringify(reply.errors))
  return reply
}

export function integrationOf(tenant) {
  return { clientId: tenant.integration.client_id, clientSecret: tenant.integration.client_secret }
}

export function salesChannelOf(tenant) {
  return { clientId: tenant.sales_channel.client_id, scope: tenant.sales_channel.scope }
}

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
export const CLAIMS = 'https://commercelayer.io/claims'

/** A token that `application` gets by asserting `claims`: an owner, a custom claim or both. */
export async function asserted(application, claims) {
  const assertion = await createAssertion({ payload: { [CLAIMS]: claims } })
  return await granted(JWT_BEARER, { ...application, assertion })
}

/** The SDK as a back end without a user. */
export async function asIntegration(tenant = shop) {
  return sdk((await granted('client_credentials', integrationOf(tenant))).accessToken)
}

/** The SDK as a back end that acts for a user of the organization. */
export async function asStaff(tenant = shop) {
  const owner = { type: 'User', id: tenant.integration_user_id }
  return sdk((await asserted(integrationOf(tenant), { owner })).accessToken)
}

/** The SDK as a storefront nobody signed in to. */
export async function asGuest(tenant = shop) {
  return sdk((await granted('client_credentials', salesChannelOf(tenant))).accessToken)
}

export async function signIn(username, password, tenant = shop) {
  return await granted('password', { ...salesChannelOf(tenant), username, password })
}

/** The SDK as a storefront that a customer signed in to. */
export async function asCustomer(username, password, tenant = shop) {
  return sdk((await signIn(username, password, tenant)).accessToken)
}

/** A word that no other run used. */
export function unique(word) {
  return `${word}-${randomBytes(6).toString('hex')}`
}

export function email(name) {
  return `${unique(name)}@example.com`
}

/** The ids of a list, as a plain array; the SDK's lists bring their own `map`. */
export function idsOf(list) {
  return Array.from(list, (row) => row.id)
}

/** The ApiError that a call must end with, checked for status and the API's own code. */
export async function refusal(call, status, code) {
  const error = await call.then(
    (value) => assert.fail(`not refused: ${JSON.stringify(value)}`),
    (reason) => reason,
  )
  if (error instanceof assert.AssertionError) throw error
  assert.equal(error.name, 'ApiError', String(error.stack))
  assert.equal(error.status, status, JSON.stringify(error.errors))
  assert.equal(error.code, String(status))
  assert.equal(error.first().code, code, JSON.stringify(error.errors))
  assert.equal(error.first().status, String(status))
  return error
}

/** Reads until `done` says yes; fails after `within` milliseconds. */
export async function eventually(read, done, within = 60_000) {
  const deadline = Date.now() + within
  for (;;) {
    const value = await read()
    if (done(value)) return value
    assert.ok(Date.now() < deadline, `still waiting: ${JSON.stringify(value)}`)
    await pause(100)
  }
}

/** A revoked token must be refused after a second at most, by every process of the server. */
export async function assertRevoked(accessToken) {
  const cl = sdk(accessToken)
  const deadline = Date.now() + 1_000
  while (Date.now() < deadline) {
    await cl.organization.retrieve().catch((error) => error)
    await pause(100)
  }
  const calls = Array.from({ length: 8 }, () => cl.organization.retrieve())
  await Promise.all(calls.map((call) => refusal(call, 401, 'INVALID_TOKEN')))
}

/** An order of one SKU, not placed yet. */
export async function orderOf(cl, { sku = 'MUG-BLUE', quantity = 1, ...attributes }) {
  const order = await cl.orders.create(attributes)
  await cl.line_items.create({ order: cl.orders.relationship(order.id), sku_code: sku, quantity })
  return order
}

export const ADDRESS = {
  first_name: 'Augusta',
  last_name: 'Byron',
  line_1: '12 St. James Square',
  city: 'Milano',
  zip_code: '20121',
  state_code: 'MI',
  country_code: 'IT',
  phone: '+39 02 1234567',
}

/** Gives a customer an address book of `count` entries. */
export async function bookOf(cl, id, count) {
  for (let number = 0; number < count; number += 1) {
    const address = await cl.addresses.create({ ...ADDRESS, line_2: `Floor ${number}` })
    await cl.customer_addresses.create({
      customer: cl.customers.relationship(id),
      address: cl.addresses.relationship(address.id),
    })
  }
}
