// WarpDrive, EmberData's successor: a store with a schema; builders make requests.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { recordIdentifierFor, useRecommendedStore } from '@warp-drive/core'
import { setupSignals } from '@warp-drive/core/configure'
import { checkout, withDefaults } from '@warp-drive/core/reactive'
import { JSONAPICache } from '@warp-drive/json-api'
import {
  createRecord,
  deleteRecord,
  findRecord,
  query,
  serializePatch,
  serializeResources,
  setBuildURLConfig,
  updateRecord,
} from '@warp-drive/utilities/json-api'

import { actual, authorization, base, email, MEDIA_TYPE } from './lib.mjs'

// Nothing watches for changes here.
setupSignals(() => ({
  createSignal: () => ({}),
  consumeSignal() {},
  notifySignal() {},
  createMemo: (object, key, compute) => compute,
  willSyncFlushWatchers: () => false,
}))
const host = new URL(base)
setBuildURLConfig({ host: host.origin, namespace: host.pathname.slice(1) })

const authorize = {
  request({ request }, next) {
    const headers = new Headers(request.headers)
    headers.set('Authorization', authorization)
    if (request.body) headers.set('Content-Type', MEDIA_TYPE)
    return next({ ...request, headers })
  },
}
const Store = useRecommendedStore({
  cache: JSONAPICache,
  handlers: [authorize],
  schemas: [
    withDefaults({
      type: 'customers',
      fields: [
        { kind: 'field', name: 'email' },
        { kind: 'field', name: 'reference' },
        {
          kind: 'belongsTo',
          name: 'customer_group',
          type: 'customer_groups',
          options: { async: false, inverse: null, linksMode: true },
        },
      ],
    }),
    withDefaults({ type: 'customer_groups', fields: [{ kind: 'field', name: 'name' }] }),
  ],
})
const store = new Store()
const path = (resourcePath) => ({ resourcePath })

/** Sends a new record as the store's cache has it. */
async function made(type, values) {
  const record = store.createRecord(type, values)
  const request = createRecord(record, path(type))
  request.body = JSON.stringify(serializeResources(store.cache, recordIdentifierFor(record)))
  return (await store.request(request)).content.data
}

test('WarpDrive', async (t) => {
  const address = email('warpdrive')
  let customer, group

  await t.test('creates', async () => {
    group = await made('customer_groups', { name: address })
    customer = await made('customers', { email: address })
    assert.equal((await actual(`customers/${customer.id}`)).attributes.email, address)
  })

  await t.test('updates', async () => {
    const editable = await checkout(customer)
    editable.reference = 'warpdrive'
    const request = updateRecord(editable, { ...path('customers'), patch: true })
    request.body = JSON.stringify(serializePatch(store.cache, recordIdentifierFor(editable)))
    await store.request(request)
    assert.equal((await actual(`customers/${customer.id}`)).attributes.reference, 'warpdrive')
  })

  await t.test('changes a relationship', async () => {
    const linked = { data: { type: 'customer_groups', id: group.id } }
    const data = { type: 'customers', id: customer.id, relationships: { customer_group: linked } }
    await store.request({
      url: `${base}/customers/${customer.id}`,
      method: 'PATCH',
      body: JSON.stringify({ data }),
    })
    assert.equal((await actual(`customers/${customer.id}/customer_group`)).id, group.id)
  })

  await t.test('lists with a filter, and includes', async () => {
    const asked = { 'filter[q][email_eq]': address, include: 'customer_group' }
    const { content } = await store.request(query('customers', asked, path('customers')))
    assert.deepEqual(content.data.map((one) => one.id), [customer.id])
    assert.equal(content.data[0].customer_group.name, address)
    const one = findRecord('customers', customer.id, { ...path('customers'), reload: true })
    assert.equal((await store.request(one)).content.data.email, address)
  })

  await t.test('is told what is invalid', async () => {
    const refused = await made('customers', { email: address }).catch((error) => error)
    assert.equal(refused.status, 422)
    assert.equal(refused.content.errors[0].source.pointer, '/data/attributes/email')
  })

  await t.test('deletes', async () => {
    store.deleteRecord(customer)
    await store.request(deleteRecord(customer, path('customers')))
    assert.equal(await actual(`customers/${customer.id}`), 404)
  })
})
