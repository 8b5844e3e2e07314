// js-auth's helpers that keep tokens in a storage: when they ask, when they do not.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createCompositeStorage, makeIntegration, makeSalesChannel } from '@commercelayer/js-auth'

import {
  asserted,
  assertRevoked,
  domain,
  integrationOf,
  salesChannelOf,
  sdk,
  shop,
  signIn,
} from './lib.mjs'

function memory() {
  const store = new Map()
  return {
    store,
    name: 'memory',
    getItem: async (key) => store.get(key) ?? null,
    setItem: async (key, value) => void store.set(key, value),
    removeItem: async (key) => void store.delete(key),
  }
}

const { clientId, scope } = salesChannelOf(shop)

test('a storefront stays the same guest, then becomes a customer, then a guest again', async () => {
  const storage = memory()
  const storefront = makeSalesChannel({ clientId, scope, domain }, { storage })

  const guest = await storefront.getAuthorization()
  assert.equal(guest.ownerType, 'guest')
  assert.deepEqual([...storage.store.keys()], [`cl_guest-${clientId}-${scope}`])
  assert.equal((await storefront.getAuthorization()).accessToken, guest.accessToken)

  const token = await signIn(shop.customer.email, shop.customer.password)
  const customer = await storefront.setCustomer(token)
  assert.deepEqual([customer.ownerType, customer.ownerId], ['customer', token.ownerId])
  assert.ok(storage.store.has(`cl_customer-${clientId}-${scope}`))
  assert.equal((await storefront.getAuthorization()).accessToken, token.accessToken)
  assert.equal((await sdk(token.accessToken).customers.retrieve(token.ownerId)).id, token.ownerId)

  assert.deepEqual(await storefront.logoutCustomer(), {})
  assert.equal((await storefront.getAuthorization()).accessToken, guest.accessToken)
  await assertRevoked(token.accessToken)
})

test('without a scope the token is for all markets', async () => {
  const storage = memory()
  const storefront = makeSalesChannel({ clientId, domain }, { storage })
  const { accessToken } = await storefront.getAuthorization()
  assert.deepEqual([...storage.store.keys()], [`cl_guest-${clientId}-market:all`])
  assert.equal((await storefront.getAuthorization()).accessToken, accessToken)
})

test('a token that is about to expire is refreshed from the storage', async (t) => {
  const storage = memory()
  const storefront = makeSalesChannel({ clientId, scope, domain }, { storage })
  const { ownerId } = await storefront.setCustomer(
    await signIn(shop.customer.email, shop.customer.password),
  )
  const before = await storefront.getAuthorization()

  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + (before.expiresIn - 500) * 1_000 })
  const after = await storefront.getAuthorization()

  assert.notEqual(after.accessToken, before.accessToken)
  assert.notEqual(after.refreshToken, before.refreshToken)
  assert.deepEqual([after.ownerType, after.ownerId], ['customer', ownerId])
})

test('a token of a user, and one of nobody, cannot be a customer of a storefront', async () => {
  const storage = memory()
  const storefront = makeSalesChannel({ clientId, scope, domain }, { storage })
  const owner = { type: 'User', id: shop.integration_user_id }
  const message = /does not contain a valid customer owner/
  const guest = await storefront.getAuthorization()
  await assert.rejects(storefront.setCustomer(guest), message)
  const staff = await asserted(integrationOf(shop), { owner })
  await assert.rejects(storefront.setCustomer(staff), message)
})

test('an integration keeps its token until it is revoked', async () => {
  const [fast, slow] = [memory(), memory()]
  const storage = createCompositeStorage({ name: 'both', storages: [fast, slow] })
  const backend = makeIntegration({ ...integrationOf(shop), domain }, { storage })

  const { accessToken } = await backend.getAuthorization()
  fast.store.clear()
  assert.equal((await backend.getAuthorization()).accessToken, accessToken)
  await sdk(accessToken).customers.list({ pageSize: 1 })

  assert.deepEqual(await backend.revokeAuthorization(), {})
  await assertRevoked(accessToken)
  assert.notEqual((await backend.getAuthorization()).accessToken, accessToken)
})
