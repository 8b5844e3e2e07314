// devour-client: models declared by hand, relationships at their own addresses.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import JsonApi from 'devour-client'

import { actual, authorization, base, email } from './lib.mjs'

const Devour = JsonApi.default ?? JsonApi
const api = new Devour({ apiUrl: base, pluralize: false, logger: false })
api.headers.Authorization = authorization
api.define('customers', {
  email: '',
  reference: '',
  customer_group: { jsonApi: 'hasOne', type: 'customer_groups' },
  tags: { jsonApi: 'hasMany', type: 'tags' },
})
api.define('customer_groups', { name: '' })
api.define('tags', { name: '' })

test('devour-client', async (t) => {
  const address = email('devour')
  let customer, group, tag

  await t.test('creates', async () => {
    group = (await api.create('customer_groups', { name: email('group') })).data
    tag = (await api.create('tags', { name: `devour-${Date.now()}` })).data
    customer = (await api.create('customers', { email: address, customer_group: group })).data
    assert.equal(customer.email, address)
  })

  await t.test('lists with a filter and an include', async () => {
    const { data } = await api.findAll('customers', {
      filter: { q: { email_eq: address } },
      include: 'customer_group',
    })
    assert.equal(data.length, 1)
    assert.equal(data[0].customer_group.name, group.name)
  })

  await t.test('updates', async () => {
    await api.update('customers', { id: customer.id, reference: 'devour' })
    assert.equal((await actual(`customers/${customer.id}`)).attributes.reference, 'devour')
  })

  await t.test('adds to a relationship, and takes away', async () => {
    const tags = api.one('customers', customer.id).relationships('tags')
    await tags.post([{ id: tag.id, type: 'tags' }])
    assert.equal((await actual(`customers/${customer.id}/tags`)).length, 1)
    await api.one('customers', customer.id).relationships('tags').destroy([{ id: tag.id, type: 'tags' }])
    assert.equal((await actual(`customers/${customer.id}/tags`)).length, 0)
  })

  await t.test('is told what is invalid', async () => {
    const refused = await api.create('customers', { email: 'nonsense' }).catch((error) => error)
    assert.ok(JSON.stringify(refused).includes('email'), JSON.stringify(refused))
  })

  await t.test('deletes', async () => {
    await api.destroy('customers', customer.id)
    assert.equal(await actual(`customers/${customer.id}`), 404)
  })
})
