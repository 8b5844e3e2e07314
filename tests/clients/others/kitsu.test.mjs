// kitsu: like fetch, with documents flattened.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import Kitsu from 'kitsu'

import { actual, authorization, base, email } from './lib.mjs'

const api = new Kitsu({
  baseURL: base,
  headers: { Authorization: authorization },
  camelCaseTypes: false,
  pluralize: false,
  resourceCase: 'none',
})

test('kitsu', async (t) => {
  const address = email('kitsu')
  let customer, group

  await t.test('creates', async () => {
    group = (await api.post('customer_groups', { name: email('group') })).data
    customer = (await api.post('customers', { email: address })).data
    assert.equal(customer.email, address)
    assert.equal((await actual(`customers/${customer.id}`)).attributes.email, address)
  })

  await t.test('lists with a filter', async () => {
    const { data, meta } = await api.get('customers', {
      params: { filter: { q: { email_eq: address } }, sort: '-created_at', page: { size: 5 } },
    })
    assert.deepEqual(data.map((one) => one.id), [customer.id])
    assert.equal(meta.record_count, 1)
  })

  await t.test('updates', async () => {
    await api.patch('customers', { id: customer.id, reference: 'kitsu' })
    assert.equal((await actual(`customers/${customer.id}`)).attributes.reference, 'kitsu')
  })

  await t.test('changes a relationship, and includes it', async () => {
    const linked = { data: { type: 'customer_groups', id: group.id } }
    await api.patch('customers', { id: customer.id, customer_group: linked })
    const { data } = await api.get(`customers/${customer.id}`, {
      params: { include: 'customer_group' },
    })
    assert.equal(data.customer_group.data.name, group.name)
  })

  await t.test('is told what is invalid', async () => {
    const refused = await api.post('customers', { email: address }).catch((error) => error)
    assert.equal(refused.response.status, 422)
    assert.equal(refused.errors[0].source.pointer, '/data/attributes/email')
  })

  await t.test('deletes', async () => {
    await api.delete('customers', customer.id)
    assert.equal(await actual(`customers/${customer.id}`), 404)
  })
})
